"""A page of the guest list: its rows, its figures, and the way on and back."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db.models import Count as CountOf
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import get_language

from events.models import Event, Message
from guests.listing import counting, ordering
from guests.listing.counting import Count, Counting
from guests.models import Guest, Obligation
from guests.models.about import about_invitation
from losers_lounge.bulk import AnyId, AnyOf
from losers_lounge.compiled import Blank, compiled
from losers_lounge.whole_number import whole_number

PAGE_SIZE = 50
# Nobody reads further: a list is counted to here, an answer to a question to there.
MOST_PEOPLE = 5_000
MOST_FOUND = 1_000
# What the page shows of a guest, as plain values: models would cost more than the rest.
SHOWN = (
    *("pk", "name", "answer", "is_vip", "nominee", "tags", "invitation"),
    *("invitation__wave", "invitation__contact__email"),
)
# Drawn cells that many rows share, kept for the next page too.
KEPT = 2_048


class ListRow(NamedTuple):
    """A guest's key and name, marks to stand behind it, and cells of their own."""

    pk: str
    name: str
    marks: str
    plus_ones: str
    standing: str


@dataclass
class ListPage:
    """Up to fifty rows; the ids of the guests to go on from, empty at the ends."""

    rows: list[ListRow]
    next_after: str
    previous_before: str


@dataclass(frozen=True)
class Figures:
    """People by answer, guests on the list, and those of them who fit a question."""

    yes: Count
    no: Count
    waiting: Count
    waitlisted: Count
    guests: Count
    found: Count


def figures(event: Event, found: QuerySet[Guest]) -> Figures:
    """The page's own figures, counted no further than they are read, in one query."""
    everybody = [counted.of(event.pk) for counted in _everybody()]
    return Figures(*counting.up_to(*everybody, Counting.make(found, MOST_FOUND)))


@cache
def _everybody() -> list[Counting]:
    """People by answer and guests, of an event that is named when it is counted."""
    answers = Guest.Answer
    people = Guest.objects.on_the_list().filter(event=Blank(0))
    by_answer = (answers.YES, answers.NO, answers.WAITING, answers.WAITLISTED)
    asked = [people.filter(answer=answer) for answer in by_answer]
    return [Counting.make(rows, MOST_PEOPLE) for rows in (*asked, people.principals())]


def counts(event: Event) -> dict[str, int]:
    """People on the list, by answer."""
    groups = event.guests.on_the_list().order_by().values_list("answer")
    found = dict.fromkeys(Guest.Answer.values, 0) | dict(
        groups.annotate(n=CountOf("*"))
    )
    return found | {"total": sum(found.values())}


def read(
    event: Event,
    found: QuerySet[Guest],
    sort: str = ordering.BY_NAME,
    *,
    text: str = "",
    after: str = "",
    before: str = "",
) -> ListPage:
    """One page of these guests, after or before the event's guest of that id.

    Found by a text, who begins with it comes first. An id that is none of the list's
    leads to the first page.
    """
    shown = found.values_list(*SHOWN, named=True)
    order = ordering.stretches(event, sort, text)
    start = _guest(event, before or after)
    if start is not None and before:
        guests = ordering.walk(shown, order, PAGE_SIZE + 1, start, back=True)
        if len(guests) > PAGE_SIZE:
            guests = guests[1:]
            return _page(guests, next_after=guests[-1], previous_before=guests[0])
        # The way back ends here: a whole first page, not what is left of one.
        start = None
    guests = ordering.walk(shown, order, PAGE_SIZE + 1, start)
    if start is not None and not guests:
        start, guests = None, ordering.walk(shown, order, PAGE_SIZE + 1)
    on_page = guests[:PAGE_SIZE]
    return _page(
        on_page,
        next_after=on_page[-1] if len(guests) > PAGE_SIZE else None,
        previous_before=on_page[0] if on_page and start else None,
    )


def _guest(event: Event, pk: str) -> Guest | None:
    """The guest a page begins at; None for an id that is none."""
    key = whole_number(pk)
    return next(iter(_in_event(event.pk, key)), None) if key else None


