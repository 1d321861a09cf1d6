"""Closing statements for good: version after version, and what changed between two."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from donations.models import Statement
from donations.statements import document
from donations.statements.labels import printing
from donations.statements.lines import Line
from events.models import Event

CLOSING = Statement.Kind.CLOSING
MOST_NAMED = 50


@dataclass(frozen=True)
class Difference:
    """What a version says otherwise than the one before it; minor units."""

    before: Statement
    lines: int
    raised_cents: int
    net_cents: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@transaction.atomic
def freeze(event_id: int, *, by: str, at: datetime) -> Statement:
    """The books as they stand, as the next version; the last one if nothing changed.

    Of two who press at once one waits, and finds that it is done.
    """
    event = Event.objects.locked().get(pk=event_id)
    last = versions(event).first()
    number = last.number + 1 if last else 1
    body = "".join(document.as_json(event, at, number))
    footer = footer_of(body)
    if last and _says(footer) == _says(footer_of(last.body)):
        return last
    whole = footer["totals"]["all"]
    return Statement.objects.create(
        event=event,
        kind=CLOSING,
        number=number,
        as_of=at,
        raised_cents=whole["raised"],
        net_cents=whole["net"],
        entries=whole["entries"],
        body=body,
        sha256=sha256(body.encode()).hexdigest(),
        made_by_name=by,
        made_at=at,
        printed_in=printing(event),
    )


def versions(event: Event) -> QuerySet[Statement]:
    """The event's closing statements, the newest first."""
    return event.statements.filter(kind=CLOSING).order_by("-number")


def footer_of(body: str) -> dict[str, Any]:
    """What stands under a statement's lines: sums, standing, head and seal."""
    return json.loads(body.rpartition(f"\n{document.CLOSING}")[2].removesuffix("}\n"))


def lines_of(body: str) -> Iterator[Line]:
    """A frozen statement's lines, as they were written."""
    for text in body.split("\n"):
        if text.startswith('{"account"'):
            yield json.loads(text.removesuffix(","))


def difference(statement: Statement) -> Difference | None:
    """What changed since the version before; None for the first."""
    before = versions(statement.event).filter(number__lt=statement.number).first()
    if before is None:
        return None
    old, new = _by_id(before.body), _by_id(statement.body)
    return Difference(
        before=before,
        lines=len(new) - len(old),
        raised_cents=statement.raised_cents - before.raised_cents,
        net_cents=statement.net_cents - before.net_cents,
        added=_first(key for key in new if key not in old),
        changed=_first(key for key in new if key in old and new[key] != old[key]),
        gone=_first(key for key in old if key not in new),
    )


def _by_id(body: str) -> dict[str, tuple[Any, ...]]:
    """What each line says of itself: neither its number nor the hashes before it."""
    said = [name for name in document.COLUMNS if name not in ("n", "hash")]
    return {row["id"]: tuple(row[name] for name in said) for row in lines_of(body)}


def _first(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(name for _, name in zip(range(MOST_NAMED), names, strict=False))


def _says(footer: dict[str, Any]) -> list[Any]:
    """All that makes two statements different ones; when it was compared does not."""
    reconciled = dict(footer["reconciliation"], compared_at=None)
    return [footer["head"], footer["totals"], footer["promised"], reconciled]
