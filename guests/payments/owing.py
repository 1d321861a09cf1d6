"""For whom somebody may pay: their own, those who let them, and their winning team."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from donations.models import Donation
from events.models import Nomination
from guests.models import Admission, Contact, Guest, Invitation, Obligation

COMING = (Guest.Answer.YES, Guest.Answer.WAITING)


@dataclass(frozen=True)
class Owing:
    """Somebody who owes, how much in minor units, and why.

    `is_own` of the invitation or the assistant; otherwise of the same winning team.
    """

    guest: Guest
    cents: int
    whys: tuple[str, ...]
    is_own: bool
    is_pending: bool = False


def of_invitation(invitation: Invitation) -> list[Owing]:
    """Whoever of this invitation owes, then whoever else of their winning teams does.

    A constant number of queries. Teams are those of people invited here by name; of
    fellows only those who are here or may come are named, and only who owes.
    """
    own = list(invitation.guests.on_the_list().order_by("pk"))
    fellows = _fellows([guest for guest in own if guest.nominee_id], invitation)
    return _owing([row for row in own if row.answer != Guest.Answer.NO], fellows)


def of_contact(contact: Contact) -> list[Owing]:
    """Everybody who owes and lets this assistant give in their name; three queries."""
    people = Guest.objects.on_the_list().filter(
        invitation__contact=contact,
        invitation__continues_as=None,
        invitation__contact_may_give=True,
    )
    coming = people.exclude(answer=Guest.Answer.NO).select_related("invitation")
    return _owing(list(coming.order_by("name_key", "pk")), [])


def _fellows(winners: list[Guest], invitation: Invitation) -> list[Guest]:
    if not winners:
        return []
    won = Nomination.objects.filter(
        nominees__in=[guest.nominee_id for guest in winners],
        outcome=Nomination.Outcome.WON,
    )
    here = Admission.objects.filter(
        guest=OuterRef("pk"), action=Admission.Action.IN, closed_at=None
    )
    team = Guest.objects.on_the_list().filter(
        Q(answer__in=COMING) | Q(Exists(here)),
        event=invitation.event_id,
        nominee__nominations__in=list(won.values_list("pk", flat=True)),
    )
    others = team.exclude(invitation=invitation).distinct()
    return list(others.order_by("name_key", "pk"))


def _owing(own: list[Guest], fellows: Iterable[Guest]) -> list[Owing]:
    people = [(guest, True) for guest in own] + [(guest, False) for guest in fellows]
    rows, by_guest = _unpaid([guest for guest, _is_own in people]), defaultdict(list)
    for row in rows:
        by_guest[row.guest_id].append(row)
    pending = _pending(rows)
    return [
        Owing(
            guest=guest,
            cents=sum(row.left_cents for row in by_guest[guest.pk]),
            whys=tuple(row.why for row in by_guest[guest.pk]),
            is_own=is_own,
            is_pending=guest.pk in pending,
        )
        for guest, is_own in people
        if by_guest[guest.pk]
    ]


def _unpaid(people: list[Guest]) -> list[Obligation]:
    if not people:
        return []
    rows = Obligation.objects.unpaid().filter(guest__in=people)
    return list(rows.order_by("guest", "pk"))


def _pending(rows: list[Obligation]) -> set[int]:
    """Guests for whom a bank is at work."""
    if not rows:
        return set()
    under_way = Donation.objects.filter(
        state=Donation.State.PROCESSING, settlements__obligation__in=rows
    )
    found = under_way.annotate(guest=F("settlements__obligation__guest"))
    return set(found.values_list("guest", flat=True))
