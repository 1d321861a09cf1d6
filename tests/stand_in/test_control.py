"""The control endpoint, for whoever runs the stand-in as a process of its own."""

import os
import subprocess
import sys
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.test_api import ask

JSON = {"Content_Type": "application/json"}


def test_webhooks_are_paused_over_http(stand_in: StandIn) -> None:
    status, body = ask(
        stand_in,
        "/_stand_in/webhooks",
        "POST",
        '{"paused": true, "copies": 2, "url": "http://127.0.0.1:9/"}',
        **JSON,
    )

    assert status == 200
    assert (body["paused"], body["copies"]) == (True, 2)
    assert stand_in.webhook_url == "http://127.0.0.1:9/"
    assert ask(stand_in, "/_stand_in/webhooks")[1] == body


def test_faults_are_ordered_and_taken_back_over_http(
    stand_in: StandIn, client: stripe.StripeClient
) -> None:
    wish = '{"fault": "error_500", "path": "/v1/balance", "count": 3}'

    status, orders = ask(stand_in, "/_stand_in/faults", "POST", wish, **JSON)

    assert status == 200
    with pytest.raises(stripe.APIError):
        client.v1.balance.retrieve()
    assert ask(stand_in, "/_stand_in/faults")[1] == [orders[0] | {"count": 2}]
    assert ask(stand_in, "/_stand_in/faults", "DELETE") == (200, [])
    assert client.v1.balance.retrieve()


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("faults", "{}"),
        ("faults", '{"fault": "flood"}'),
        ("faults", '{"fault": "hang", "seconds": "long"}'),
        ("webhooks", '{"colour": "red"}'),
        ("webhooks", '{"paused": 1}'),
        ("webhooks", "[]"),
        ("webhooks", "paused"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    stand_in: StandIn, path: str, wish: str
) -> None:
    status, body = ask(stand_in, f"/_stand_in/{path}", "POST", wish, **JSON)

    assert status == 400
    assert body["error"]


def test_a_form_on_a_web_page_controls_nothing(stand_in: StandIn) -> None:
    form: dict[str, Any] = {"Content_Type": "text/plain"}

    status, _ = ask(stand_in, "/_stand_in/webhooks", "POST", '{"paused": true}', **form)

    assert status == 400


def test_there_is_nothing_else_to_control(stand_in: StandIn) -> None:
    assert ask(stand_in, "/_stand_in/money", "POST", "{}", **JSON)[0] == 404


def test_it_runs_by_itself_and_says_where() -> None:
    command = [sys.executable, "-m", "losers_lounge.stand_in", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            outside = stripe.StripeClient(
                "sk_test_outside",
                base_addresses={"api": base_url},
                http_client=stripe.RequestsClient(timeout=5),
            )
            assert outside.v1.balance.retrieve().object == "balance"
        finally:
            process.terminate()


def test_it_needs_no_settings() -> None:
    code = "import losers_lounge.stand_in.server as s; s.StandIn().start().close()"
    plain = {name: value for name, value in os.environ.items() if "DJANGO" not in name}

    subprocess.run([sys.executable, "-c", code], check=True, env=plain)
