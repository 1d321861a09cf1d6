"""A page of the guest list: searched, filtered, and walked by key, not by offset."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from events.models import Event, Message
from guests.models import Guest, Obligation
from losers_lounge.names import fold

PAGE_SIZE = 50


@dataclass
class ListRow:
    guest: Guest
    plus_ones: list[str] = field(default_factory=list)
    letter: Message | None = None
    cents_due: int = 0
    is_settled: bool = False


@dataclass
class ListPage:
    rows: list[ListRow]
    next_after: str
    is_first: bool


def counts(event: Event) -> dict[str, int]:
    """People on the list, by answer."""
    return event.guests.on_the_list().aggregate(
        total=Count("pk"),
        **{answer: Count("pk", Q(answer=answer)) for answer in Guest.Answer.values},
    )


def matching(event: Event, text: str, answer: str) -> QuerySet[Guest]:
    """Principals of that answer whose name holds the text, accents or not.

    A plus-one is found under the guest who brings them.
    """
    found = event.guests.principals()
    if answer in Guest.Answer.values:
        found = found.filter(answer=answer)
    key = fold(text)
    if key:
        brought = event.guests.on_the_list().filter(name_key__contains=key)
        found = found.filter(
            Q(name_key__contains=key) | Q(pk__in=brought.values("plus_one_of"))
        )
    return found


def read(found: QuerySet[Guest], after: str) -> ListPage:
    """One page of these guests in order of name, after a key `<id>`."""
    ordered = found.order_by("name_key", "pk")
    start = found.model.objects.filter(pk=after).first() if after.isdigit() else None
    if start is not None:
        ordered = ordered.filter(
            Q(name_key__gt=start.name_key) | Q(name_key=start.name_key, pk__gt=start.pk)
        )
    guests = list(
        ordered.select_related("invitation__contact", "nominee")[: PAGE_SIZE + 1]
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
    letters = {}
    about = [guest.invitation.about for guest in guests]
    invitations = Message.objects.filter(about__in=about, kind="invitation")
    for letter in invitations.order_by("pk"):
        letters[letter.about] = letter
    owed, due = defaultdict(int), set()
    for row in Obligation.objects.due().with_paid_cents().filter(guest__in=ids):
        owed[row.guest_id] += max(0, row.amount_cents - row.paid_cents)
        due.add(row.guest_id)
    return [
        ListRow(
            guest=guest,
            plus_ones=plus_ones[guest.pk],
            letter=letters.get(guest.invitation.about),
            cents_due=owed[guest.pk],
            is_settled=guest.pk in due and not owed[guest.pk],
        )
        for guest in guests
    ]
