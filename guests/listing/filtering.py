"""What a host asks of the guest list: filters that combine and live in an address."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import GreaterThan, In
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event, Message
from guests import tags
from guests.models import Guest, Invitation, Obligation
from guests.models.about import INVITATION
from losers_lounge.bulk import AnyId
from losers_lounge.compiled import compiled
from losers_lounge.names import fold

State = Message.State
# Up to so many found by name or by letter are taken by their keys, which an index
# hands over; of more than that the next fifty are soon met by walking the list.
FEW = 1_000
MAX_TEXT = 200
MAX_WAVE = 32_767

LETTERS = {
    "none": gettext_lazy("Not written"),
    "under_way": gettext_lazy("On its way"),
    State.SENT.value: State.SENT.label,
    State.FAILED.value: State.FAILED.label,
    State.UNKNOWN.value: State.UNKNOWN.label,
    State.BOUNCED.value: State.BOUNCED.label,
    State.COMPLAINED.value: State.COMPLAINED.label,
    State.SUPPRESSED.value: State.SUPPRESSED.label,
}
OWES = {"due": gettext_lazy("Owes"), "settled": gettext_lazy("Has paid")}
FLAGS = {
    "nominee": gettext_lazy("Nominee"),
    "vip": gettext_lazy("VIP"),
    "unnamed": gettext_lazy("Plus-one without a name"),
    "no_address": gettext_lazy("No address"),
    "needs": gettext_lazy("Dietary or access note"),
}


@dataclass(frozen=True)
class ListFilters:
    """One question to the list; what is empty asks nothing."""

    q: str = ""
    answer: str = ""
    wave: str = ""
    tag: str = ""
    letter: str = ""
    owes: str = ""
    nominee: str = ""
    vip: str = ""
    unnamed: str = ""
    no_address: str = ""
    needs: str = ""

    def guests(self, event: Event) -> QuerySet[Guest]:
        """The principals who fit, in no order; a plus-one brings whom they came with.

        A name and a letter are looked for at once, the rest when rows are read.
        """
        found = event.guests.principals()
        for name, value in self.as_query().items():
            found = found.filter(_CONDITIONS[name](event, value))
        return found

    def as_query(self) -> dict[str, str]:
        """The filters that are set, by name, as `read` takes them."""
        return {name: value for name, value in asdict(self).items() if value}

    def without(self, name: str) -> "ListFilters":
        return replace(self, **{name: ""})

    def described(self) -> list[tuple[str, str]]:
        """Each filter that is set, by name and in words."""
        return [(name, _in_words(name, text)) for name, text in self.as_query().items()]


def read(query: Mapping[str, str]) -> ListFilters:
    """The filters an address holds; what makes no sense is left out."""
    given = {row.name: query.get(row.name, "").strip() for row in fields(ListFilters)}
    given["q"] = given["q"][:MAX_TEXT].strip()
    return ListFilters(
        **{name: text for name, text in given.items() if text and _is_known(name, text)}
    )


def _is_known(name: str, value: str) -> bool:
    match name:
        case "q":
            return True
        case "tag":
            return len(value) <= tags.MAX_LENGTH
        case "wave":
            is_number = value.isascii() and value.isdigit() and len(value) <= 5
            return is_number and 0 < int(value) <= MAX_WAVE
        case "answer":
            return value in Guest.Answer.values
        case "letter":
            return value in LETTERS
        case "owes":
            return value in OWES
        case _:
            return value == "1"


def _in_words(name: str, value: str) -> str:
    match name:
        case "q":
            return f"“{value}”"
        case "tag":
            return _("Tag %(tag)s") % {"tag": value}
        case "wave":
            return _("Wave %(wave)s") % {"wave": value}
        case "answer":
            return str(Guest.Answer(value).label)
        case "letter":
            return _("Invitation: %(state)s") % {"state": LETTERS[value]}
        case "owes":
            return str(OWES[value])
        case _:
            return str(FLAGS[name])


def _named(event: Event, text: str) -> Q:
    """Whose name, or whose plus-one's, holds the text, accents or not."""
    key = fold(text)
    if not key:
        return Q(pk__in=())
    few = [pk for (pk,) in _who_holds(event.pk, *_parts(key))]
    if len(few) <= FEW:
        return _among("pk", few)
    holds = _holds(*_parts(key))
    people = event.guests.on_the_list().filter(holds)
    hosts = people.filter(plus_one_of__isnull=False).values("plus_one_of")
    return holds | Q(pk__in=hosts)


