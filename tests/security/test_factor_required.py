"""Which rooms ask for a second factor, and who gets in without their phone."""

import re
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from events import team
from events.models import AccountActivity, Member, User
from events.views.account import ON_THE_WAY
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_event, make_member, make_user
from tests.losers_lounge.commands import failure, run
from tests.security.factors import (
    ACCOUNT,
    ADD_APP,
    first_step,
    give_app,
    is_in,
    kinds,
    prove,
)
from tests.security.policy import POLICY
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db
Kind = AccountActivity.Kind

# --- Where it is asked for ------------------------------------------------------------

ROOM_OF = {
    "host": ("guests:guest_list", "guests:settings", "guests:door"),
    "finance": ("donations:dashboard",),
    "door": ("guests:door",),
    "results": ("guests:results",),
}


@pytest.mark.parametrize("role", ROOM_OF)
def test_rooms_ask_hosts_and_charity_staff_for_a_second_factor(
    settings: Settings, role: str
) -> None:
    """With the setting; it leads to one's account and back. Without, nobody is."""
    client = signed_in(make_member(role=role))
    slug = client.user.memberships.get().event.slug
    is_asked = role in ("host", "finance")
    for name in ROOM_OF[role]:
        room = reverse(name, args=[slug])
        settings.SECOND_FACTOR_REQUIRED = False
        assert client.get(room).status_code == HTTPStatus.OK
        settings.SECOND_FACTOR_REQUIRED = True
        answer = client.get(f"{room}?q=1")
        assert (answer.get("Location") == ACCOUNT) is is_asked, name
        if is_asked:
            assert b"Hosts and charity staff" in client.get(ACCOUNT).content
            assert client.session[ON_THE_WAY] == f"{room}?q=1"
    give_app(client.user)
    assert client.get(room).status_code == HTTPStatus.OK
    assert (f'href="{room}?q=1"' in client.get(ACCOUNT).content.decode()) is is_asked
    assert ON_THE_WAY not in client.session


@pytest.mark.parametrize("page", ["/operations/", "/metrics"])
def test_a_superuser_is_held_to_it_too(settings: Settings, page: str) -> None:
    client = signed_in(make_member(role="door"))
    User.objects.filter(pk=client.user.pk).update(is_superuser=True)
    settings.SECOND_FACTOR_REQUIRED = False
    assert client.get(page).status_code == HTTPStatus.OK
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get(page)["Location"] == ACCOUNT
    give_app(client.user)
    assert client.get(page).status_code == HTTPStatus.OK


@pytest.mark.parametrize("role", ["host", "finance"])
def test_no_address_of_an_event_forgets_to_ask(
    settings: Settings, scene: Scene, role: str
) -> None:
    """Pages, presses, files, JSON and parts of pages: all of the policy's rooms."""
    settings.SECOND_FACTOR_REQUIRED = True
    client, asked = scene.member(role), 0
    for name, policy in POLICY.items():
        if role not in policy.people or "stranger" in policy.people:
            continue
        for method in policy.methods:
            for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
                answer = getattr(client, method)(scene.url(name), headers=headers)
                assert answer.get("Location") == ACCOUNT, (name, method, headers)
                asked += 1
    assert asked > 30


def test_recovery_codes_alone_are_no_second_factor(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(make_member())
    give_app(client.user)
    Authenticator.objects.filter(type="totp").delete()
    room = reverse("guests:overview", args=[client.user.memberships.get().event.slug])
    assert client.get(room)["Location"] == ACCOUNT


# --- Who has lost it ------------------------------------------------------------------


def test_an_operator_lets_in_who_lost_phone_and_codes() -> None:
    """The factors go, sessions end, and each of their events writes it down."""
    event, other = make_event(), make_event()
    user = make_member(event, Member.Role.HOST).user
    make_member(event, Member.Role.DOOR, user)
    make_member(other, Member.Role.DOOR, user)
    give_app(user)
    client = signed_in(event.members.first())
    said, _ = run("reset_second_factor", user.email.upper())
    assert "2 removed" in said and user.email not in said
    assert not is_in(client)
    assert is_in(first_step(user))
    for written in (event.activities.get(), other.activities.get()):
        words = (written.actor_name, written.verb, written.object_name)
        assert words == ("The operator", "reset the second factor of", user.name)
    assert (Kind.FACTORS_RESET, "") in kinds(user)
    assert "no second factor" in failure("reset_second_factor", user.email)
    assert "no account" in failure("reset_second_factor", "nobody@x.example")
    assert event.activities.count() == 1


def test_an_account_s_page_asks_as_often_whatever_it_has() -> None:
    client = signed_in(make_member())

    def asked() -> int:
        with connection.execute_wrapper(count := Counted()):
            client.get(ACCOUNT)
        return count.statements

    asked()
    few = asked()
    for number in range(5):
        client.user.account_activities.create(kind="logged_in", at="2026-01-01T00:00Z")
        Authenticator.objects.create(
            user=client.user, type="webauthn", data={"name": f"Key {number}"}
        )
    assert asked() == few


class Counted:
    statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


def test_whoever_is_invited_sets_a_password_by_mail_and_may_add_an_app() -> None:
    """The link in the mail has shown whose address it is: nothing else ever asks."""
    address, at = "jo@example.com", timezone.now()
    team.add(make_event(), email=address, name="Jo", role="host", by=make_user(), at=at)
    phone = Client()
    phone.post("/accounts/password/reset/", {"email": address})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)
    assert link
    form = phone.get(link[0], follow=True).request["PATH_INFO"]
    phone.post(form, {"password1": PASSWORD, "password2": PASSWORD})

    client = first_step(User.objects.get(email=address))
    assert is_in(client)
    prove(client, password=PASSWORD)
    for add in (ADD_APP, reverse("mfa_add_webauthn")):
        assert client.get(add).status_code == HTTPStatus.OK
