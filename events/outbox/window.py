"""When an event's bulk mail may leave: between two hours of the event's own zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models.functions import Now

from events.models import Event, Message


def opening_of(event_id: int) -> datetime | None:
    """When the event's bulk mail may leave; None if it may at once."""
    event = Event.objects.annotate(looked_at=Now()).get(pk=event_id)
    at = event.looked_at
    opening = next_opening(event.send_from, event.send_until, event.zone, at)
    return opening if opening > at else None


def next_opening(
    send_from: time | None, send_until: time | None, zone: ZoneInfo, at: datetime
) -> datetime:
    """`at` itself while the window is open, else the moment it opens next, in UTC.

    It may cross midnight. An hour that the clocks skip opens when they have been put
    forward, one that comes twice opens at the first.
    """
    if send_from is None or send_until is None or send_from == send_until:
        return at
    local = at.astimezone(zone)
    if _is_within(local.time(), send_from, send_until):
        return at
    openings = (
        datetime.combine(local.date() + timedelta(days=days), send_from, zone).replace(
            fold=fold
        )
        for days in (0, 1)
        for fold in (0, 1)
    )
    return min(
        opening
        for opening in (opening.astimezone(UTC) for opening in openings)
        if opening > at
    )


def _is_within(hour: time, begins: time, ends: time) -> bool:
    if begins < ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def put_off(message: Message, until: datetime) -> int:
    """Have all the event's bulk mail wait until then, in one UPDATE; how many do.

    What another worker has just locked is passed over: it finds the same. A turn of
    its domain that lies before the opening is void, or all of them would come at once.
    """
    waiting = Message.objects.filter(
        event=message.event_id,
        is_bulk=True,
        state=Message.State.QUEUED,
        not_before__lt=until,
    ).select_for_update(skip_locked=True)
    return Message.objects.filter(pk__in=waiting.values("pk")).update(
        not_before=until, paced_until=None
    )
