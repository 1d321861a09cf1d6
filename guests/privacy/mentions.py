"""Texts that name somebody where no key leads: logs, lists, searches, uploads."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from events import forgetting
from events.models import Activity, Event, Message
from guests.models import (
    DoorRequest,
    Guest,
    ImportChange,
    ImportPart,
    ImportRun,
    ListChange,
    Mailing,
    NameRequest,
    SavedView,
)
from losers_lounge.names import fold

WALK_IN = dict.fromkeys(
    ("name", "reason", "words", "asked_by_name", "decided_by_name"), ""
)


def in_json(words: Iterable[str], column: str) -> Q:
    """Rows whose JSON has one of these in it, as either database writes it down."""
    forms = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    return forgetting.named(forms, column)


def uploads(events: list[Event], words: Iterable[str]) -> QuerySet[ImportRun]:
    """Imports that wait for a host and have one of these in their rows."""
    rows = ImportPart.objects.filter(in_json(words, "rows"), run__event__in=events)
    return ImportRun.objects.filter(pk__in=rows.values("run"))


def letters(events: list[Event], words: Iterable[str]) -> QuerySet[Message]:
    """Letters to others that name them: an assistant's digest, another's receipt."""
    return Message.objects.filter(in_json(words, "context"), event__in=events)


def forget(events: list[Event], words: frozenset[str], at: datetime) -> None:
    """Forget every mention of these in the lists and logs of these events."""
    of_these = {"event__in": events}
    for run in uploads(events, words):
        run.parts.all().delete()
        if run.state == ImportRun.State.PREVIEWED:
            run.state = ImportRun.State.DISCARDED
        run.choices = {}
        run.save(update_fields=["state", "choices"])
    _lists(of_these, words)
    _asked(of_these, {fold(word) for word in words})
    for model in (DoorRequest, Guest):
        _free_words(model, of_these, words)
    _letters_to_others(events, words)
    said = forgetting.named(words, "object_name")
    said |= forgetting.named(words, "actor_name")
    # The lines stay, with what was done, when and by which account.
    forgetting.lines(Activity.objects.filter(said, **of_these), at)


def _asked(of_these: dict[str, object], keys: set[str]) -> None:
    """Walk-ins of that name, and names that somebody else asked for."""
    for row in DoorRequest.objects.filter(**of_these).exclude(name=""):
        if fold(row.name) in keys:
            DoorRequest.objects.filter(pk=row.pk).update(**WALK_IN)
    for asked in NameRequest.objects.filter(**of_these):
        if fold(asked.name) in keys:
            asked.delete()


def _letters_to_others(events: list[Event], words: frozenset[str]) -> None:
    """What waits goes out without the name; what has gone is forgotten whole."""
    mails = letters(events, words)
    for letter in mails.filter(state__in=Message.WAITING):
        letter.context = taken_out(letter.context, words)
        letter.save(update_fields=["context"])
    forgetting.letters(mails.exclude(state__in=Message.UNDER_WAY))


def _lists(of_these: dict[str, object], words: frozenset[str]) -> None:
    """What hosts search and tag by: there one name of the two is meant as well."""
    parts = words | {part for word in words for part in word.split() if len(part) > 3}
    SavedView.objects.filter(
        forgetting.named(parts, "query") | forgetting.named(parts, "name"), **of_these
    ).delete()
    searched = forgetting.named(parts, "audience")
    Mailing.objects.filter(searched, **of_these).update(audience="")
    pressed = forgetting.named(parts, "value") | in_json(words, "before")
    ListChange.objects.filter(pressed, **of_these).update(value="", before=[])
    changed = ImportChange.objects.filter(in_json(words, "before"))
    changed.filter(run__event__in=of_these["event__in"]).update(before={})


def _free_words(
    model: type[DoorRequest | Guest], of_these: dict[str, object], words: frozenset[str]
) -> None:
    """Notes about others in which this person is named: only the name is taken out."""
    columns = ("reason", "words") if model is DoorRequest else ("notes",)
    for column in columns:
        for row in model.objects.filter(forgetting.named(words, column), **of_these):
            text = without(getattr(row, column), words)
            model.objects.filter(pk=row.pk).update(**{column: text})


def without(text: str, words: Iterable[str], instead: str = "…") -> str:
    """The text with each of these taken out, whatever their case; longest first."""
    for word in sorted(filter(None, words), key=len, reverse=True):
        parts = re.split(re.escape(word), text, flags=re.IGNORECASE)
        text = instead.join(parts)
    return text


def taken_out(value: Any, words: frozenset[str], instead: str = "…") -> Any:
    """The same value of JSON with each of these taken out of every text in it."""
    if isinstance(value, str):
        return without(value, words, instead)
    if isinstance(value, list):
        return [taken_out(part, words, instead) for part in value]
    if isinstance(value, dict):
        return {name: taken_out(part, words, instead) for name, part in value.items()}
    return value
