"""Planted breaches on the wire are seen, and a test that makes one does not pass."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stripe_wire import outside
from tests.stripe_wire.endpoints import endpoint_of
from tests.stripe_wire.witness import Witness, judged_answer, watched

KEY = {"idempotency_key": "k"}
SESSION = {
    "mode": "payment",
    "success_url": "https://example.com/",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": 100_000,
                "product_data": {"name": "Donation"},
            },
        }
    ],
}


@pytest.fixture
def client(stand_in: StandIn) -> stripe.StripeClient:
    return stripe.StripeClient(
        "sk_test_tests", base_addresses={"api": stand_in.base_url}
    )


@pytest.fixture
def ask(client: stripe.StripeClient) -> Iterator[Any]:
    def asked(path: str, **params: Any) -> None:
        try:
            client.raw_request("post", path, **params, **KEY)
        except stripe.StripeError:
            return  # the stand-in refused it: that is another matter

    yield asked


def test_what_the_app_asks_is_seen_and_right(
    client: stripe.StripeClient, wire_witness: Witness
) -> None:
    seen = wire_witness.seen

    made = client.v1.checkout.sessions.create(SESSION, KEY)
    client.v1.checkout.sessions.retrieve(made.id, {"expand": ["line_items"]})

    assert wire_witness.seen == seen + 2
    assert wire_witness.take() == []


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ({"payment_method_types": ["card"]}, "unknown [payment_method_types]"),
        ({"ui_mode": "hosted"}, "[ui_mode] is 'hosted', which is no choice"),
        ({"expires_at": "soon"}, "[expires_at] is 'soon', which is no int"),
        ({"line_items": [{"quantity": "many"}]}, "[quantity] is 'many'"),
        ({"adaptive_pricing": {"on": True}}, "unknown [adaptive_pricing][on]"),
        ({"metadata": {"k" * 41: "v"}}, "is too long"),
        ({"discounts": "none"}, "[discounts] is no list"),
    ],
)
def test_a_wrong_parameter_is_seen(
    ask: Any, wire_witness: Witness, planted: dict[str, Any], fault: str
) -> None:
    ask("/v1/checkout/sessions", **(SESSION | planted))

    assert any(fault in found for found in wire_witness.take())


def test_a_missing_parameter_and_a_missing_key_are_seen(
    stand_in: StandIn, client: stripe.StripeClient, ask: Any, wire_witness: Witness
) -> None:
    ask("/v1/setup_intents/seti_1/verify_microdeposits", colour="red")
    ask("/v1/disputes/dp_1/nothing")
    ask("/v1/customers/cus_1/tax_ids", type="eu_vat")

    found = "\n".join(wire_witness.take())
    assert "unknown [colour]" in found
    assert "no such endpoint" in found
    assert "missing [value]" in found


def answered(client: stripe.StripeClient, made: Any, **changes: Any) -> list[str]:
    body = json.dumps(made.to_dict(for_json=True) | changes)
    path = f"/v1/checkout/sessions/{made.id}"
    return judged_answer("GET", path, "", 200, body)


def test_a_wrong_answer_is_seen(client: stripe.StripeClient) -> None:
    made = client.v1.checkout.sessions.create(SESSION, KEY)

    assert answered(client, made) == []
    assert "status: 'shut' is not a choice" in answered(client, made, status="shut")[0]
    assert "livemode: None is no bool" in answered(client, made, livemode=None)[0]
    assert "unknown field colour" in answered(client, made, colour="red")[0]
    intent = {"id": "pi_1", "object": "payment_intent"}
    unasked = answered(client, made, payment_intent=intent)
    assert any("expanded, though nobody asked" in fault for fault in unasked)
    assert "PaymentIntent instead of Session" in "\n".join(
        answered(client, made, object="payment_intent")
    )
    without = made.to_dict(for_json=True)
    del without["created"]
    found = judged_answer(
        "GET", "/v1/checkout/sessions/x", "", 200, json.dumps(without)
    )
    assert any("created is missing" in fault for fault in found)


def test_an_id_is_wrong_where_its_object_was_asked_for(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    made = client.v1.checkout.sessions.create(SESSION, KEY)
    stand_in.pay(made.id, "donor@example.com")
    paid = client.v1.checkout.sessions.retrieve(made.id)
    body = json.dumps(paid.to_dict(for_json=True))
    path = f"/v1/checkout/sessions/{made.id}"

    found = judged_answer("GET", path, "expand[0]=payment_intent", 200, body)

    assert any("an id, though its object was asked for" in fault for fault in found)


def test_a_wrong_error_is_seen() -> None:
    body = json.dumps({"error": {"type": "mystery", "colour": "red"}})

    found = "\n".join(judged_answer("GET", "/v1/balance", "", 400, body))

    assert "an error of type mystery" in found and "error with colour" in found


def test_a_wrong_event_is_seen(wire_witness: Witness) -> None:
    wire_witness.told({"object": "event", "id": "evt_1", "data": {"object": {}}})

    assert any("created is missing" in fault for fault in wire_witness.take())


def test_a_test_that_speaks_wrongly_does_not_pass(
    ask: Any, wire_witness: Witness
) -> None:
    test = watched(wire_witness)
    next(test)
    ask("/v1/refunds", colour="red")

    with pytest.raises(AssertionError, match="colour"):
        next(test)


def test_what_another_process_was_asked_is_judged_from_outside() -> None:
    """As a demo that runs is judged: `python -m tests.stripe_wire ADDRESS`."""
    command = [sys.executable, "-m", "losers_lounge.stand_in"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        client = stripe.StripeClient("sk_test_tests", base_addresses={"api": base})
        outside.keep(base)
        client.v1.checkout.sessions.create(SESSION, KEY)
        good = outside.judge(base)
        with pytest.raises(stripe.InvalidRequestError):
            client.raw_request("get", "/v1/balance", colour="red")
        bad = outside.judge(base)
        process.terminate()

    assert (good.seen, good.take()) == (1, [])
    assert any("unknown [colour]" in fault for fault in bad.take())


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v1/payouts", "ListObject[Payout]"),
        ("/v1/radar/early_fraud_warnings/issfr_1", "EarlyFraudWarning"),
        ("/v1/checkout/sessions/cs_1", "Session"),
    ],
)
def test_the_package_says_what_an_address_answers(path: str, answer: str) -> None:
    found = endpoint_of("GET", path)

    assert found is not None and found.answer == answer
