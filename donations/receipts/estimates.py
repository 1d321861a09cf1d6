"""What a giver gets in return, in good faith, and whose estimate that is."""

from datetime import datetime

from django.db import transaction

from events import activity
from events.models import Event, User

VERB = "estimated what a giver gets in return for"


@transaction.atomic
def estimate(
    event_id: int,
    *,
    admission_cents: int,
    bottle_cents: int,
    who: str,
    words: str,
    by: User,
    at: datetime,
) -> None:
    """For receipts from now on; what was issued keeps the values it was issued with.

    `words` are the charity's own on every receipt of its. Written down with who did it.
    """
    event = Event.objects.locked().get(pk=event_id)
    event.admission_value_cents = admission_cents
    event.reward_value_cents = bottle_cents
    event.values_estimated_by = who
    event.save(
        update_fields=[
            "admission_value_cents",
            "reward_value_cents",
            "values_estimated_by",
        ]
    )
    event.charity.receipt_wording = words
    event.charity.save(update_fields=["receipt_wording"])
    activity.record(event, by, VERB, event.name, at=at)
