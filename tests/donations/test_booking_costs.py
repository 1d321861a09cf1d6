"""What booking a payment asks of the database: as little as its papers need."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations import settlement
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay

# From the donation as it is known to its receipt in the outbox.
MOST_TO_BOOK = 29


@pytest.mark.django_db
def test_a_first_receipt_has_no_mail_to_take_back(stand_in: StandIn) -> None:
    donation = make_donation(amount_cents=5_000, purpose="gift")
    pay(stand_in, donation)
    with CaptureQueriesContext(connection) as asked:
        settlement.settle(donation.pk)
    taken_back = [row for row in asked if row["sql"].startswith('UPDATE "events_mess')]
    assert taken_back == []
    assert len(asked) <= MOST_TO_BOOK
