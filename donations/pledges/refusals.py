"""Why a pledge is not made, changed or charged; the texts are for the donor to read."""


class PledgeRefused(Exception):
    """Nothing was changed."""


class PledgeOver(PledgeRefused):
    """It has ended, or its card is there already."""


class SetupUnavailable(PledgeRefused):
    """Stripe does not answer. No card was saved; the same press may be repeated."""


class NotChargeable(PledgeRefused):
    """Not now: it is over, under way, too early for another try, or tried enough."""
