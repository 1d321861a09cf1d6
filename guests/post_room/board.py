"""The delivery board: where the event's letters stand, by kind and one by one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from events.models import Event, Message
from guests.models import Guest, Invitation, Mailing
from guests.models.about import about_invitation
from guests.post_room.personas import KINDS
from losers_lounge.whole_number import whole_number

PAGE_SIZE = 50
State = Message.State
WANTS_CARE = (*Message.REPAIRABLE, State.COMPLAINED)
KIND_WORDS = {
    **KINDS,
    "confirmation": _("See you there"),
    "changed": _("Changed answer"),
    "decline": _("Sorry you can't"),
    "waitlisted": _("Waiting list"),
    "offer": _("A seat is free"),
    "link": _("Lost link"),
    "portal_link": _("Assistant's link"),
    "handed_over": _("Handed over"),
    "team": _("Team"),
    "settle": _("Asking for what is due"),
    "surplus": _("Money that is no longer owed"),
    "pledge_saved": _("Pledge: card saved"),
    "pledge_bank": _("Pledge: the bank asks"),
    "pledge_declined": _("Pledge: card refused"),
    "pledge_released": _("Pledge: card forgotten"),
    "pledge_withdrawn": _("Pledge: taken back"),
    "receipt": _("Receipt"),
    "proof": _("Proof of a bottle"),
    "test": _("Test to yourself"),
}


@dataclass
class Figures:
    """The letters of one kind by where they stand."""

    kind: str
    words: str
    total: int = 0
    sent: int = 0
    under_way: int = 0
    care: int = 0
    not_sent: int = 0

    def count(self, state: str, number: int) -> None:
        self.total += number
        if state == State.SENT:
            self.sent += number
        elif state in Message.UNDER_WAY:
            self.under_way += number
        elif state in WANTS_CARE:
            self.care += number
        else:
            self.not_sent += number


@dataclass(frozen=True)
class Wanted:
    """What of the board is asked for; nonsense in an address asks for everything."""

    kind: str = ""
    state: str = ""
    before: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Wanted":
        before, state = query.get("before", ""), query.get("state", "")
        return cls(
            kind=query.get("kind", "") if query.get("kind") in KIND_WORDS else "",
            state=state if state in State.values else "",
            before=whole_number(before),
        )

    def address(self, before: int) -> str:
        kept = {"kind": self.kind, "state": self.state, "before": before}
        return "?" + urlencode({name: value for name, value in kept.items() if value})


@dataclass
class Letter:
    """One row of the board; `guest_id` is whose page repairs it."""

    message: Message
    kind: str
    guest_id: int | None
    can_go_again: bool
    wants_care: bool

    @classmethod
    def of(cls, row: Message, guest_id: int | None) -> "Letter":
        return cls(
            message=row,
            kind=words_of(row.kind),
            guest_id=guest_id,
            can_go_again=row.state in Message.REPAIRABLE,
            wants_care=row.state in WANTS_CARE,
        )


@dataclass(frozen=True)
class Page:
    letters: list[Letter]
    next_url: str


def words_of(kind: str) -> str:
    """A kind of letter as hosts read it, in the language of the page."""
    return str(KIND_WORDS.get(kind, kind.capitalize()))


def figures(event: Event) -> list[Figures]:
    """One line for each kind of letter there is, in one query."""
    groups = event.messages.order_by().values_list("kind", "state")
    found: dict[str, Figures] = {}
    for kind, state, number in groups.annotate(n=Count("pk")):
        found.setdefault(kind, Figures(kind, words_of(kind))).count(state, number)
    order = list(KIND_WORDS)
    return sorted(
        found.values(),
        key=lambda row: order.index(row.kind) if row.kind in order else len(order),
    )


def read(event: Event, wanted: Wanted) -> Page:
    """A page of letters, the newest first, walked by key."""
    rows = event.messages.order_by("-pk")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.before is not None:
        rows = rows.filter(pk__lt=wanted.before)
    found = list(rows.defer("context")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    guests = _guests(shown)
    letters = [Letter.of(row, guests.get(row.about)) for row in shown]
    is_more = len(found) > len(shown)
    return Page(letters, wanted.address(shown[-1].pk) if is_more else "")


def mailings(event: Event, found: list[Figures]) -> list[tuple[Mailing, bool]]:
    """The newest mailings, unfinished ones first, and whether one can be stopped."""
    on_its_way = {row.kind for row in found if row.under_way}
    rows = event.mailings.defer("chosen", "stated").order_by("-pk")[:20]
    ordered = sorted(rows, key=lambda row: row.state not in Mailing.UNFINISHED)
    return [
        (row, row.state in Mailing.UNFINISHED or _is_leaving(row, on_its_way))
        for row in ordered
    ]


def _is_leaving(row: Mailing, on_its_way: set[str]) -> bool:
    return row.state == Mailing.State.DONE and row.kind in on_its_way


def waves(event: Event) -> list[tuple[int, int]]:
    """Each wave with how many of its invitations can go out and have not."""
    waiting = defaultdict(int)
    rows = Invitation.objects.filter(event=event, invited_at=None)
    rows = rows.exclude(contact__email="")
    people = Guest.objects.principals().filter(event=event)
    held = rows.filter(pk__in=people.values("invitation"))
    for wave, number in held.order_by().values_list("wave").annotate(n=Count("pk")):
        waiting[wave] = number
    return sorted(waiting.items())


def _guests(messages: list[Message]) -> dict[str, int]:
    """Whose page a letter belongs to: the first guest of its invitation."""
    marks = (row.about.partition("/") for row in messages)
    ids = [int(pk) for thing, _, pk in marks if thing == "invitation" and pk.isdigit()]
    people = Guest.objects.principals().filter(invitation__in=ids).order_by("-pk")
    pairs = people.values_list("invitation", "pk")
    return {about_invitation(invitation): guest for invitation, guest in pairs}
