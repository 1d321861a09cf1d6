"""What changed on the night, in a word: asked every second by every door phone."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db.models import Count, Max, Q

from events.models import Event, ResultChange
from guests.door.card import Card, cards, party
from guests.models import Admission, DoorRequest, Guest


def results_stamp(event: Event) -> str:
    """A word that changes with every act at the results desk."""
    changes = ResultChange.objects.filter(category__event=event)
    return str(changes.aggregate(last=Max("pk"))["last"] or 0)


def news(event: Event) -> dict[str, Any]:
    """What a door page asks for each second; three queries, nothing written."""
    return {"results": results_stamp(event), **figures(event)}


def figures(event: Event) -> dict[str, int]:
    """The numbers at the head of a door page; two queries.

    The page is drawn with them, so that nothing moves under a thumb as news come.
    """
    looked_at = ~Q(exception="") & Q(looked_at=None)
    inside = Q(action=Admission.Action.IN, closed_at=None)
    counted = event.admissions.filter(inside | looked_at).aggregate(
        inside=Count("pk", filter=inside), exceptions=Count("pk", filter=looked_at)
    )
    asked = event.door_requests.filter(state=DoorRequest.State.OPEN).count()
    return {"capacity": event.capacity, "requests": asked, **counted}


def card_news(guest: Guest) -> dict[str, Any]:
    """What may have changed on one person's card, their party's and what was asked."""
    shown = [guest, *party(guest)]
    asked = DoorRequest.objects.filter(guest__in=shown).order_by("pk")
    rows = list(asked.values_list("pk", "state", "words"))
    return {"card": stamp(cards(shown)), "asked": _word(rows)}


def stamp(shown: Sequence[Card]) -> str:
    """A word that changes with anything these cards say."""
    return _word(
        [
            (
                card.guest.pk,
                card.decision,
                [(row.pk, row.counts, row.closed_at) for row in card.standing.rows],
                [(trophy.pk, trophy.tag) for trophy in card.trophies],
            )
            for card in shown
        ]
    )


def _word(facts: object) -> str:
    return sha256(repr(facts).encode()).hexdigest()[:16]
