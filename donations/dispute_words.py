"""Stripe's words for where a dispute stands, in ours; a new one is shown as it is."""

from django.utils.translation import gettext_lazy as _

# https://docs.stripe.com/api/disputes/object, "status", of the pinned version.
WORDS = {
    "warning_needs_response": _(
        "The bank is only asking; no money was taken. Answer it, or give "
        "the money back."
    ),
    "warning_under_review": _("The bank is reading what you sent. No money was taken."),
    "warning_closed": _("The bank asked, and let it rest."),
    "needs_response": _("The bank has taken the money and is waiting for your side."),
    "under_review": _("The bank has your side and is deciding."),
    "appeal_needs_response": _("The appeal is waiting for your side."),
    "appeal_under_review": _("The bank is reading the appeal."),
    "won": _("Won: the money is back. The bank's fee usually is not."),
    "lost": _("Lost: the bank gave the money back to the donor for good."),
    "prevented": _("Settled before it became a dispute."),
}


def explained(status: str) -> str:
    """What the word means, or the word itself."""
    return str(WORDS.get(status, status))
