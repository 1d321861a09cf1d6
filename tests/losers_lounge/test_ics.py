from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from losers_lounge.ics import Entry, calendar_bytes

EVENING: dict[str, Any] = {
    "sequence": 2,
    "summary": "Lösers; Lounge, all of them",
    "starts_at": datetime(2026, 9, 22, 18, tzinfo=UTC),
    "ends_at": datetime(2026, 9, 23, 2, tzinfo=UTC),
    "stamp": datetime(2026, 9, 1, tzinfo=UTC),
    "description": "first line\nsecond line",
}


@pytest.mark.parametrize(
    "url",
    ["", "https://lounge.example/i/a.b/", f"https://lounge.example/i/{'a' * 200}/"],
)
@pytest.mark.parametrize("uid", ["invitation-Ab_-9", "i" * 150])
def test_each_guest_has_an_entry_of_their_own(uid: str, url: str) -> None:
    """Although the rest of it is written once for all."""
    raw = calendar_bytes(Entry(uid=uid, url=url, **EVENING))
    (entry,) = Calendar.from_ical(raw).events
    assert entry["uid"] == uid
    assert entry.get("url", "") == url
    assert (entry["summary"], entry["description"]) == (
        EVENING["summary"],
        EVENING["description"],
    )
    assert entry.start == EVENING["starts_at"]
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert raw == calendar_bytes(Entry(uid=uid, url=url, **EVENING))
