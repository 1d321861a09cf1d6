"""The first account of a new server: made by a command, opened by a link, once."""

import re

import pytest
from django.conf import settings
from django.test import Client

from events.models import User
from tests.factories import make_user
from tests.losers_lounge.commands import failure, run

pytestmark = pytest.mark.django_db
PASSWORD = "statues are checked at the door"


def link_for(email: str) -> str:
    said, _ = run("create_host", email, "--name", "Amy")
    return re.search(r"http\S+", said)[0]


def open_link(client: Client, link: str) -> str:
    """Where the link leads: the key leaves the address for the session."""
    path = link.removeprefix(settings.SITE_URL)
    return client.get(path, follow=True).request["PATH_INFO"]


def test_the_link_sets_a_password_which_opens_the_lounge() -> None:
    client = Client()
    page = open_link(client, link_for("Amy@Example.com "))
    set_it = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(page, set_it).status_code == 302
    user = User.objects.get()
    assert (user.email, user.name) == ("amy@example.com", "Amy")
    assert user.check_password(PASSWORD)
    login = {"login": "amy@example.com", "password": PASSWORD}
    assert Client().post("/accounts/login/", login).status_code == 302


def test_until_then_another_link_may_be_had_and_afterwards_none() -> None:
    used, other = link_for("amy@example.com"), link_for("amy@example.com")
    client = Client()
    client.post(open_link(client, used), {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get().has_usable_password()
    assert "has a password" in failure("create_host", "amy@example.com")
    page = Client().get(other.removeprefix(settings.SITE_URL), follow=True)
    assert "password1" not in page.content.decode()


def test_nobody_s_password_is_touched_and_no_word_is_taken_for_an_address() -> None:
    user = make_user(email="amy@example.com")
    assert "has a password" in failure("create_host", "AMY@example.com")
    user.refresh_from_db()
    assert user.has_usable_password()
    assert "not an e-mail address" in failure("create_host", "amy")
