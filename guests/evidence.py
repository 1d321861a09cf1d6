"""What the evening knows about a donation: for hosts, should a bank ask.

The charity's room of the money has no guest list; a host reads this, and tells it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from events.models import Activity, Event
from guests.models import Admission, Guest, HandOver, Trophy
from losers_lounge.stored import told


@dataclass(frozen=True)
class Fact:
    """One thing that happened on the evening, and who saw to it."""

    at: datetime
    words: str
    note: str = ""


@dataclass(frozen=True)
class Evening:
    """One person whose evening the donation paid for."""

    guest: Guest
    facts: tuple[Fact, ...]


def of_donation(event: Event, public_id: str) -> list[Evening]:
    """The people for whom this donation settled what they owed, with their evening.

    Empty for a free gift, and for a donation of another event.
    """
    guests = _guests(event, public_id)
    logs: dict[str, list[Activity]] = {}
    abouts = [f"guest/{guest.pk}" for guest in guests]
    for line in Activity.objects.filter(event=event, about__in=abouts):
        logs.setdefault(line.about, []).append(line)
    return [
        Evening(
            guest,
            tuple(
                sorted(
                    _facts(guest, logs.get(f"guest/{guest.pk}", [])),
                    key=lambda fact: fact.at,
                )
            ),
        )
        for guest in guests
    ]


def _guests(event: Event, public_id: str) -> QuerySet[Guest]:
    trophies = Trophy.objects.prefetch_related("hand_overs").order_by("pk")
    return (
        Guest.objects.filter(
            event=event, obligations__settlements__donation__public_id=public_id
        )
        .distinct()
        .order_by("pk")
        .prefetch_related(
            Prefetch("admissions", Admission.objects.order_by("at")),
            Prefetch("trophies", trophies),
        )
    )


def _facts(guest: Guest, lines: list[Activity]) -> Iterator[Fact]:
    if guest.answered_at:
        yield Fact(guest.answered_at, _("Answered"), guest.get_answer_display())
    for line in lines:
        yield Fact(line.at, f"{line.actor_name} {line.told_verb}", line.told_object)
    for admission in guest.admissions.all():
        words = admission.get_action_display()
        yield Fact(admission.at, f"{_('At the door')}: {words}", admission.by_name)
    for trophy in guest.trophies.all():
        words = _("Trophy %(tag)s checked in") % {"tag": trophy.tag}
        yield Fact(trophy.received_at, words, trophy.received_by_name)
        yield from _given_out(trophy)


def _given_out(trophy: Trophy) -> Iterator[Fact]:
    if trophy.released_at:
        words = _("Trophy %(tag)s given back") % {"tag": trophy.tag}
        who = filter(None, [trophy.released_to, trophy.released_by_name])
        yield Fact(trophy.released_at, words, ", ".join(who))
    for hand_over in trophy.hand_overs.all():
        if hand_over.done_at:
            yield Fact(hand_over.done_at, _signed(hand_over), hand_over.done_by_name)


def _signed(hand_over: HandOver) -> str:
    """By whom it was taken, and how that was known."""
    taken = _("Taken by %(name)s") % {"name": hand_over.to}
    return f"{taken}, {told(hand_over.identity)}" if hand_over.identity else taken
