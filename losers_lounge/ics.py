"""Calendar entries (RFC 5545), made to be read: published, never answered.

METHOD:PUBLISH without attendees, because the Accept of a mail client would go to a
mailbox and not to the guest list. The same UID with a higher SEQUENCE replaces an
entry; CANCEL takes it away.
"""

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from icalendar import Calendar, Event
from icalendar.parser import Contentline

PRODUCT = "-//Losers Lounge//Invitations//EN"
# What differs from guest to guest: everything else of a wave's entries is the same.
OWN_UID, OWN_URL = "UID-OF-THE-GUEST", "https://url-of-the-guest.invalid/"

# RFC 5545 3.1: octets of a line that goes on in a second one.
FOLDED_FROM = 75


class Entry(NamedTuple):
    """One evening in somebody's calendar; `stamp` says when this version was made.

    `uid` and `url` hold letters, digits and what stands in an address.
    """

    uid: str
    sequence: int
    summary: str
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    location: str = ""
    description: str = ""
    url: str = ""
    method: str = "PUBLISH"


def calendar_bytes(entry: Entry) -> bytes:
    """The entry as text/calendar; the same entry, the same bytes.

    Times are written in UTC, so no zone can be wrong.
    """
    of_all = entry._replace(uid=OWN_UID, url=OWN_URL if entry.url else "")
    written = _written(of_all)
    written = written.replace(_own_line("UID", OWN_UID), _line("UID", entry.uid))
    if not entry.url:
        return written
    return written.replace(_own_line("URL", OWN_URL), _line("URL", entry.url))


def from_values(values: dict[str, Any], *, stamp: datetime) -> bytes:
    """The same from plain values, times as ISO text, as a message keeps them."""
    times = {
        name: datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at")
    }
    return calendar_bytes(Entry(**{**values, **times}, stamp=stamp))


def _line(name: str, value: str) -> bytes:
    line = f"{name}:{value}".encode()
    if len(line) >= FOLDED_FROM:  # which is done letter by letter
        line = Contentline(f"{name}:{value}").to_ical()
    return line + b"\r\n"


_own_line = cache(_line)


@lru_cache(maxsize=64)
def _written(entry: Entry) -> bytes:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    for name in ("location", "description", "url"):
        if value := getattr(entry, name):
            event.add(name, value)
    event.add("status", "CANCELLED" if entry.method == "CANCEL" else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", entry.method)
    calendar.add_component(event)
    return calendar.to_ical()
