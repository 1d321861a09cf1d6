"""The closing checklist: what is still open of a night, and signing it off.

The event's row, then every guest's, is locked while a night is signed: whatever goes
on at the door is either there to be seen, or waits and finds the night signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from donations.models import Pledge
from events import activity
from events.models import Category, Event, User
from guests import facts, trophies
from guests.door import exceptions, requests
from guests.models import Admission, Closing, Device, GuestPledge, Obligation
from losers_lounge.money import format_cents

MOST_NAMED = 50
UNCHARGED = (Pledge.State.CARD_SAVED, Pledge.State.CHARGING)
WERE_HERE = (Admission.Action.IN, Admission.Action.OUT, Admission.Action.HOME)


@dataclass(frozen=True)
class Item:
    """One point of the list: how much of it is open, by name, and where to end it."""

    key: str
    name: str
    words: str
    count: int
    url: str
    open: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.count


class NotYet(Exception):
    """Something is open; `items` are the points of the list that say what."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__(", ".join(item.key for item in items))
        self.items = items


def checklist(event: Event) -> list[Item]:
    """Every point, in the order in which a night is closed; constant queries."""
    return [
        _people(event),
        _trophies(event),
        _exceptions(event),
        _requests(event),
        _phones(event),
        _results(event),
        _owed(event),
    ]


def standing(event: Event) -> Closing | None:
    """What was signed, if the night is signed off now."""
    return event.closings.standing().first()


@transaction.atomic
def sign(event: Event, *, by: User, at: datetime) -> Closing:
    """Sign the night off, with the figures as they stand; phones are shut out.

    Signed already, it is the same. Raises NotYet while anything is open.
    """
    event = _locked(event)
    signed = standing(event)
    if signed is not None:
        return signed
    items = checklist(event)
    if any(not item.is_done for item in items):
        raise NotYet([item for item in items if not item.is_done])
    open_phones = event.devices.filter(revoked_at=None)
    open_phones.update(revoked_at=at, revoked_by_name=str(by))
    activity.record(event, by, noop("signed off the night"), at=at)
    return event.closings.create(
        signed_at=at,
        signed_by=by,
        signed_by_name=str(by),
        figures=facts.read(event, at) | {"closing": _settled(event)},
    )


@transaction.atomic
def reopen(event: Event, reason: str, *, by: User, at: datetime) -> None:
    """Take the signature back, for a reason that stays on record beside it."""
    event = Event.objects.locked().get(pk=event.pk)
    rows = event.closings.standing()
    said = {"reopened_by_name": str(by), "reopened_reason": reason}
    if rows.update(reopened_at=at, **said):
        activity.record(event, by, noop("opened the night again"), reason, at=at)


def undecided(event: Event) -> list[Obligation]:
    """Due, not paid, and nobody has said what becomes of it; with `paid_cents`.

    Of people who were here, and of those whose saved card (`has_card`) was not charged
    yet: any other winner who never came in is asked for nothing.
    """
    rows = Obligation.objects.unpaid().filter(guest__event=event, kept_at=None)
    cards = GuestPledge.objects.filter(guest=OuterRef("guest"))
    cards = cards.filter(pledge__state__in=UNCHARGED)
    rows = rows.annotate(last=Subquery(_last_step()), has_card=Exists(cards))
    rows = rows.filter(Q(last__in=WERE_HERE) | Q(has_card=True))
    return list(rows.select_related("guest").order_by("guest__name_key", "pk"))


def _last_step(guest: str = "guest") -> QuerySet[Admission]:
    """Whether they came, went or were not here after all: the last of it."""
    steps = Admission.objects.filter(guest=OuterRef(guest), counts=True)
    steps = steps.exclude(action=Admission.Action.DENIED)
    return steps.order_by("-at", "-nonce").values("action")[:1]


def _locked(event: Event) -> Event:
    event = Event.objects.locked().get(pk=event.pk)
    people = event.guests.order_by("pk").select_for_update(no_key=True)
    list(people.values_list("pk"))
    return event


