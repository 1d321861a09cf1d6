"""Put mails into the outbox, in the transaction of whatever owes them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from events import doorbell, suppression
from events.models import Event, Message, SendingHold
from losers_lounge.compiled import compiled
from losers_lounge.compiled_rows import insert_once
from losers_lounge.languages import ENGLISH

# One statement for the letters of a night's largest category.
BATCH = 5000
LETTERS_A_RING = 1000
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,36}")
State = Message.State


@dataclass(frozen=True)
class Draft:
    """A mail to be put into the outbox; `context` is JSON, links as purposes."""

    kind: str
    about: str
    dedupe_key: str
    event: Event
    recipient_name: str
    recipient_email: str
    template: str
    context: dict[str, Any]
    is_bulk: bool = False
    not_before: datetime | None = None

    @property
    def context_for_readers(self) -> dict[str, Any]:
        """With the event's language, which the letter keeps whatever is set later."""
        language = self.event.language
        if language == ENGLISH:
            return self.context
        return {**self.context, "language": language}


def create(drafts: Iterable[Draft], at: datetime) -> int:
    """Put mails into the outbox, in the caller's transaction; the number added.

    A dedupe key that is there already is left as it is, so that twice is once.
    The bell rings after the commit; a broker that is down costs nothing here.
    """
    added = 0
    drafts = iter(drafts)
    while batch := list(islice(drafts, BATCH)):
        added += _insert(list(_rows(batch, at)))
    if added:
        rings = min(doorbell.MOST_RINGS, 1 + added // LETTERS_A_RING)
        transaction.on_commit(partial(doorbell.ring, rings), robust=True)
    return added


def _insert(rows: list[Message]) -> int:
    """Put in those whose key is not there; how many."""
    if len(rows) == 1:
        return insert_once(rows[0])
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(_added(*(row.message_id for row in rows)))


def _rows(drafts: list[Draft], at: datetime) -> Iterator[Message]:
    bulk = {draft.recipient_email for draft in drafts if draft.is_bulk}
    silent = suppression.suppressed_among(bulk) if bulk else set()
    origin = request_id()
    held = set(_held_events())
    for draft in drafts:
        is_held = bool(held & {None, draft.event.pk})
        waiting = State.HELD if is_held else State.QUEUED
        is_silent = draft.is_bulk and draft.recipient_email in silent
        yield Message(
            event=draft.event,
            kind=draft.kind,
            about=draft.about,
            dedupe_key=draft.dedupe_key,
            recipient_name=draft.recipient_name,
            recipient_email=draft.recipient_email,
            address_mac=suppression.address_mac(draft.recipient_email),
            template=draft.template,
            context=draft.context_for_readers,
            is_bulk=draft.is_bulk,
            state=State.SUPPRESSED if is_silent else waiting,
            last_error=suppression.UNSUBSCRIBED if is_silent else "",
            not_before=draft.not_before or Now(),
            created_at=at,
            request_id=origin,
        )


@compiled
def _added(*message_ids: str) -> QuerySet[Message]:
    return Message.objects.filter(message_id__in=message_ids).values_list("pk")


@compiled
def _held_events() -> QuerySet[SendingHold]:
    return SendingHold.objects.values_list("event_id", flat=True)


def request_id() -> str:
    """Of the press that is being answered, or the task, as the log's lines have it.

    Empty where there is neither; what does not look like such a name is not kept.
    """
    known = structlog.contextvars.get_contextvars()
    found = str(known.get("request_id") or known.get("task_id") or "")
    return found if REQUEST_ID.fullmatch(found) else ""
