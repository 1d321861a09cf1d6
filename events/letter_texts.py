"""A host's own words for a kind of letter: plain text with a few placeholders.

Nothing a host types is ever a template. `[name]` and the like are put in once, as
plain text, when a letter is written; rows are added, the newest counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, LetterText, User
from losers_lounge.compiled import compiled
from losers_lounge.edit_conflict import mark
from losers_lounge.names import clean

MAX_SUBJECT = 150
MAX_BODY = 6_000
PLACEHOLDERS = {
    "name": _("who reads it"),
    "event": _("the name of the evening"),
    "when": _("day and time, in the event's zone"),
    "where": _("venue and address"),
    "deadline": _("the last moment to answer"),
    "amount": _("what a winner gives"),
    "charity": _("who the donation goes to"),
    "hosts": _("who invites"),
}
_MARK = re.compile(r"\[([^\[\]\r\n]{1,40})\]")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class UnknownPlaceholders(Exception):
    """Marks in square brackets that stand for nothing; `marks` names them."""

    def __init__(self, marks: list[str]) -> None:
        super().__init__(", ".join(marks))
        self.marks = marks


class SavedMeanwhile(Exception):
    """Somebody saved other words since the page was shown; `row` is what stands."""

    def __init__(self, row: LetterText) -> None:
        super().__init__("saved meanwhile")
        self.row = row


@dataclass(frozen=True)
class Words:
    """Subject and body as typed; where one is empty, our own stands in its place."""

    subject: str = ""
    body: str = ""

    @property
    def mark(self) -> str:
        """What a form that shows these words carries along."""
        return mark(self.subject, self.body)

    def __bool__(self) -> bool:
        return bool(self.subject or self.body)


def newest(event: Event, kinds: Iterable[str]) -> dict[str, Words]:
    """The host's words for each of these kinds of letter, empty for our own."""
    found = dict.fromkeys(kinds, Words())
    for kind, subject, body in _typed(event.pk, *found):
        found[kind] = Words(subject, body)
    return found


@compiled
def _typed(event: int, *kinds: str) -> QuerySet[LetterText]:
    rows = LetterText.objects.filter(event=event, kind__in=kinds).order_by("pk")
    return rows.values_list("kind", "subject", "body")


def of(event: Event, kind: str) -> Words:
    """The host's words for one kind of letter."""
    return newest(event, [kind])[kind]


@transaction.atomic
def save(
    event: Event,
    kind: str,
    words: Words,
    *,
    title: str,
    by: User,
    at: datetime,
    shown: str = "",
) -> bool:
    """Let these words count from now on; False when they did already.

    Empty words bring our own back. The log calls the letter its `title`; `shown` is the
    mark of what the page was drawn with. Raises UnknownPlaceholders, SavedMeanwhile.
    """
    words = tidy(words)
    check(words)
    Event.objects.locked().get(pk=event.pk)
    stands = of(event, kind)
    if stands == words:
        return False
    if shown and shown != stands.mark:
        rows = LetterText.objects.filter(event=event, kind=kind)
        raise SavedMeanwhile(rows.select_related("by").latest("pk"))
    LetterText.objects.create(
        event=event, kind=kind, by=by, created_at=at, **asdict(words)
    )
    verb = noop("rewrote a letter") if words else noop("went back to our words")
    activity.record(event, by, verb, title, at=at)
    return True


def tidy(words: Words) -> Words:
    """The subject in one line, the body in plain lines, no control marks in either."""
    lines = words.body.replace("\r\n", "\n").replace("\r", "\n")
    return Words(clean(words.subject), _CONTROLS.sub("", lines).strip())


def check(words: Words) -> None:
    """Raises UnknownPlaceholders for what is in brackets and stands for nothing."""
    marks = _MARK.findall(f"{words.subject}\n{words.body}")
    unknown = [mark for mark in marks if mark.strip().casefold() not in PLACEHOLDERS]
    if unknown:
        raise UnknownPlaceholders(list(dict.fromkeys(unknown)))


def filled(words: Words, values: Mapping[str, str]) -> dict[str, str]:
    """Subject and body with every placeholder put in, once: a value holds none."""

    def value(mark: re.Match[str]) -> str:
        return values.get(mark[1].strip().casefold(), mark[0])

    return {
        "subject": clean(_MARK.sub(value, words.subject)),
        "body": _MARK.sub(value, words.body),
    }
