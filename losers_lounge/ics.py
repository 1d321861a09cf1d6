"""Calendar entries (RFC 5545), made to be read: published, never answered.

METHOD:PUBLISH without attendees, because the Accept of a mail client would go to a
mailbox and not to the guest list. The same UID with a higher SEQUENCE replaces an
entry; CANCEL takes it away.
"""

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from icalendar import Calendar, Event
from icalendar.parser import Contentline

PRODUCT = "-//Losers Lounge//Invitations//EN"
# What differs from guest to guest: everything else of a wave's entries is the same.
OWN_UID, OWN_URL = "UID-OF-THE-GUEST", "https://url-of-the-guest.invalid/"


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
    `uid` and `url` hold letters, digits and what stands in an address.
    """
    texts = (summary, location, description, method)
    entry = _entry(sequence, starts_at, ends_at, stamp, *texts, bool(url))
    entry = entry.replace(_own_line("UID", OWN_UID), _line("UID", uid))
    if not url:
        return entry
    return entry.replace(_own_line("URL", OWN_URL), _line("URL", url))


def _line(name: str, value: str) -> bytes:
    return Contentline(f"{name}:{value}").to_ical() + b"\r\n"


_own_line = cache(_line)


@lru_cache(maxsize=64)
def _entry(
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    stamp: datetime,
    summary: str,
    location: str,
    description: str,
    method: str,
    has_url: bool,
) -> bytes:
    entry = Event()
    entry.add("uid", OWN_UID)
    entry.add("sequence", sequence)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("dtstart", starts_at.astimezone(UTC))
    entry.add("dtend", ends_at.astimezone(UTC))
    entry.add("summary", summary)
    url = OWN_URL if has_url else ""
    optional = {"location": location, "description": description, "url": url}
    for name, value in optional.items():
        if value:
            entry.add(name, value)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    return _calendar(entry, method)


def _calendar(entry: Event, method: str) -> bytes:
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
