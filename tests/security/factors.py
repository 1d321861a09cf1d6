"""Second factors as people use them: an app that shows codes, and who holds it."""

import time
from http import HTTPStatus

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.http import HttpResponse
from django.test import Client

from events.models import User
from tests.factories import PASSWORD

PERIOD = 30
LOGIN = "/accounts/login/"
SECOND_STEP = "/accounts/2fa/authenticate/"
ACCOUNT = "/accounts/2fa/"
ADD_APP = "/accounts/2fa/app/add/"
REMOVE_APP = "/accounts/2fa/app/remove/"
CODES = "/accounts/2fa/codes/"


def code_of(secret: str, ahead: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + ahead))


def give_app(user: User) -> str:
    """An app and recovery codes, as if set up long ago; the app's secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user).mark_as_viewed()
    return secret


def codes_of(user: User) -> list[str]:
    found = Authenticator.objects.get(user=user, type="recovery_codes")
    return found.wrap().get_unused_codes()


def first_step(user: User, **browser: str) -> Client:
    """A browser that knew the password, and has been asked for more."""
    client = Client(**browser)
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return client


def second_step(client: Client, code: str) -> HttpResponse:
    return client.post(SECOND_STEP, {"code": code})


def prove(client: Client, **typed: str) -> HttpResponse:
    """Show once more who one is: by password=, or by code=."""
    path = "2fa/reauthenticate" if "code" in typed else "reauthenticate"
    return client.post(f"/accounts/{path}/", typed)


def is_in(client: Client) -> bool:
    return client.get("/events/").status_code == HTTPStatus.OK


def kinds(user: User) -> list[tuple[str, str]]:
    return list(user.account_activities.order_by("pk").values_list("kind", "how"))
