"""What Stripe signed is stored once; all else leaves no trace."""

import json
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from donations import tasks, webhooks
from donations.models import Donation, StripeEvent
from donations.webhooks import inbox
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.donations.signing import URL, completed, post, sign

State = StripeEvent.State


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
def test_a_database_that_is_down_makes_stripe_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*args: Any, **options: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(inbox, "insert_once", down)
    body = completed(make_donation())
    client = Client(raise_request_exception=False)

    response = client.post(
        URL,
        body,
        content_type="application/json",
        headers={"Stripe-Signature": sign(body)},
    )

    assert response.status_code == 500
