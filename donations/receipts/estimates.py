"""What a giver gets in return, in good faith, and whose estimate that is."""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Self

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Charity, Event, User
from losers_lounge.edit_conflict import mark

VERB = noop("estimated what a giver gets in return for")


@dataclass(frozen=True)
class Estimates:
    """What admission and a bottle are worth in cents, and who says so in what words."""

    admission_cents: int
    bottle_cents: int
    who: str
    words: str

    @classmethod
    def of(cls, event: Event) -> Self:
        """As the event's rows have it."""
        return cls(
            event.admission_value_cents,
            event.reward_value_cents,
            event.values_estimated_by,
            event.charity.receipt_wording,
        )

    @property
    def mark(self) -> str:
        """What a form that shows this carries along."""
        return mark(*astuple(self))


class EstimatedMeanwhile(Exception):
    """Somebody saved others since the page was shown; `now` is what stands."""

    def __init__(self, now: Estimates) -> None:
        super().__init__("estimated meanwhile")
        self.now = now


@transaction.atomic
def estimate(
    event_id: int, wanted: Estimates, *, by: User, at: datetime, seen: str = ""
) -> None:
    """For receipts from now on; what was issued keeps the values it was issued with.

    Its words are the charity's own on every receipt. Written down with who did it.
    `seen` is the mark of what a page showed, where one did. Raises EstimatedMeanwhile.
    """
    event = Event.objects.locked().get(pk=event_id)
    # Other events print its words too: whoever saves there waits, and sees these.
    charities = Charity.objects.select_for_update(no_key=True)
    event.charity = charities.get(pk=event.charity_id)
    now = Estimates.of(event)
    if seen not in ("", now.mark) and now != wanted:
        raise EstimatedMeanwhile(now)
    event.admission_value_cents = wanted.admission_cents
    event.reward_value_cents = wanted.bottle_cents
    event.values_estimated_by = wanted.who
    event.save(
        update_fields=[
            "admission_value_cents",
            "reward_value_cents",
            "values_estimated_by",
        ]
    )
    event.charity.receipt_wording = wanted.words
    event.charity.save(update_fields=["receipt_wording"])
    activity.record(event, by, VERB, event.name, at=at)
