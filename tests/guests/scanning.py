"""Phones that pressed without network, and what they hand in."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from guests.actors import Actor
from guests.door import scans
from guests.door.scans import Merged, Scan
from guests.models import Admission, Device, Guest
from tests.guests.devices import make_device

# When the phones have network again; what they did, they did before.
AT = timezone.now().replace(microsecond=0)
FACTS = (
    *("guest__name", "action", "nonce", "by_name", "device", "colour", "reason", "at"),
    *("sequence", "priced_at", "allowed_by", "is_refused"),
    *("closed_at", "counts", "exception"),
)


def minute(number: int) -> datetime:
    """So many minutes after the doors, an hour before the phones are back."""
    return AT - timedelta(hours=1) + timedelta(minutes=number)


def scan(
    guest: Guest, at: int, action: str = "in", nonce: str = "", **fields: Any
) -> Scan:
    nonce = nonce or f"{guest.pk}-{action}-{at}"
    return Scan(nonce, guest.pk, action, minute(at), **{"sequence": 1} | fields)


def hand_in(phone: Device, *held: Scan, **options: Any) -> Merged:
    options = {"sent_at": AT, "at": AT} | options
    return scans.merge(phone.event, Actor.of(phone), held, **options)


def two_phones(guest: Guest) -> tuple[Device, Device]:
    """One at the front and one at the side door, paired before it began."""
    options = {"claimed_at": AT - timedelta(hours=2)}
    return (
        make_device(guest.event, name="Front", **options),
        make_device(guest.event, name="Side", **options),
    )


def rows_of(*guests: Guest) -> list[tuple[Any, ...]]:
    """What the log says of these, but for when it was told."""
    found = Admission.objects.filter(guest__in=guests).order_by("at", "nonce")
    return list(found.values_list(*FACTS))


def told(guest: Guest) -> list[tuple[str, bool, str]]:
    """Action, whether it counts, and which exception: each row, in order of time."""
    rows = guest.admissions.order_by("at", "nonce")
    return list(rows.values_list("action", "counts", "exception"))
