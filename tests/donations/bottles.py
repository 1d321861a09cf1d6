"""Bottles by need: at any place of their way, with the money behind them."""

import io
from datetime import datetime
from typing import Any

from django.utils import timezone
from PIL import Image

from donations import rewards
from donations.models import Donation, EngravingBatch, Reward
from donations.rewards import batches, steps
from events.models import Event
from tests.donations.factories import make_donation
from tests.factories import make_user

State = Reward.State


def make_bottle(
    event: Event | None = None, state: Reward.State = State.REQUESTED, **fields: Any
) -> Reward:
    """A paid donation's bottle; from a proof on it has a picture."""
    now = timezone.now()
    donation = make_donation(event, state=Donation.State.PAID, paid_at=now, **fields)
    rewards.bring_up_to_date(donation, at=now)
    return put(donation.rewards.get(), state, now)


def put(reward: Reward, state: Reward.State, now: datetime) -> Reward:
    """The same bottle elsewhere on its way, with what it then must have."""
    reward.state, reward.engraving = state, "Tina Fey"
    if state in (State.ON_HOLD, State.STOPPED):
        reward.held_from = State.REQUESTED
    if state != State.REQUESTED:
        reward.proof, reward.proof_at = picture(), now
    if state not in (State.REQUESTED, State.PROOF, State.DECLINED):
        reward.approved_at = now
    if state in (State.ENGRAVING, State.READY, State.SHIPPED, State.HANDED_OVER):
        reward.batch = make_batch(reward.donation.event)
    if state == State.HANDED_OVER:
        reward.handed_over_at = now
    reward.save()
    return reward


def make_batch(event: Event) -> EngravingBatch:
    number = event.engraving_batches.count() + 1
    return event.engraving_batches.create(
        number=number, body="", sha256="", made_by_name="Finn", made_at=timezone.now()
    )


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "JPEG")
    return file.getvalue()


def send(*bottles: Reward) -> EngravingBatch:
    """These to the engraver."""
    event, ids = bottles[0].donation.event, [row.pk for row in bottles]
    return batches.make(event.pk, ids, by=make_user(), at=timezone.now())


def take(reward: Reward, step: rewards.Step) -> Reward:
    """One step by somebody of the team, with whatever it asks for."""
    by, at, pk = make_user(), timezone.now(), reward.pk
    if step == rewards.Step.SEND:
        send(reward)
        return Reward.objects.get(pk=pk)
    said: dict[str, dict[str, Any]] = {
        "word": {"text": "Tina"},
        "approve": {"proof": reward.proof_key},
        "ask": {"remark": "Without an e"},
        "hand_over": {"to": "Tina", "is_of_age": True},
    }
    act = {"stop_there": steps.stopped_there}.get(step) or getattr(steps, step)
    return act(pk, **said.get(step, {}), by=by, at=at)
