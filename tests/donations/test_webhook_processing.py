"""A stored event is acted on once, and again until it could be."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donations import stripe_gateway, webhooks
from donations.models import Donation, LedgerEntry, StripeEvent
from donations.webhooks import inbox, queue, routing
from events.models import Message
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.donations.signing import completed, post, sign
from tests.racing import at_the_same_moment, seen_to_fail

State = StripeEvent.State


@pytest.mark.django_db
@pytest.mark.parametrize(
    "named",
    [
        {},
        {"object": "charge", "payment_intent": "pi_unknown"},
        {"object": "checkout.session", "client_reference_id": "another-site"},
        {"object": "refund", "charge": 7, "metadata": []},
        {"object": "payment_intent", "id": "pi_\u0000"},
    ],
)
def test_an_event_about_nothing_of_ours_is_no_money(
    stand_in: StandIn, named: dict[str, Any]
) -> None:
    post(completed(make_donation(), data={"object": named}))

    webhooks.process_owed(timezone.now())

    assert StripeEvent.objects.get().state in (State.IGNORED, State.FAILED)
    assert not LedgerEntry.objects.exists()


@pytest.mark.django_db
def test_of_another_account_it_pays_nothing_here(stand_in: StandIn) -> None:
    donation = make_donation()
    session_id = pay(stand_in, donation)
    post(completed(donation, session_id, account="acct_else"))

    webhooks.process_owed(timezone.now())

    donation.refresh_from_db()
    assert not donation.settles


def race_of_one_webhook(stand_in: StandIn) -> None:
    donation = make_donation()
    body = completed(donation, pay(stand_in, donation))
    signature = sign(body)

    answers = at_the_same_moment(8, lambda _: post(body, signature))
    event = StripeEvent.objects.get(event_id=f"evt_{donation.public_id}")
    at_the_same_moment(8, lambda _: webhooks.process(event.pk))

    assert answers == [200] * 8
    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert donation.entries.count() == 1
    assert Message.objects.filter(about=f"donation/{donation.pk}").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_webhook_eight_times_at_once_is_booked_once(
    stand_in: StandIn,
) -> None:
    race_of_one_webhook(stand_in)


@pytest.mark.django_db(transaction=True)
def test_looking_before_storing_would_fail_that_race(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_then_store(row: StripeEvent) -> bool:
        is_new = not StripeEvent.objects.filter(event_id=row.event_id).exists()
        if is_new:
            time.sleep(0.05)
            row.save()
        return is_new

    monkeypatch.setattr(inbox, "insert_once", look_then_store)
    monkeypatch.setattr(Client, "raise_request_exception", False, raising=False)

    seen_to_fail(lambda: race_of_one_webhook(stand_in))


def takers(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> int:
    donation = make_donation()
    post(completed(donation, pay(stand_in, donation)))
    event = StripeEvent.objects.get()
    taken = []
    real = routing.follow
    monkeypatch.setattr(
        routing, "follow", lambda *args, **at: taken.append(1) or real(*args, **at)
    )

    at_the_same_moment(8, lambda _: webhooks.process(event.pk))

    return len(taken)


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_workers_takes_the_event(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert takers(stand_in, monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_several_take_it(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "IN_HAND", timedelta(minutes=-1))

    assert takers(stand_in, monkeypatch) > 1


@pytest.mark.django_db
def test_an_event_is_tried_again_when_stripe_is_back(stand_in: StandIn) -> None:
    donation = make_donation()
    post(completed(donation, pay(stand_in, donation)))
    stand_in.fail(Fault.RATE_LIMIT, path="/v1/", count=1)
    at = timezone.now()

    webhooks.process_owed(at)
    event = StripeEvent.objects.get()
    assert event.state == State.FAILED and event.attempts == 1
    assert webhooks.process_owed(at) == 0
    webhooks.process_owed(at + timedelta(hours=1))

    event.refresh_from_db()
    assert event.state == State.DONE


@pytest.mark.django_db
def test_an_event_that_never_succeeds_is_given_up_in_sight(stand_in: StandIn) -> None:
    donation = make_donation()
    post(completed(donation, "cs_gone"))
    at = timezone.now()

    for _ in range(queue.MOST_ATTEMPTS + 1):
        webhooks.process_owed(at)
        at += timedelta(hours=1)

    event = StripeEvent.objects.get()
    assert event.state == State.DEAD and event.error


@pytest.mark.django_db
def test_an_event_that_kills_every_worker_is_given_up_in_sight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(*_: Any, **__: Any) -> bool:
        raise MemoryError

    post(completed(make_donation()))
    monkeypatch.setattr(routing, "follow", die)
    at = timezone.now()

    for _ in range(queue.MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            webhooks.process_owed(at)
        at += queue.IN_HAND
    webhooks.process_owed(at)

    assert StripeEvent.objects.get().state == State.DEAD
    assert webhooks.given_up("") == 1


@pytest.mark.django_db
def test_a_worker_that_dies_gives_the_event_back() -> None:
    post(completed(make_donation()))
    at = timezone.now()
    StripeEvent.objects.owed(at).update(not_before=at + queue.IN_HAND)

    assert not StripeEvent.objects.owed(at).exists()
    assert StripeEvent.objects.owed(at + queue.IN_HAND).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_every_order_of_events_ends_in_the_same_books(
    stand_in: StandIn, order: tuple[int, int]
) -> None:
    donation = make_donation()
    session_id = pay(stand_in, donation)
    intent_id = _intent_of(session_id)
    stand_in.refund(intent_id)
    refund = {"object": "refund", "id": "re_1", "payment_intent": intent_id}
    bodies = [
        completed(donation, session_id),
        completed(donation, id="evt_2", type="refund.created", data={"object": refund}),
    ]

    for number in order:
        post(bodies[number])
        webhooks.process_owed(timezone.now())

    donation.refresh_from_db()
    assert donation.state == Donation.State.REFUNDED
    assert donation.entries.count() == 2
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {State.DONE}


def _intent_of(session_id: str) -> str:
    return stripe_gateway.fetch_session(session_id, account="").payment_intent_id
