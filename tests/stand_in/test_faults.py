"""Faults on order, as the real client meets them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.conftest import KEY, WatchedClient, session_params
from tests.workers import eventually

KEYED = {"idempotency_key": "donation-1:1"}


def sessions(client: stripe.StripeClient) -> int:
    return len(client.v1.checkout.sessions.list().data)


@pytest.mark.parametrize(
    ("fault", "error", "effects"),
    [
        ("error_500", stripe.APIError, 0),
        ("error_500_after", stripe.APIError, 1),
        ("rate_limit", stripe.RateLimitError, 0),
        ("html_502", stripe.APIError, 0),
        ("drop_before", stripe.APIConnectionError, 0),
        ("drop_after", stripe.APIConnectionError, 1),
        ("truncate_after", stripe.APIConnectionError, 1),
    ],
)
def test_a_fault_has_its_effect_or_none(
    client: stripe.StripeClient,
    stand_in: StandIn,
    fault: str,
    error: type[stripe.StripeError],
    effects: int,
) -> None:
    stand_in.fail(fault)

    with pytest.raises(error):
        client.v1.checkout.sessions.create(session_params(), KEYED)

    assert sessions(client) == effects


@pytest.mark.parametrize(
    "fault", ["error_500", "html_502", "drop_before", "drop_after", "truncate_after"]
)
def test_the_same_key_finds_out_what_became_of_it(
    client: stripe.StripeClient, stand_in: StandIn, fault: str
) -> None:
    params = session_params()
    stand_in.fail(fault)

    with pytest.raises(stripe.StripeError):
        client.v1.checkout.sessions.create(params, KEYED)
    session = client.v1.checkout.sessions.create(params, KEYED)

    assert session.status == "open"
    assert sessions(client) == 1


def test_a_hanging_answer_outlasts_the_client_and_takes_effect(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    hasty = stripe.StripeClient(
        KEY,
        base_addresses={"api": stand_in.base_url},
        http_client=stripe.RequestsClient(timeout=0.1),
    )
    stand_in.fail("hang", seconds=0.3)

    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.checkout.sessions.create(session_params(), KEYED)

    eventually(lambda: sessions(client) == 1)


def test_the_clients_own_retries_get_over_a_passing_fault(
    stand_in: StandIn, wire: WatchedClient
) -> None:
    patient = stripe.StripeClient(
        KEY,
        base_addresses={"api": stand_in.base_url},
        http_client=wire,
        max_network_retries=2,
    )
    stand_in.fail("drop_after")

    patient.v1.checkout.sessions.create(session_params())

    assert sessions(patient) == 1


def test_a_fault_keeps_to_its_path_method_and_count(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    stand_in.fail("error_500", path="/v1/checkout", method="POST", count=2)

    assert client.v1.balance.retrieve()
    assert sessions(client) == 0
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.checkout.sessions.create(session_params())
    assert client.v1.checkout.sessions.create(session_params())


def test_a_fault_can_be_taken_back(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    stand_in.fail("error_500")

    stand_in.clear_faults()

    assert client.v1.balance.retrieve()


def test_a_stopped_stand_in_answers_nobody_until_it_starts_again(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    client.v1.balance.retrieve()

    stand_in.stop()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.balance.retrieve()
    stand_in.start()

    assert client.v1.balance.retrieve()


def test_stopping_does_not_wait_for_what_hangs(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    stand_in.fail("hang", seconds=30)

    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(client.v1.checkout.sessions.create, session_params())
        time.sleep(0.2)
        began = time.monotonic()
        stand_in.stop()

    assert isinstance(hanging.exception(), stripe.APIConnectionError)
    assert time.monotonic() - began < 15
    stand_in.start()
    assert sessions(client) == 0
