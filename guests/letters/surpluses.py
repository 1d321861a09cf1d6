"""A word to a donor whose money is for what is no longer owed: gift, or back?"""

from collections.abc import Iterable
from dataclasses import replace

from donations import donor_realm
from events.outbox import Draft
from guests.letters.drafts import draft
from guests.models import Surplus


def surpluses(rows: Iterable[Surplus]) -> list[Draft]:
    """A letter for each, to whoever gave; the guest's contact where none is known."""
    return [surplus(row) for row in rows]


def surplus(row: Surplus) -> Draft:
    """Leads to the donor's own page of choice, whoever the donor is."""
    donation = row.donation
    written = draft(
        row.guest.invitation,
        row.guest,
        kind="surplus",
        key=f"surplus:{row.pk}",
        greeting=donation.donor_name,
        for_others=donation.donor_name != row.guest.name,
        amount_cents=row.amount_cents,
        is_twice=row.cause == Surplus.Cause.PAID_TWICE,
        link=donor_realm.link_of(donation),
    )
    if not donation.donor_email:
        return written
    return replace(
        written,
        recipient_name=donation.donor_name,
        recipient_email=donation.donor_email,
    )
