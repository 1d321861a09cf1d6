"""Every word a closing statement prints, by a name that never changes.

They are frozen with a version, so that what was signed prints alike for ever, however
this program comes to put it.
"""

from typing import TypedDict

from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Event

Labels = dict[str, str]


class Printing(TypedDict):
    """What a paper takes from its event and from its day."""

    time_zone: str
    labels: Labels


def printing(event: Event) -> Printing:
    """As a statement of this event is printed today, in the language of its letters."""
    with translation.override(event.language):
        labels = _titles() | _facts() | _sums() | _standing() | _columns() | _texts()
    return {"time_zone": event.time_zone, "labels": labels}


def _titles() -> Labels:
    return {
        "title": _("Closing statement"),
        "footer": _("%(event)s, head %(head)s"),
        "ein": _("EIN %s"),
        "scopes": _("Totals by scope"),
        "reconciliation": _("Reconciliation"),
        "movements": _("Every movement of money"),
        "proof": _("Proof"),
    }


def _facts() -> Labels:
    return {
        "version": _("Version"),
        "not_frozen": _("as it stands, not frozen"),
        "as_of": _("As of"),
        "currency": _("Currency"),
        "by_hand_apart": _("By hand, apart"),
        "promised": _("Promised, not charged"),
        "covered_fees": _("Of it added to cover the fees"),
        "paid_out": _("Paid out to the bank"),
        "at_stripe": _("Still at Stripe"),
        "lines": _("Lines"),
        "head": _("Head of the chain"),
        "seal": _("Seal"),
    }


def _sums() -> Labels:
    return {
        "winners_entry": _("Winners' entry"),
        "free_gifts": _("Free gifts"),
        "all": _("All"),
        "raised": _("Taken by Stripe in all"),
        "refunds": _("Refunds"),
        "disputes": _("Disputes, less what was won again"),
        "kept": _("Raised, less refunds and disputes"),
        "fees": _("Fees of Stripe"),
        "other": _("Other movements"),
        "net": _("Net"),
    }


def _standing() -> Labels:
    return {
        "verdict": _("Verdict"),
        "equal": _("Equals Stripe to the cent"),
        "not_equal": _("Being reconciled"),
        "compared": _("Last compared"),
        "difference": _("Difference"),
        "open": _("Open discrepancies"),
        "holds": _("holds"),
        "apart": _("%s apart"),
    }


def _columns() -> Labels:
    return {
        "created": _("Created (UTC)"),
        "transaction": _("Transaction"),
        "kind": _("Kind"),
        "gross": _("Gross"),
        "fee": _("Fee"),
        "donation": _("Donation"),
        "by_hand": _("by hand"),
    }


def _texts() -> Labels:
    return {
        "more": _("And %d more, in the CSV and the JSON."),
        "check": _(
            "Anybody can check it: manage.py verify_total, with the JSON or the CSV."
        ),
        "what_scopes_are": _(
            "Winners' entry is what the parts of a donation say is admission; all else "
            "is free gift, what was added to cover the fees with it. What goes back "
            "comes out of the free gift first. Gifts by hand and promises are in none "
            "of these sums."
        ),
        "what_invariants_are": _(
            "I1: all movements are Stripe's balance. I2: each paid donation is one "
            "payment. I3: what donations' movements come to is what they say. I4: "
            "payouts are what they are made of. I5: what is left is in the bank or at "
            "Stripe. I6: every day is the same in both books."
        ),
    }
