"""A page of the guest list: searched, filtered, and walked by key, not by offset."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from events.models import Event, Message
from guests.models import Guest, Obligation
from losers_lounge.names import fold

PAGE_SIZE = 50
# What the page shows of a guest: wide rows make a long list slow.
SHOWN = ("event", "name", "answer", "is_vip", "nominee", "invitation__contact__email")


@dataclass
class ListRow:
    guest: Guest
    answer: str
    letter: str
    plus_ones: list[str] = field(default_factory=list)
    cents_due: int = 0
    is_settled: bool = False


@dataclass
class ListPage:
    rows: list[ListRow]
    next_after: str
    is_first: bool


def counts(event: Event) -> dict[str, int]:
    """People on the list, by answer."""
    groups = event.guests.on_the_list().order_by().values_list("answer")
    found = dict.fromkeys(Guest.Answer.values, 0) | dict(groups.annotate(n=Count("*")))
    return found | {"total": sum(found.values())}


def matching(event: Event, text: str, answer: str) -> QuerySet[Guest]:
    """Principals of that answer whose name holds the text, accents or not.

    A plus-one is found under the guest who brings them.
    """
    found = event.guests.principals()
    if answer in Guest.Answer.values:
        found = found.filter(answer=answer)
    key = fold(text)
    if text.strip() and not key:
        return found.none()
    if key:
        # One look at the names: an OR of two conditions would scan them twice.
        named = event.guests.on_the_list().filter(name_key__contains=key)
        found = found.filter(pk__in=named.values(who=Coalesce("plus_one_of", "pk")))
    return found


def read(event: Event, found: QuerySet[Guest], after: str) -> ListPage:
    """One page of these guests in order of name, after the event's guest `<id>`."""
    ordered = found.order_by("name_key", "pk")
    is_id = after.isascii() and after.isdigit()
    start = event.guests.filter(pk=after[:19]).first() if is_id else None
    if start is not None:
        # The second condition says no more than the first, but an index begins there.
        ordered = ordered.filter(
            Q(name_key__gt=start.name_key) | Q(pk__gt=start.pk),
            name_key__gte=start.name_key,
        )
    guests = list(
        ordered.select_related("invitation__contact").only(*SHOWN)[: PAGE_SIZE + 1]
    )
    shown = guests[:PAGE_SIZE]
    return ListPage(
        rows=_rows(shown),
        next_after=str(shown[-1].pk) if len(guests) > PAGE_SIZE else "",
        is_first=start is None,
    )


def _rows(guests: list[Guest]) -> list[ListRow]:
    """What stands beside each name, in a constant number of queries."""
    ids = [guest.pk for guest in guests]
    plus_ones = defaultdict(list)
    brought = Guest.objects.on_the_list().filter(plus_one_of__in=ids)
    for principal, name in brought.order_by("pk").values_list("plus_one_of", "name"):
        plus_ones[principal].append(name)
    letters = _letters(guests)
    owed = _owed(ids)
    answers = {value: str(label) for value, label in Guest.Answer.choices}
    return [
        ListRow(
            guest=guest,
            answer=answers[guest.answer],
            letter=letters[guest.pk],
            plus_ones=plus_ones[guest.pk],
            cents_due=owed.get(guest.pk, 0),
            is_settled=owed.get(guest.pk) == 0,
        )
        for guest in guests
    ]


def _letters(guests: list[Guest]) -> dict[int, str]:
    """How each guest's invitation stands; the latest letter counts."""
    about = [guest.invitation.about for guest in guests]
    letters = Message.objects.filter(about__in=about, kind="invitation").order_by("pk")
    states = {
        subject: (state, last_error)
        for subject, state, last_error in letters.values_list(
            "about", "state", "last_error"
        )
    }
    drawn = cache(_letter_state)
    return {
        guest.pk: drawn(
            *states.get(guest.invitation.about, ("", "")),
            bool(guest.invitation.contact.email),
        )
        for guest in guests
    }


def _letter_state(state: str, last_error: str, has_address: bool) -> str:
    """A letter's state in words: drawn once for all the rows that share it."""
    letter = Message(state=state, last_error=last_error) if state else None
    context = {"letter": letter, "email": has_address}
    return render_to_string("guests/_letter_state.html", context)


def _owed(ids: list[int]) -> dict[int, int]:
    """The cents still missing, of those among these guests who owe or owed any."""
    owed = defaultdict(int)
    rows = Obligation.objects.due().filter(guest__in=ids).with_paid_cents()
    for guest, amount, paid in rows.values_list("guest", "amount_cents", "paid_cents"):
        owed[guest] += max(0, amount - paid)
    return owed
