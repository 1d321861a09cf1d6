"""A passkey in place of a password has asked for a PIN or a face, and nothing less."""

import time

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tests.factories import make_user
from tests.security.factors import SECOND_STEP, first_step, is_in
from tests.security.passkeys import SITE, Passkey

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/2fa/passkeys/login/"


@pytest.fixture(autouse=True)
def _named_address(settings: Settings) -> None:
    settings.SITE_URL = SITE


def challenge_of(client: Client) -> str:
    return client.session["mfa.webauthn.state"]["challenge"]


@pytest.mark.parametrize("pin", [True, False])
def test_a_key_alone_opens_only_with_its_pin(pin: bool) -> None:
    user, key, client = make_user(), Passkey(), Client()
    key.give_to(user)
    client.get(LOGIN, headers={"Accept": "application/json"})
    client.post(LOGIN, {"credential": key.answer(user, challenge_of(client), pin=pin)})
    assert is_in(client) is pin


def test_a_touch_is_enough_beside_the_password() -> None:
    user, key = make_user(), Passkey()
    key.give_to(user)
    client = first_step(user)
    client.get(SECOND_STEP)
    answer = key.answer(user, challenge_of(client), pin=False)
    client.post(SECOND_STEP, {"credential": answer})
    assert is_in(client)


@pytest.mark.parametrize("pin", [True, False])
def test_a_question_of_the_second_step_is_none_of_the_log_in(pin: bool) -> None:
    """It asks for a touch. Whoever has an account of their own and finds a host's key
    may not carry it over, to where no password is asked, once the step has lapsed."""
    host, thief, found = make_user(), make_user(), Passkey()
    found.give_to(host)
    Passkey().give_to(thief)
    client = first_step(thief)
    client.get(SECOND_STEP)
    answer = found.answer(host, challenge_of(client), pin=pin)
    with time_machine.travel(time.time() + 1_000):
        client.post(LOGIN, {"credential": answer})
        assert not is_in(client)
