"""Calendar entries (RFC 5545), made to be read: published, never answered.

METHOD:PUBLISH without attendees, because the Accept of a mail client would go to a
mailbox and not to the guest list. The same UID with a higher SEQUENCE replaces an
entry; CANCEL takes it away.
"""

from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar, Event

PRODUCT = "-//Losers Lounge//Invitations//EN"


def calendar_bytes(
    *,
    uid: str,
    sequence: int,
    summary: str,
    starts_at: datetime,
    ends_at: datetime,
    stamp: datetime,
    location: str = "",
    description: str = "",
    url: str = "",
    method: str = "PUBLISH",
) -> bytes:
    """One entry as text/calendar; times are written in UTC, so no zone can be wrong.

    `stamp` says when this version was made: the same arguments, the same bytes.
    """
    entry = Event()
    entry.add("uid", uid)
    entry.add("sequence", sequence)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("dtstart", starts_at.astimezone(UTC))
    entry.add("dtend", ends_at.astimezone(UTC))
    entry.add("summary", summary)
    optional = {"location": location, "description": description, "url": url}
    for name, value in optional.items():
        if value:
            entry.add(name, value)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return calendar.to_ical()


def from_values(entry: dict[str, Any], *, stamp: datetime) -> bytes:
    """The same from plain values, times as ISO text, as a message keeps them."""
    times = {
        name: datetime.fromisoformat(entry[name]) for name in ("starts_at", "ends_at")
    }
    return calendar_bytes(**{**entry, **times}, stamp=stamp)
