"""What Stripe signed is stored once and acted on once; all else leaves no trace."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from donations import stripe_gateway, tasks, webhooks
from donations.models import Donation, LedgerEntry, StripeEvent
from events.models import Message
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.racing import at_the_same_moment

URL = "/stripe/webhook/"
SECRET = "whsec_tests"
State = StripeEvent.State


def completed(donation: Donation, session_id: str = "cs_x", **fields: Any) -> bytes:
    body = {
        "id": f"evt_{donation.public_id}",
        "object": "event",
        "type": "checkout.session.completed",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "data": {
            "object": {
                "id": session_id,
                "object": "checkout.session",
                "client_reference_id": donation.public_id,
            }
        },
    }
    return json.dumps(body | fields).encode()


def sign(body: bytes, secret: str = SECRET, **late: float) -> str:
    at = int((timezone.now() + timedelta(**late)).timestamp())
    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, timestamp=at
    )


def post(body: bytes, signature: str | None = None) -> int:
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    response = Client(enforce_csrf_checks=True).post(
        URL, body, content_type="application/json", headers=headers
    )
    if response.status_code >= 400:
        assert response.content == b""
    return response.status_code


@pytest.mark.django_db
def test_a_signed_event_is_stored_and_settles_the_donation(stand_in: StandIn) -> None:
    donation = make_donation()
    session_id = pay(stand_in, donation)

    assert post(completed(donation, session_id)) == 200
    event = StripeEvent.objects.get()
    tasks.process_stripe_event(event.pk)

    event.refresh_from_db()
    donation.refresh_from_db()
    assert event.state == State.DONE
    assert donation.state == Donation.State.PAID


@pytest.mark.django_db
def test_the_secret_before_this_one_still_counts() -> None:
    body = completed(make_donation())

    assert post(body, sign(body, "whsec_tests_before")) == 200


@pytest.mark.django_db
def test_a_payload_is_not_believed(stand_in: StandIn) -> None:
    donation = make_donation()
    lie = {"payment_status": "paid", "amount_total": 100_000, "metadata": {}}
    named = json.loads(completed(donation))["data"]["object"] | lie | {"id": ""}
    post(completed(donation, data={"object": named}))

    webhooks.process_owed(timezone.now())

    donation.refresh_from_db()
    assert donation.state == Donation.State.CREATED


FORGERIES = {
    "no signature": lambda body: "",
    "no scheme": lambda body: "abc",
    "another secret": lambda body: sign(body, "whsec_guess"),
    "stale": lambda body: sign(body, minutes=-6),
    "from the future": lambda body: sign(body, minutes=6),
    "letters outside ascii": lambda body: f"t={int(time.time())},v1=é",
    "no number": lambda body: "t=x,v1=0",
    "huge number": lambda body: f"t={'9' * 400},v1=0",
    "no time": lambda body: "v1=0",
    "another version": lambda body: sign(body).replace("v1=", "v0="),
    "signed for another body": lambda body: sign(body + b" "),
}


@pytest.mark.django_db
@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_refused_and_leaves_no_row(forge: Any) -> None:
    body = completed(make_donation())

    assert post(body, forge(body)) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"7",
        b'"event"',
        b"{",
        b"{}",
        b'{"object": "event"}',
        b'{"object": "v2.core.event", "id": "evt_1"}',
        b"[" * 100_000,
        *(
            completed(Donation(public_id="x"), **odd)
            for odd in (
                {"id": None},
                {"id": "x" * 256},
                {"id": "evt\u0000"},
                {"type": 7},
                {"created": "now"},
                {"created": 1e309},
                {"created": 10**30},
                {"livemode": "no"},
                {"data": []},
                {"data": {"object": "cs_1"}},
            )
        ),
    ],
)
def test_what_is_signed_but_no_event_is_refused(body: bytes) -> None:
    assert post(body, sign(body)) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.django_db
def test_a_body_that_is_not_text_is_refused() -> None:
    assert post(b"\xff\xfe{}", "t=1,v1=0") == 400


@pytest.mark.django_db
def test_a_body_above_the_limit_is_refused_unread() -> None:
    assert post(b" " * (webhooks.LARGEST_BODY + 1), "t=1,v1=0") == 413


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_only_post_is_answered(method: str) -> None:
    assert getattr(Client(), method)(URL).status_code == 405


@pytest.mark.django_db
def test_an_odd_text_in_an_event_is_stored_as_it_came(stand_in: StandIn) -> None:
    donation = make_donation()
    body = completed(donation, note="\u0000 and \ud800")

    assert post(body) == 200
    webhooks.process_owed(timezone.now())

    assert StripeEvent.objects.get().payload == body.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd",
    [
        {"type": "customer.created"},
        {"type": "a.type.of.next.year"},
        {"livemode": True},
    ],
)
def test_what_is_not_for_us_is_stored_and_left_alone(odd: dict[str, Any]) -> None:
    assert post(completed(make_donation(), **odd)) == 200

    assert StripeEvent.objects.get().state == State.IGNORED


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
    def look_then_store(rows: list[StripeEvent], **options: Any) -> None:
        if not StripeEvent.objects.filter(event_id=rows[0].event_id).exists():
            time.sleep(0.05)
            rows[0].save()

    monkeypatch.setattr(StripeEvent.objects, "bulk_create", look_then_store)
    monkeypatch.setattr(Client, "raise_request_exception", False, raising=False)

    with pytest.raises(AssertionError):
        race_of_one_webhook(stand_in)


def takers(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> int:
    donation = make_donation()
    post(completed(donation, pay(stand_in, donation)))
    event = StripeEvent.objects.get()
    taken = []
    real = webhooks._settle_what_it_names
    monkeypatch.setattr(
        webhooks,
        "_settle_what_it_names",
        lambda *args: taken.append(1) or real(*args),
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
    monkeypatch.setattr(webhooks, "IN_HAND", timedelta(minutes=-1))

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

    for _ in range(webhooks.MOST_ATTEMPTS + 1):
        webhooks.process_owed(at)
        at += timedelta(hours=1)

    event = StripeEvent.objects.get()
    assert event.state == State.DEAD and event.error


@pytest.mark.django_db
def test_a_worker_that_dies_gives_the_event_back() -> None:
    post(completed(make_donation()))
    at = timezone.now()
    StripeEvent.objects.owed(at).update(not_before=at + webhooks.IN_HAND)

    assert not StripeEvent.objects.owed(at).exists()
    assert StripeEvent.objects.owed(at + webhooks.IN_HAND).exists()


@pytest.mark.django_db
def test_a_database_that_is_down_makes_stripe_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*args: Any, **options: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(StripeEvent.objects, "bulk_create", down)
    body = completed(make_donation())
    client = Client(raise_request_exception=False)

    response = client.post(
        URL,
        body,
        content_type="application/json",
        headers={"Stripe-Signature": sign(body)},
    )

    assert response.status_code == 500


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