def _people(event: Event) -> Item:
    rows = event.admissions.filter(action=Admission.Action.IN, closed_at=None)
    names = rows.order_by("guest__name_key").values_list("guest__name", flat=True)
    return _item(
        event,
        "people",
        (_("Nobody is inside"), _("Still inside")),
        names,
        "guests:door",
    )


def _trophies(event: Event) -> Item:
    board = trophies.board(event)
    names = [f"{row.tag}, {row.guest.name}" for row in board.held]
    held = {row.pk for row in board.held}
    names += [
        _("%(tag)s is being handed over to %(name)s")
        % {"tag": row.trophy.tag, "name": row.to}
        for row in board.hand_overs
        if row.trophy_id not in held
    ]
    heads = (
        _("Every trophy went home, or is in the safe"),
        _("Trophies that are neither home nor in the safe"),
    )
    return _item(event, "trophies", heads, names, "guests:trophies")


def _exceptions(event: Event) -> Item:
    names = [row.words for row in exceptions.open_ones(event)]
    heads = (
        _("Every exception at the door was looked at"),
        _("Exceptions at the door that nobody looked at"),
    )
    return _item(event, "exceptions", heads, names, "guests:door_exceptions")


def _requests(event: Event) -> Item:
    names = [
        f"{row.get_kind_display()} {row.name}" for row in requests.open_requests(event)
    ]
    heads = (
        _("Every request of the door is decided"),
        _("Requests of the door without an answer"),
    )
    return _item(event, "requests", heads, names, "guests:door_requests")


def _phones(event: Event) -> Item:
    """A phone that a host shut out was given up, and what it holds with it."""
    rows = event.devices.filter(revoked_at=None, queued_scans__gt=0)
    names = [
        ngettext("%(name)s: %(n)d scan", "%(name)s: %(n)d scans", row.queued_scans)
        % {"name": row.name, "n": row.queued_scans}
        for row in rows
    ]
    heads = (_("No scan waits in a phone"), _("Scans that wait in a phone"))
    return _item(event, "phones", heads, names, "guests:devices")


def _results(event: Event) -> Item:
    """Drafts, and open categories of people who were here: do they owe, or not?"""
    people = event.guests.on_the_list().annotate(last=Subquery(_last_step("pk")))
    concerned = people.filter(
        last__in=WERE_HERE, nominee__nominations__category=OuterRef("pk")
    )
    undecided = Q(state=Category.State.OPEN) & Exists(concerned)
    rows = event.categories.filter(Q(draft_at__isnull=False) | undecided)
    names = rows.order_by("order").values_list("name", flat=True)
    heads = (
        _("No result is missing for anybody who came"),
        _("Categories without a confirmed result"),
    )
    return _item(event, "results", heads, names, "guests:results")


def _owed(event: Event) -> Item:
    names = [
        f"{row.guest.name}, {format_cents(row.left_cents)}" for row in undecided(event)
    ]
    heads = (
        _("What is owed is paid, waived, or to be asked for"),
        _("Owed, and nobody said what becomes of it"),
    )
    return _item(event, "owed", heads, names, "guests:obligations")


def _item(
    event: Event, key: str, heads: tuple[str, str], names: Iterable[str], route: str
) -> Item:
    """`heads` are its names when it is done and when it is open."""
    found = list(names)
    words = ngettext("%(n)d open", "%(n)d open", len(found)) % {"n": len(found)}
    return Item(
        key=key,
        name=heads[bool(found)],
        words=words if found else _("Done"),
        count=len(found),
        url=reverse(route, args=[event.slug]),
        open=tuple(found[:MOST_NAMED]),
    )


def _settled(event: Event) -> dict[str, int]:
    """What was settled on the way here, and is no figure of its own elsewhere."""
    home = event.admissions.filter(action=Admission.Action.HOME, counts=True)
    due = Obligation.objects.unpaid().filter(guest__event=event)
    in_safe = event.trophies.filter(released_at=None, safe_at__isnull=False)
    return {
        "went_home": home.count(),
        "in_safe": in_safe.count(),
        "kept_asking": due.exclude(kept_at=None).count(),
        "exceptions": event.admissions.exclude(exception="").count(),
        "phones": Device.objects.filter(event=event, claimed_at__isnull=False).count(),
    }
