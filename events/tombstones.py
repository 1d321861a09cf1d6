"""Who was forgotten, as keyed hashes, so that a restored backup forgets them again.

A backup of before the erasure knows nothing of it: so each tombstone is also written
to the file of TOMBSTONES_FILE, where one is named, which is kept beside the backups;
what a crash left out there is written by the clock (guests/privacy/retention.py).
Like those of unsubscribed addresses, hashes hold as long as their key is in
SECRET_KEY or SECRET_KEY_FALLBACKS.
"""

import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction

from events.models import Tombstone

logger = structlog.get_logger(__name__)
Kind = Tombstone.Kind


class Unreadable(Exception):
    """A line of a list of tombstones is none; the text says which."""


@dataclass(frozen=True)
class Stone:
    """One erasure as the list outside of the database has it."""

    kind: str
    mac: str
    erased_at: datetime


def set_up(kind: Kind, subject: str, at: datetime) -> None:
    """Remember this erasure, in the transaction that does it; the latest time counts.

    `subject` is an address or an event's slug, and is not kept.
    """
    mac = macs(kind, subject)[0]
    Tombstone.objects.update_or_create(kind=kind, mac=mac, defaults={"erased_at": at})
    if settings.TOMBSTONES_FILE:
        transaction.on_commit(partial(_append, [Stone(kind, mac, at)]), robust=True)


def complete_file() -> int:
    """Write what the file lacks of this database's tombstones; how many lines.

    Whoever dies between the commit and the line leaves one out. Twice is once.
    """
    if not settings.TOMBSTONES_FILE:
        return 0
    stones = [Stone(*row) for row in _rows()]
    there = _lines_there()
    missing = [stone for stone in stones if _line(stone) not in there]
    if missing:
        _append(missing)
        logger.warning("tombstones.completed", lines=len(missing))
    return len(missing)


def macs(kind: Kind, subject: str) -> list[str]:
    """The subject under every key still in use, the newest first."""
    plain = unicodedata.normalize("NFC", subject.strip()).casefold()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_mac(key, kind, plain) for key in keys]


def known(lines: Iterable[str] = ()) -> dict[tuple[str, str], datetime]:
    """When each was erased, by kind and hash: of this database, and of a list.

    Raises Unreadable.
    """
    stones = [Stone(*row) for row in _rows()]
    stones += [_read(number, line) for number, line in enumerate(lines, 1) if line]
    found: dict[tuple[str, str], datetime] = {}
    for stone in stones:
        key = (stone.kind, stone.mac)
        found[key] = max(stone.erased_at, found.get(key, stone.erased_at))
    return found


def erased_at(
    stones: dict[tuple[str, str], datetime], kind: Kind, subject: str
) -> datetime | None:
    """When this one was erased; None: never."""
    times = [stones[kind, mac] for mac in macs(kind, subject) if (kind, mac) in stones]
    return max(times, default=None)


def listed() -> Iterable[str]:
    """Every tombstone of this database as a line of the list."""
    return [_line(Stone(*row)) for row in _rows()]


def _rows() -> Iterable[tuple[str, str, datetime]]:
    rows = Tombstone.objects.order_by("erased_at", "pk")
    return rows.values_list("kind", "mac", "erased_at")


def _lines_there() -> set[str]:
    try:
        with open(settings.TOMBSTONES_FILE, encoding="ascii", errors="replace") as file:
            return {line.rstrip("\n") for line in file}
    except FileNotFoundError:
        return set()


def _append(stones: Sequence[Stone]) -> None:
    """On the disk before anybody is told that it is done.

    A disk that refuses is an error in the log: the erasure itself stands.
    """
    line = "".join(f"{_line(stone)}\n" for stone in stones).encode("ascii")
    with open(settings.TOMBSTONES_FILE, "ab+") as file:
        # What a full disk cut short is a line of its own, and takes none with it.
        if file.tell():
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _line(stone: Stone) -> str:
    when = stone.erased_at.isoformat()
    return json.dumps({"kind": stone.kind, "mac": stone.mac, "erased_at": when})


def _read(number: int, line: str) -> Stone:
    try:
        row = json.loads(line)
        when = datetime.fromisoformat(row["erased_at"])
        stone = Stone(Kind(row["kind"]), str(row["mac"]), when)
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"line {number} is no tombstone") from error
    if when.tzinfo is None:
        raise Unreadable(f"line {number} has a time without a zone")
    return stone


def _mac(key: str, kind: Kind, plain: str) -> str:
    own_key = hmac.digest(key.encode(), b"events.tombstones", hashlib.sha256)
    return hmac.digest(own_key, f"{kind}\0{plain}".encode(), hashlib.sha256).hex()
