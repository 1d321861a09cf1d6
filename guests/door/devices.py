"""Paired phones: a host shows a code, one phone takes it, and a host takes it back."""

from datetime import datetime, timedelta

from django.db import transaction

from events import activity
from events.models import Event, User
from guests.models import Device
from losers_lounge import links

CODE_LASTS = timedelta(minutes=15)
LINK_VERSION = 1


class CodeSpent(Exception):
    """Another phone took this code, it is too old, or a host took it back."""


def offer(
    event: Event,
    role: str,
    name: str,
    *,
    until: datetime,
    by: User,
    at: datetime,
) -> Device:
    """A desk for a phone that is still to come; its code is good for a quarter hour."""
    device = Device.objects.create(
        event=event,
        role=role,
        name=name,
        paired_by=by,
        paired_by_name=str(by),
        created_at=at,
        expires_at=until,
    )
    activity.record(event, by, "paired a phone", name, at=at)
    return device


def code_url(device: Device) -> str:
    """What the QR code says that a host shows."""
    return links.absolute_url("pair", device.public_id, LINK_VERSION)


def offered(token: str, at: datetime) -> Device:
    """The desk whose code this is, still to be taken. Raises CodeSpent."""
    lookup, mac = links.split_token(token)
    device = Device.objects.select_related("event").filter(public_id=lookup).first()
    if device is None or not links.is_genuine("pair", lookup, LINK_VERSION, mac):
        raise CodeSpent
    is_fresh = at <= device.created_at + CODE_LASTS
    if device.claimed_at or not is_fresh or not is_open(device, at):
        raise CodeSpent
    return device


@transaction.atomic
def claim(token: str, at: datetime) -> Device:
    """Let one phone take the desk. Raises CodeSpent for the second one."""
    device = offered(token, at)
    taken = Device.objects.filter(pk=device.pk, claimed_at=None).update(claimed_at=at)
    if not taken:
        raise CodeSpent
    device.claimed_at = at
    return device


def is_open(device: Device, at: datetime) -> bool:
    """Whether this phone may still do anything."""
    return device.revoked_at is None and at < device.expires_at


def revoke(device: Device, *, by: User, at: datetime) -> None:
    """Shut a phone out at once; shutting it out again changes nothing."""
    rows = Device.objects.filter(pk=device.pk, revoked_at=None)
    if rows.update(revoked_at=at, revoked_by_name=str(by)):
        activity.record(device.event, by, "shut out a phone", device.name, at=at)
