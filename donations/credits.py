"""Whom the public may thank by name: those who said how they want to be called."""

from dataclasses import dataclass

from django.db.models import Min

from donations.models import Donation
from events.models import Event

MOST = 200
# What was given back in full, or is disputed, is not thanked for in public.
THANKED = (Donation.State.PAID, Donation.State.PARTIALLY_REFUNDED)


@dataclass(frozen=True)
class Credits:
    """Names in the order in which they gave, and how many more there are."""

    names: list[str]
    more: int


def of(event: Event) -> Credits:
    """The names donors chose for the public; nobody else is named, and no amount."""
    named = event.donations.filter(state__in=THANKED).exclude(credit_name="")
    names = list(
        named.order_by()
        .values_list("credit_name", flat=True)
        .annotate(first=Min("paid_at"))
        .order_by("first", "credit_name")
    )
    return Credits(names[:MOST], max(len(names) - MOST, 0))
