"""Paired phones: a host shows a code, one phone takes it, and a host takes it back.

Every request of a phone reads its row, so that shutting it out works at once. What a
phone says of itself (its queue, its clock) is written down and believed for nothing.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests.models import Device
from losers_lounge import links

CODE_LASTS = timedelta(minutes=15)
# A phone that is paired is trusted for a day at most, whatever a host types.
LASTS_AT_MOST = timedelta(hours=24)
LASTS_WITHOUT_END = timedelta(hours=12)
# It says how it is every quarter minute; four missed, and it is silent.
SILENT_AFTER = timedelta(seconds=60)
LINK_VERSION = 1
MOST_MS = 2**31 - 1


class CodeSpent(Exception):
    """Another phone took this code, it is too old, or a host took it back."""


class ScansWaiting(Exception):
    """The phone holds scans that are not in yet; `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def usual_end(event: Event, at: datetime) -> datetime:
    """Until when a phone is paired unless somebody says so: the end, or half a day."""
    is_near = at < event.ends_at <= at + LASTS_AT_MOST
    return event.ends_at if is_near else at + LASTS_WITHOUT_END


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
        expires_at=min(until, at + LASTS_AT_MOST),
    )
    activity.record(event, by, noop("offered a desk to a phone"), name, at=at)
    return device


def code_url(device: Device) -> str:
    """What the QR code says that a host shows."""
    return links.absolute_url("pair", device.public_id, LINK_VERSION)


def is_offered(device: Device, at: datetime) -> bool:
    """Whether its code may still be taken."""
    is_fresh = at <= device.created_at + CODE_LASTS
    return device.claimed_at is None and is_fresh and is_open(device, at)


def offered(token: str, at: datetime) -> Device:
    """The desk whose code this is, still to be taken. Raises CodeSpent."""
    lookup, mac = links.split_token(token)
    rows = Device.objects.select_related("event__charity")
    device = rows.filter(public_id=lookup).first()
    if device is None or not links.is_genuine("pair", lookup, LINK_VERSION, mac):
        raise CodeSpent
    if not is_offered(device, at):
        raise CodeSpent
    return device


@transaction.atomic
def claim(token: str, at: datetime) -> Device:
    """Let one phone take the desk. Raises CodeSpent for the second one.

    The update asks again for what was looked at: of two phones, or of a phone and a
    host who takes the desk back, one is first.
    """
    device = offered(token, at)
    if not _free(device).update(claimed_at=at, last_seen_at=at):
        raise CodeSpent
    device.claimed_at = device.last_seen_at = at
    activity.record(device.event, device.name, noop("paired a phone"), at=at)
    return device


def _free(device: Device) -> QuerySet[Device]:
    """This desk, if nobody has taken it and no host took it back meanwhile."""
    return Device.objects.filter(pk=device.pk, claimed_at=None, revoked_at=None)


def is_open(device: Device, at: datetime) -> bool:
    """Whether this phone may still do anything."""
    return device.revoked_at is None and at < device.expires_at


def is_online(device: Device, at: datetime) -> bool:
    """Whether it may be used and was heard of within the minute."""
    seen = device.last_seen_at
    return is_open(device, at) and seen is not None and seen > at - SILENT_AFTER


@transaction.atomic
def revoke(device: Device, *, by: User | str, at: datetime) -> None:
    """Shut a phone out at once; shutting it out again changes nothing."""
    rows = Device.objects.filter(pk=device.pk, revoked_at=None)
    if rows.update(revoked_at=at, revoked_by_name=str(by)):
        activity.record(device.event, by, noop("shut out a phone"), device.name, at=at)


@transaction.atomic
def revoke_all(event: Event, *, by: User | str, at: datetime) -> list[Device]:
    """Shut out every phone of the event that could do anything; those."""
    rows = Device.objects.filter(event=event, revoked_at=None, expires_at__gt=at)
    phones = list(rows.order_by("pk"))
    for device in phones:
        revoke(device, by=by, at=at)
    return phones


@transaction.atomic
def give_back(device: Device, queued: int, at: datetime) -> None:
    """A phone gives its desk back. Raises ScansWaiting while it holds any.

    `queued` is what it says now; what it said in its last beat counts as well.
    """
    waiting = max(queued, device.queued_scans)
    if waiting:
        raise ScansWaiting(waiting)
    rows = Device.objects.filter(pk=device.pk, revoked_at=None)
    if rows.update(revoked_at=at, revoked_by_name=device.name):
        activity.record(device.event, device.name, noop("gave its desk back"), at=at)


def beat(
    device: Device,
    *,
    queued: int,
    snapshot_at: datetime | None,
    sent_at: datetime,
    at: datetime,
) -> None:
    """Write down what a phone says of itself, in one statement.

    Its clock is wrong by so many milliseconds; more than none: it is ahead.
    """
    skew = round((sent_at - at) / timedelta(milliseconds=1))
    Device.objects.filter(pk=device.pk).update(
        last_seen_at=at,
        queued_scans=queued,
        snapshot_at=snapshot_at,
        clock_skew_ms=max(-MOST_MS, min(MOST_MS, skew)),
    )