@compiled
def _in_event(event: int, guest: int) -> QuerySet[Guest]:
    rows = Guest.objects.filter(event=event, pk=guest)
    return rows.select_related("invitation")


def _page(
    guests: list[Any], next_after: Any | None, previous_before: Any | None
) -> ListPage:
    return ListPage(
        rows=_rows(guests),
        next_after=str(next_after.pk) if next_after else "",
        previous_before=str(previous_before.pk) if previous_before else "",
    )


def _rows(guests: list[Any]) -> list[ListRow]:
    """What stands beside each name, in a constant number of queries."""
    if not guests:
        return []
    ids = [guest.pk for guest in guests]
    plus_ones = _plus_ones(ids)
    letters = _letters([guest.invitation for guest in guests])
    owed, language = cents_due(ids), get_language()
    return [
        ListRow(
            pk=str(guest.pk),
            name=guest.name,
            marks=marks(language, guest.is_vip, bool(guest.nominee), *guest.tags),
            plus_ones=plus_ones.get(guest.pk, ""),
            standing=_standing(
                language,
                guest.answer,
                *letters.get(guest.invitation, ("", "")),
                bool(guest.invitation__contact__email),
                guest.invitation__wave,
                owed.get(guest.pk),
            ),
        )
        for guest in guests
    ]


def _plus_ones(ids: Sequence[int]) -> dict[int, str]:
    """The names of whom they bring, by who brings them."""
    found = defaultdict(list)
    for principal, name in _brought(json.dumps(ids)):
        found[principal].append(name)
    return {principal: ", ".join(names) for principal, names in found.items()}


@compiled
def _brought(principals: str) -> QuerySet[Guest]:
    rows = Guest.objects.on_the_list().filter(AnyId(F("plus_one_of"), principals))
    return rows.order_by("pk").values_list("plus_one_of", "name")


def _letters(invitations: list[int]) -> dict[int, tuple[str, str]]:
    """State and trouble of each invitation's latest letter."""
    marks = {about_invitation(pk): pk for pk in invitations}
    written = _written(json.dumps(list(marks)))
    return {marks[about]: (state, error) for about, state, error in written}


@compiled
def _written(marks: str) -> QuerySet[Message]:
    rows = Message.objects.filter(AnyOf(F("about"), marks), kind="invitation")
    return rows.order_by("pk").values_list("about", "state", "last_error")


@lru_cache(KEPT)
def marks(language: str, is_vip: bool, is_nominee: bool, *tags: str) -> str:
    """The chips behind a name, each word once: drawn once for all who have the same."""
    if not (is_vip or is_nominee or tags):
        return ""
    said = {"vip": is_vip, "nominee": is_nominee}
    others = [tag for tag in tags if not said.get(tag.casefold())]
    context = {"is_vip": is_vip, "is_nominee": is_nominee, "tags": others}
    return render_to_string("guests/_list_marks.html", context)


@lru_cache(KEPT)
def _standing(
    language: str,
    answer: str,
    letter: str,
    error: str,
    has_address: bool,
    wave: int,
    due: int | None,
) -> str:
    """Where somebody stands, in cells: drawn once for all who stand there."""
    context = {
        "answer": Guest(answer=answer),
        "letter": Message(state=letter, last_error=error) if letter else None,
        "email": has_address,
        "wave": wave,
        "due": due,
    }
    return render_to_string("guests/_list_standing.html", context)


def cents_due(ids: Sequence[int]) -> dict[int, int]:
    """The cents still missing, of those among these guests who owe or owed any."""
    # Asked first, since few owe anything, and what is paid of it is dear to reckon.
    due = _due(json.dumps(list(ids)))
    owed: dict[int, int] = defaultdict(int)
    if not due:
        return owed
    rows = Obligation.objects.filter(pk__in=[pk for (pk,) in due]).with_paid_cents()
    for guest, amount, paid in rows.values_list("guest", "amount_cents", "paid_cents"):
        owed[guest] += max(0, amount - paid)
    return owed


@compiled
def _due(guests: str) -> QuerySet[Obligation]:
    return Obligation.objects.due().filter(AnyId(F("guest"), guests)).values_list("pk")
