"""What might stand on a winner's bottle: who, what for, and when."""

from collections.abc import Iterable

from django.utils import translation
from django.utils.formats import date_format

from donations import rewards
from events.models import Event, Nomination
from guests.models import Guest


def proposals(event: Event, people: Iterable[Guest]) -> dict[int, str]:
    """By guest: a text that fits the engraver's plate, from what they won. One query.

    The charity's side sees these words and never the guest.
    """
    people = list(people)
    won = Nomination.objects.filter(
        nominees__in=[guest.nominee_id for guest in people if guest.nominee_id],
        outcome=Nomination.Outcome.WON,
    )
    # The last one read is the first of the evening.
    ordered = won.order_by("-category__order", "-pk")
    awards = dict(ordered.values_list("nominees", "category__name"))
    with translation.override(event.language):
        day = date_format(event.starts_at.astimezone(event.zone), "CALENDAR_DAY")
        return {
            guest.pk: rewards.propose(guest.name, awards.get(guest.nominee_id, ""), day)
            for guest in people
        }
