"""Idempotency keys, as Stripe treats them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
import time_machine

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.conftest import WatchedClient, session_params

KEY = {"idempotency_key": "donation-1:1"}


def sessions(client: stripe.StripeClient) -> list[str]:
    return [session.id for session in client.v1.checkout.sessions.list().data]


def test_a_used_key_replays_the_first_answer(
    client: stripe.StripeClient, wire: WatchedClient
) -> None:
    params = session_params()

    first = client.v1.checkout.sessions.create(params, KEY)
    client.v1.checkout.sessions.expire(first.id)
    again = client.v1.checkout.sessions.create(params, KEY)

    assert (again.id, again.status) == (first.id, "open")
    headers = wire.answers[-1][2]
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] == wire.answers[0][2]["Request-Id"]
    assert sessions(client) == [first.id]


def test_a_used_key_with_other_parameters_is_refused(
    client: stripe.StripeClient,
) -> None:
    params = session_params()
    client.v1.checkout.sessions.create(params, KEY)

    with pytest.raises(stripe.IdempotencyError) as refusal:
        client.v1.checkout.sessions.create(params | {"metadata": {}}, KEY)

    assert refusal.value.http_status == 400
    assert len(sessions(client)) == 1


def test_a_used_key_on_another_path_is_refused(client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(session_params(), KEY)

    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.expire(session.id, None, KEY)


def test_a_key_in_use_is_a_conflict(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    params = session_params()
    stand_in.fail("hang", seconds=0.5)

    with ThreadPoolExecutor(1) as other:
        slow = other.submit(client.v1.checkout.sessions.create, params, KEY)
        time.sleep(0.2)
        with pytest.raises(stripe.APIError) as refusal:
            client.v1.checkout.sessions.create(params, KEY)

    assert refusal.value.http_status == 409
    assert refusal.value.error.code == "idempotency_key_in_use"
    assert sessions(client) == [slow.result().id]


def test_a_stored_failure_is_replayed_too(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    params = session_params()
    stand_in.fail("error_500_after")

    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            client.v1.checkout.sessions.create(params, KEY)

    assert failure.value.http_status == 500
    assert len(sessions(client)) == 1


def test_a_refusal_of_parameters_does_not_use_the_key_up(
    client: stripe.StripeClient,
) -> None:
    for bad in ({"customer_email": "nobody"}, {"colour": "red"}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.create(session_params() | bad, KEY)

    assert client.v1.checkout.sessions.create(session_params(), KEY).id


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient) -> None:
    params = session_params()
    del params["expires_at"]
    first = client.v1.checkout.sessions.create(params, KEY)

    with time_machine.travel(time.time() + 24 * 3600 + 1, tick=False):
        later = client.v1.checkout.sessions.create(params, KEY)

    assert later.id != first.id


def test_a_key_of_another_account_is_another_key(client: stripe.StripeClient) -> None:
    params = session_params()

    own = client.v1.checkout.sessions.create(params, KEY)
    other = client.v1.checkout.sessions.create(
        params, KEY | {"stripe_account": "acct_charity"}
    )

    assert own.id != other.id


def test_a_key_has_at_most_255_characters(open_session: Callable[..., Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        open_session({"idempotency_key": "k" * 256})


def test_the_same_request_at_the_same_moment_has_one_effect(
    client: stripe.StripeClient,
) -> None:
    params = session_params()

    def create(_: int) -> str | None:
        try:
            return client.v1.checkout.sessions.create(params, KEY).id
        except stripe.APIError:
            return None

    with ThreadPoolExecutor(8) as workers:
        answered = set(workers.map(create, range(8))) - {None}

    assert answered == set(sessions(client))
    assert len(answered) == 1
