"""What booking a payment asks of the database: as little as its papers need."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations import settlement, webhooks
from donations.models import Donation, StripeEvent
from losers_lounge.stand_in.messages import Answer, Incoming
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.donations.signing import completed, post

# From the donation as it is known to its receipt in the outbox.
MOST_TO_BOOK = 19


@pytest.mark.django_db
def test_a_first_receipt_has_no_mail_to_take_back(stand_in: StandIn) -> None:
    donation = make_donation(amount_cents=5_000, purpose="gift")
    pay(stand_in, donation)
    with CaptureQueriesContext(connection) as asked:
        settlement.settle(donation.pk)
    taken_back = [row for row in asked if row["sql"].startswith('UPDATE "events_mess')]
    assert taken_back == []
    assert len(asked) <= MOST_TO_BOOK


@pytest.mark.django_db
def test_a_webhook_costs_one_look_at_stripe(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation()
    session_id = pay(stand_in, donation)
    asked = []
    answer = stand_in.answer

    def note(incoming: Incoming) -> Answer:
        asked.append(f"{incoming.method} {incoming.path}")
        return answer(incoming)

    monkeypatch.setattr(stand_in, "answer", note)
    post(completed(donation, session_id))
    webhooks.process(StripeEvent.objects.get().pk)

    assert asked == [f"GET /v1/checkout/sessions/{session_id}"]
    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert donation.receipts.count() == 1
