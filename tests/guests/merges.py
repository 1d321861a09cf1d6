"""Merging and parting as tests press it, and a picture of all it may touch."""

from typing import Any

from django.utils import timezone

from events.models import Event
from guests import merging
from guests.merging import Choice
from guests.models import Guest, GuestMerge, Obligation, Settlement, TrophyOutcome
from tests.factories import make_user


def merge(kept: Guest, gone: Guest, **choice: str) -> GuestMerge:
    row = merging.merge(
        kept.pk, gone.pk, Choice(**choice), by=make_user(), at=timezone.now()
    )
    for guest in (kept, gone):
        guest.refresh_from_db()
    return row


def unmerge(row: GuestMerge) -> GuestMerge:
    return merging.unmerge(row.pk, by=make_user(), at=timezone.now())


def picture(event: Event) -> dict[str, list[dict[str, Any]]]:
    """All that a merge may touch, but for the counter that makes pages stale."""
    people = event.guests.order_by("pk").values()
    invitations = event.invitations.order_by("pk").values()
    return {
        "guests": list(people),
        "invitations": [{**row, "version": 0} for row in invitations],
        "obligations": list(
            Obligation.objects.filter(guest__event=event).order_by("pk").values()
        ),
        "settlements": list(Settlement.objects.order_by("pk").values()),
        "admissions": list(event.admissions.order_by("pk").values()),
        "trophies": list(event.trophies.order_by("pk").values()),
        "outcomes": list(
            TrophyOutcome.objects.filter(guest__event=event).order_by("pk").values()
        ),
        "requests": list(event.door_requests.order_by("pk").values()),
        "offers": list(event.seat_offers.order_by("pk").values()),
        "letters": list(event.messages.order_by("pk").values("pk", "state")),
    }
