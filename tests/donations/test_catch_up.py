"""Webhooks that were lost are found in Stripe's list, and acted on like any other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations import stripe_gateway, tasks, webhooks
from donations.models import Donation, StripeEvent
from donations.webhooks import gaps
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.donations.signing import SECRET, post, sign
from tests.factories import make_charity, make_event

State = StripeEvent.State


def lost(stand_in: StandIn, **charity: str) -> Donation:
    """A donation paid at Stripe, of which no webhook ever arrived."""
    donation = make_donation(make_event(charity=make_charity(**charity)))
    pay(stand_in, donation)
    return donation


@pytest.mark.django_db
def test_an_event_no_webhook_brought_is_listed_and_processed(
    stand_in: StandIn,
) -> None:
    donation = lost(stand_in)

    tasks.catch_up_events()
    tasks.process_owed_events()

    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    kinds = StripeEvent.objects.filter(state=State.DONE).values_list("type", flat=True)
    assert "checkout.session.completed" in kinds


@pytest.mark.django_db
def test_caught_up_twice_is_caught_up_once(stand_in: StandIn) -> None:
    lost(stand_in)

    assert webhooks.catch_up(timezone.now()) == StripeEvent.objects.count() > 0
    assert webhooks.catch_up(timezone.now()) == 0


@pytest.mark.django_db
def test_what_a_fast_clock_has_listed_is_owed_by_the_right_one(
    stand_in: StandIn,
) -> None:
    """Its worker died before it did anything: nobody waits until its hour has come."""
    donation = lost(stand_in)
    webhooks.catch_up(timezone.now() + timedelta(hours=2))

    tasks.process_owed_events()

    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID


@pytest.mark.django_db
def test_a_webhook_that_comes_after_all_is_the_same_event(stand_in: StandIn) -> None:
    lost(stand_in)
    webhooks.catch_up(timezone.now())
    late = StripeEvent.objects.get(type="checkout.session.completed")
    count = StripeEvent.objects.count()

    assert post(late.payload.encode(), sign(late.payload.encode(), SECRET)) == 200

    assert StripeEvent.objects.count() == count


@pytest.mark.django_db
def test_more_than_a_batch_is_read_to_the_end(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "BATCH", 1)
    lost(stand_in)
    since = timezone.now() - timedelta(hours=1)

    stored = webhooks.catch_up(timezone.now())

    listed = stripe_gateway.events(since, account="", types=gaps.TYPES)
    assert stored == len(list(listed)) > 1


@pytest.mark.django_db
def test_an_account_that_fails_does_not_keep_the_others_waiting(
    stand_in: StandIn,
) -> None:
    lost(stand_in)
    theirs = lost(stand_in, stripe_account_id="acct_orphans")
    stand_in.fail(Fault.RATE_LIMIT, path="/v1/events")

    webhooks.catch_up(timezone.now())

    accounts = set(StripeEvent.objects.values_list("account", flat=True))
    assert accounts == {theirs.stripe_account}
    webhooks.catch_up(timezone.now())
    assert StripeEvent.objects.filter(account="").exists()
