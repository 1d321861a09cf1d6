"""What is sent to the engraver: a frozen file with its hash, a bottle in one only."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_noop as noop

from donations.models import Donation, EngravingBatch, Reward
from donations.rewards.states import STEPS, Step
from donations.rewards.words import PLATE
from events import activity
from events.models import Event, User
from losers_lounge import csvfile

State = Reward.State
MOST_BOTTLES = 500
# The engraver reads lines and a number to tell them apart: no donor, no address.
HEADER = ("bottle", *(f"line {number}" for number in range(1, PLATE.lines + 1)))


class NothingToSend(Exception):
    """None were chosen, or one of them is not approved any more: look again."""


@transaction.atomic
def make(
    event_id: int, reward_ids: Iterable[int], *, by: User, at: datetime
) -> EngravingBatch:
    """Freeze these approved bottles as one file; all of them or none.

    Raises NothingToSend.
    """
    wanted = set(reward_ids)
    event = Event.objects.locked().get(pk=event_id)
    rewards = _approved(event, wanted)
    if not rewards or len(rewards) != len(wanted) or len(rewards) > MOST_BOTTLES:
        raise NothingToSend
    body = "".join(csvfile.write(HEADER, map(_row, rewards)))
    last = event.engraving_batches.aggregate(last=Max("number"))["last"]
    batch = EngravingBatch.objects.create(
        event=event,
        number=(last or 0) + 1,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        made_by_name=str(by)[:200],
        made_at=at,
    )
    for reward in rewards:
        reward.batch, reward.state = batch, STEPS[Step.SEND][State(reward.state)]
    Reward.objects.bulk_update(rewards, ["batch", "state"])
    words = f"{batch}: {len(rewards)}, {batch.sha256[:12]}"
    activity.record(event, by, noop("sent bottles to the engraver"), words, at=at)
    return batch


def stop_orders(batch: EngravingBatch) -> QuerySet[Reward]:
    """Bottles of a batch about which somebody must ring the engraver."""
    return batch.rewards.filter(
        state=State.ENGRAVING, stop_order_at__isnull=False
    ).order_by("stop_order_at")


def _approved(event: Event, reward_ids: set[int]) -> list[Reward]:
    """Those of them that may go, under their donations' locks."""
    chosen = Reward.objects.filter(pk__in=reward_ids, donation__event=event)
    owners = Donation.objects.filter(pk__in=chosen.values_list("donation", flat=True))
    list(owners.locked().order_by("pk"))
    return list(chosen.filter(state=State.APPROVED, batch=None).order_by("pk"))


def _row(reward: Reward) -> list[str]:
    lines = reward.engraving.split("\n")
    return [reward.public_id, *lines, *[""] * (PLATE.lines - len(lines))]
