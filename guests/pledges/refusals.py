"""Why a guest's pledge is not made or taken back; the texts are for the guest."""

from donations.pledges import PledgeRefused

__all__ = ["NotOffered", "PledgeRefused", "TooLateToWithdraw"]


class NotOffered(PledgeRefused):
    """There is nothing to pledge: nothing is open, or it is owed by now."""


class TooLateToWithdraw(PledgeRefused):
    """The win is confirmed: what was pledged is owed now."""
