"""What might stand on a winner's bottle: who, what for, and when."""

from django.utils.formats import date_format

from donations import rewards
from events.models import Nomination
from guests.models import Guest


def proposal(guest: Guest) -> str:
    """A text that fits the engraver's plate, from what this person won tonight.

    The charity's side sees these words and never the guest. Reads guest.event.
    """
    event = guest.event
    won = Nomination.objects.filter(
        nominees=guest.nominee_id, outcome=Nomination.Outcome.WON
    )
    order = won.order_by("category__order").values_list("category__name", flat=True)
    award = order.first() if guest.nominee_id else None
    day = date_format(event.starts_at.astimezone(event.zone), "j F Y")
    return rewards.propose(guest.name, award or "", day)
