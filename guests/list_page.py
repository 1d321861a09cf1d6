"""A page of the guest list: its rows, its figures, and the way on and back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Count as CountOf
from django.db.models import QuerySet
from django.template.loader import render_to_string

from events.models import Event, Message
from guests import counting, list_order
from guests.counting import Count
from guests.models import Guest, Obligation

PAGE_SIZE = 50
# Nobody reads further: a list is counted to here, an answer to a question to there.
MOST_PEOPLE = 5_000
MOST_FOUND = 1_000
# What the page shows of a guest: wide rows make a long list slow.
SHOWN = (
    *("event", "name", "answer", "answered_at", "is_vip", "nominee", "tags"),
    *("name_key", "invitation__contact__email", "invitation__wave"),
)


@dataclass
class ListRow:
    guest: Guest
    standing: str
    plus_ones: list[str] = field(default_factory=list)


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
    people = event.guests.on_the_list()
    answers = Guest.Answer
    by_answer = (answers.YES, answers.NO, answers.WAITING, answers.WAITLISTED)
    return Figures(
        *counting.up_to(
            *((people.filter(answer=answer), MOST_PEOPLE) for answer in by_answer),
            (event.guests.principals(), MOST_PEOPLE),
            (found, MOST_FOUND),
        )
    )


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
    sort: str = list_order.BY_NAME,
    *,
    after: str = "",
    before: str = "",
) -> ListPage:
    """One page of these guests, after or before the event's guest of that id.

    An id that is none of the list's leads to the first page.
    """
    shown = found.select_related("invitation__contact").only(*SHOWN)
    order = list_order.stretches(event, sort)
    start = _guest(event, before or after)
    if start is not None and before:
        guests = list_order.walk(shown, order, PAGE_SIZE + 1, start, back=True)
        if len(guests) > PAGE_SIZE:
            guests = guests[1:]
            return _page(guests, next_after=guests[-1], previous_before=guests[0])
        # The way back ends here: a whole first page, not what is left of one.
        start = None
    guests = list_order.walk(shown, order, PAGE_SIZE + 1, start)
    if start is not None and not guests:
        start, guests = None, list_order.walk(shown, order, PAGE_SIZE + 1)
    on_page = guests[:PAGE_SIZE]
    return _page(
        on_page,
        next_after=on_page[-1] if len(guests) > PAGE_SIZE else None,
        previous_before=on_page[0] if on_page and start else None,
    )


def _guest(event: Event, pk: str) -> Guest | None:
    """The guest a page begins at; None for an id that is none."""
    if not (pk.isascii() and pk.isdigit()):
        return None
    return event.guests.select_related("invitation").filter(pk=pk[:19]).first()


def _page(
    guests: list[Guest], next_after: Guest | None, previous_before: Guest | None
) -> ListPage:
    return ListPage(
        rows=_rows(guests),
        next_after=str(next_after.pk) if next_after else "",
        previous_before=str(previous_before.pk) if previous_before else "",
    )


def _rows(guests: list[Guest]) -> list[ListRow]:
    """What stands beside each name, in a constant number of queries."""
    ids = [guest.pk for guest in guests]
    plus_ones = defaultdict(list)
    brought = Guest.objects.on_the_list().filter(plus_one_of__in=ids)
    for principal, name in brought.order_by("pk").values_list("plus_one_of", "name"):
        plus_ones[principal].append(name)
    letters = _letters(guests)
    owed = cents_due(ids)
    drawn = cache(_standing)
    return [
        ListRow(
            guest=guest,
            standing=drawn(
                guest.answer,
                *letters.get(guest.invitation.about, ("", "")),
                bool(guest.invitation.contact.email),
                guest.invitation.wave,
                owed.get(guest.pk),
            ),
            plus_ones=plus_ones[guest.pk],
        )
        for guest in guests
    ]


def _letters(guests: list[Guest]) -> dict[str, tuple[str, str]]:
    """State and trouble of each invitation's latest letter, by its mark."""
    about = [guest.invitation.about for guest in guests]
    letters = Message.objects.filter(about__in=about, kind="invitation").order_by("pk")
    rows = letters.values_list("about", "state", "last_error")
    return {mark: (state, error) for mark, state, error in rows}


def _standing(
    answer: str,
    letter: str,
    error: str,
    has_address: bool,
    wave: int,
    due: int | None,
) -> str:
    """Where somebody stands, in cells: drawn once for all the rows that share it."""
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
    owed = defaultdict(int)
    rows = Obligation.objects.due().filter(guest__in=ids).with_paid_cents()
    for guest, amount, paid in rows.values_list("guest", "amount_cents", "paid_cents"):
        owed[guest] += max(0, amount - paid)
    return owed
