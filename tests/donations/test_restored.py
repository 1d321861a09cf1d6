"""No money moves out of a database brought back from a backup until it is let."""

from contextlib import nullcontext
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone

from donations import pledges, refunds, settlement
from donations.models import Donation, Refund
from donations.pledges import NotChargeable, charging
from events import outbox
from events.models import Epoch
from events.outbox import epoch
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, reconcile
from tests.donations.pledging import charge, charges, saved
from tests.factories import make_event, make_user

pytestmark = pytest.mark.django_db


def restore() -> None:
    Epoch.objects.all().delete()
    Epoch.objects.create(mark="of another database", released_at=timezone.now())


def test_no_saved_card_is_charged(stand_in: StandIn) -> None:
    pledge = saved(stand_in)
    restore()
    with pytest.raises(NotChargeable):
        charge(pledge)
    assert charges(stand_in) == []

    outbox.release()
    charge(pledge)
    assert len(charges(stand_in)) == 1


def test_it_would_be_if_nobody_looked_where_the_database_came_from(
    stand_in: StandIn,
) -> None:
    pledge = saved(stand_in)
    restore()
    with patch.object(epoch, "is_held", lambda: False):
        charge(pledge)
    assert len(charges(stand_in)) == 1


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_charge_the_backup_does_not_know_is_not_made_again(
    stand_in: StandIn, is_asked: bool
) -> None:
    pledge = saved(stand_in)
    backup = transaction.savepoint()
    charge(pledge)
    transaction.savepoint_rollback(backup)
    restore()
    outbox.release()
    pledge.refresh_from_db()

    looks = patch.object(epoch, "began_after", lambda moment: False)
    with nullcontext() if is_asked else looks:
        charge(pledge)

    assert len(charges(stand_in)) == (1 if is_asked else 2)
    if is_asked:
        pledge.refresh_from_db()
        attempt = pledge.donation.attempts.get()
        assert (attempt.state, attempt.error) == ("failed", charging.FORGOTTEN)
        assert not pledges.may_be_charged(pledge, timezone.now())


def test_a_refund_stays_owed_and_is_sent_once_it_is_let(stand_in: StandIn) -> None:
    donation = make_donation(make_event())
    pay(stand_in, donation)
    settlement.settle(donation.pk)
    refund = refunds.request(
        donation.pk, 40_000, "why", by=make_user(), nonce="n", at=timezone.now()
    )
    restore()
    later = timezone.now() + refunds.carrying_out.IN_FLIGHT
    refunds.carry_out(refund.pk, timezone.now())
    refunds.sweep(later)
    refund.refresh_from_db()
    assert refund.state == Refund.State.REQUESTED
    assert settlement.settle(donation.pk).refunded_cents == 0

    outbox.release()
    refunds.sweep(later)
    refund.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED
    assert settlement.settle(donation.pk).refunded_cents == 40_000


def test_the_books_are_compared_and_filled_meanwhile(stand_in: StandIn) -> None:
    donation = make_donation(make_event())
    pay(stand_in, donation)
    restore()
    assert reconcile().verdict == "matched"
    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
