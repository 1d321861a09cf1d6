"""The evenings of some people, read in a constant number of queries."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.lookups import In
from django.http import Http404

from donations.models import Pledge
from events.models import Event, Nomination
from guests import name_requests
from guests.evening.seen import Credit, Evening, Pledged
from guests.models import (
    Guest,
    Invitation,
    Obligation,
    SeatOffer,
    Settlement,
)
from losers_lounge.compiled import compiled


def of(invitation: Invitation) -> list[Evening]:
    """The evenings of an invitation's guests, in a constant number of queries.

    A plus-one has one too where there is something to see: a nomination of their
    own, or what they owe with the winner who brings them.
    """
    people = _invited(invitation.pk)
    for guest in people:
        guest.invitation = invitation
    return of_people(people)


@compiled
def _invited(invitation: int) -> QuerySet[Guest]:
    return Guest.objects.on_the_list().filter(invitation=invitation).order_by("pk")


def of_people(people: Iterable[Guest]) -> list[Evening]:
    """The same for people of several invitations, still in as many queries."""
    evenings = {guest.pk: Evening(guest) for guest in people}
    for seen in evenings.values():
        if seen.guest.plus_one_of_id in evenings:
            evenings[seen.guest.plus_one_of_id].plus_ones.append(seen.guest)
    _add_offers(evenings)
    _add_credits(evenings)
    if any(seen.credits for seen in evenings.values()):
        _add_money(evenings)
    shown = [
        seen
        for seen in evenings.values()
        if seen.is_principal or seen.credits or seen.obligations
    ]
    return sorted(shown, key=lambda seen: not seen.is_principal)


def money_of(guest: Guest) -> Evening:
    """What one person owes and has given, and nothing else of their evening."""
    seen = Evening(guest)
    _add_money({guest.pk: seen})
    return seen


def with_requests(evenings: list[Evening], event: Event, at: datetime) -> list[Evening]:
    """The same, with the names asked for once names are locked; one query then."""
    if event.names_are_locked(at):
        by_guest = {seen.guest.pk: seen for seen in evenings}
        for seen in evenings:
            seen.names_are_locked = True
        for request in name_requests.shown_to(by_guest):
            by_guest[request.principal_id].requests.append(request)
    return evenings


def of_guest(evenings: list[Evening], public_id: str) -> Evening:
    """The evening of this guest, the first one's when none is named.

    Raises Http404 for anybody who is not of this invitation.
    """
    for seen in evenings:
        if public_id in ("", seen.guest.public_id):
            return seen
    raise Http404


def _add_offers(evenings: dict[int, Evening]) -> None:
    waiting = {
        pk: seen
        for pk, seen in evenings.items()
        if seen.is_principal and seen.guest.answer == Guest.Answer.WAITLISTED
    }
    if not waiting:
        return
    for offer in SeatOffer.objects.filter(guest__in=waiting).order_by("pk"):
        seen = waiting[offer.guest_id]
        if offer.state == SeatOffer.State.OPEN:
            seen.offer = offer
        elif offer.offered_at >= seen.guest.answered_at:
            seen.offers_missed += 1


def _add_credits(evenings: dict[int, Evening]) -> None:
    by_nominee = {
        row.guest.nominee_id: row for row in evenings.values() if row.guest.nominee_id
    }
    if not by_nominee:
        return
    for person, *values in _credits(*by_nominee):
        by_nominee[person].credits.append(Credit(*values))


@compiled
def _credits(*people: int) -> QuerySet[Nomination]:
    rows = Nomination.objects.annotate(person=F("nominees"))
    rows = rows.filter(In(F("person"), people)).order_by("category__order", "pk")
    return rows.values_list("person", "category__name", "work", "outcome")


def _add_money(evenings: dict[int, Evening]) -> None:
    for row in _owed(*evenings):
        seen = evenings[row.guest_id]
        seen.obligations.append(row)
        if row.pledge_state:
            seen.pledge = Pledged(row.pledge_state, row.pledge_card)
    by_guest: dict[int, list[Settlement]] = {pk: [] for pk in evenings}
    for row in _settled(*evenings):
        by_guest[row.obligation.guest_id].append(row)
    for pk, own in by_guest.items():
        if own:
            _add_donation(evenings[pk], own)


@compiled
def _owed(*guests: int) -> QuerySet[Obligation]:
    # The pledge beside what is owed, so that the page asks no more questions.
    latest = Pledge.objects.filter(of_guest__guest=OuterRef("guest")).order_by("-pk")
    rows = Obligation.objects.live().with_paid_cents().order_by("pk")
    rows = rows.filter(In(F("guest"), guests))
    return rows.annotate(
        pledge_state=Subquery(latest.values("state")[:1]),
        pledge_card=Subquery(latest.values("card_last4")[:1]),
    )


@compiled
def _settled(*guests: int) -> QuerySet[Settlement]:
    rows = Settlement.objects.filter(In(F("obligation__guest"), guests))
    return rows.select_related("donation", "obligation").order_by("pk")


def _add_donation(seen: Evening, settled: list[Settlement]) -> None:
    """The money that counts: for what still stands, then what has arrived, then the
    latest. Somebody else may have begun to pay as well."""

    def rank(row: Settlement) -> tuple[bool, bool, int]:
        return not row.is_void, row.donation.settles, row.donation_id

    best = max(settled, key=rank)
    seen.donation = best.donation
    seen.donation_cents = sum(
        row.amount_cents
        for row in settled
        if (row.donation_id, row.is_void) == (best.donation_id, best.is_void)
    )
