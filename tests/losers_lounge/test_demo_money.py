"""The demo's money rooms are alive before anybody has pressed anything."""

import pytest
from django.utils import timezone

from donations import totals
from donations.models import Discrepancy, Donation, Payout, Pledge, Reconciliation
from losers_lounge.demo import money, night
from losers_lounge.stand_in.server import StandIn


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_finds_a_bit_of_everything_and_books_that_match(
    stand_in: StandIn,
) -> None:
    event = night.load(timezone.now())
    money.load(event, stand_in, timezone.now())
    money.load(event, stand_in, timezone.now())

    states = [donation.state for donation in event.donations.order_by("pk")]
    State = Donation.State
    assert states.count(State.REFUNDED) == states.count(State.DISPUTED) == 1
    assert states.count(State.PROCESSING) == 1, "cash that waits for a second name"
    assert states.count(State.PAID) == 5
    assert event.donations.get(state=State.DISPUTED).disputes.get().evidence_due_at
    assert Payout.objects.get().amount_cents > 0
    assert Pledge.objects.get().state == Pledge.State.CARD_SAVED
    run = Reconciliation.objects.latest("pk")
    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert not Discrepancy.objects.exclude(closed_at=None).exists()
    total = totals.for_event(event, timezone.now())
    assert (total.raised_cents, total.manual_cents) == (380_000, 20_000)