def _among(column: str, few: list[int]) -> Q:
    """One of these few: told as one value, and nothing is asked where there is none."""
    return Q(AnyId(F(column), json.dumps(few))) if few else Q(pk__in=())


@compiled
def _who_holds(event: int, *parts: str) -> QuerySet[Guest]:
    people = Guest.objects.on_the_list().filter(_holds(*parts), event=event)
    return people.values_list(Coalesce("plus_one_of", "pk"))[: FEW + 1]


def _parts(key: str) -> tuple[str, ...]:
    """What a name may hold; one or two letters are where it, or a word, begins.

    Two letters out of the middle are in every second name, and in no index.
    """
    return (key,) if len(key) > 2 else (key, f" {key}", f"\n{key}")


def _holds(part: str, *beginnings: str) -> Q:
    """The part itself; or, where words begin so too, a name that begins with it."""
    if not beginnings:
        return Q(search_key__contains=part)
    word, line = beginnings
    begins = Q(search_key__startswith=part)
    return begins | Q(search_key__contains=word) | Q(search_key__contains=line)


class _InvitationOf(Func):
    """The invitation a letter is about, by its mark; NULL for any other mark."""

    output_field = BigIntegerField()
    arity = 1
    template = "CAST(SUBSTR(%(expressions)s, 12) AS bigint)"

    def as_postgresql(self, compiler: object, connection: object) -> tuple:
        pattern = "'^invitation/([0-9]{1,18})$'"
        template = f"CAST(SUBSTRING(%(expressions)s FROM {pattern}) AS bigint)"
        return self.as_sql(compiler, connection, template=template)


def _written_to(event: Event, value: str) -> Q:
    """How the latest letter of invitation stands."""
    if value == "none":
        return Q(invitation__invited_at=None)
    states = Message.UNDER_WAY if value == "under_way" else (value,)
    few = [pk for (pk,) in _latest(event.pk, *states)]
    if len(few) <= FEW:
        return _among("invitation", few)
    letters = _letters()
    number = Cast(OuterRef("invitation"), CharField())
    mine = letters.filter(about=Concat(Value(INVITATION), number)).order_by("-pk")
    return Q(In(Subquery(mine.values("state")[:1]), states))


def _letters() -> QuerySet[Message]:
    return Message.objects.about(INVITATION).filter(kind="invitation")


@compiled
def _latest(event: int, *states: str) -> QuerySet[Message]:
    later = _letters().filter(about=OuterRef("about"), pk__gt=OuterRef("pk"))
    latest = _letters().filter(~Exists(later), event=event, state__in=states)
    return latest.values_list(_InvitationOf("about"))[: FEW + 1]


def _owing(event: Event, value: str) -> Q:
    """Something due and not paid; or all paid of what was due."""
    owed = Obligation.objects.filter(guest__event=event)
    due = Q(pk__in=owed.unpaid().values("guest"))
    if value == "due":
        return due
    return Q(pk__in=owed.due().values("guest")) & ~due


def _without_name(event: Event, value: str) -> Q:
    """Coming, and bringing fewer people with a name than they may."""
    party = Guest.objects.on_the_list().filter(
        plus_one_of=OuterRef("pk"), is_unnamed=False
    )
    named = party.order_by().values("plus_one_of").annotate(n=Count("pk")).values("n")
    # As a value of each row: a join would first read every invitation there is.
    own = Invitation.objects.filter(pk=OuterRef("invitation")).values("plus_ones")
    has_more = GreaterThan(Subquery(own), Coalesce(Subquery(named), 0))
    return Q(has_more, answer=Guest.Answer.YES)


_CONDITIONS: dict[str, Callable[[Event, str], Q]] = {
    "q": _named,
    "answer": lambda event, value: Q(answer=value),
    "wave": lambda event, value: Q(invitation__wave=int(value)),
    "tag": lambda event, value: Q(tags.has_tag(value)),
    "letter": _written_to,
    "owes": _owing,
    "nominee": lambda event, value: Q(nominee__isnull=False),
    "vip": lambda event, value: Q(is_vip=True),
    "unnamed": _without_name,
    "no_address": lambda event, value: Q(invitation__contact__email=""),
    "needs": lambda event, value: ~Q(dietary="", accessibility=""),
}
