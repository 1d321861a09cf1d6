"""How the team gets in: pages of a library, in our words and in both languages."""

import re
from functools import cache
from pathlib import Path

import allauth
import polib
import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import auth
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import Event, Member
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_member
from tests.languages.test_catalogue import PLACEHOLDER, entries
from tests.languages.test_pages import TAG, english_in
from tests.security.factors import prove

pytestmark = pytest.mark.django_db

LANGUAGES = pytest.mark.parametrize("language", ["en", "es"])
LIBRARIES = (
    Path(allauth.__file__).parent / "locale/es/LC_MESSAGES/django.po",
    Path(auth.__file__).parent / "locale/es/LC_MESSAGES/django.po",
)
SHORT, LONG, OTHER = "short", "four quiet words walk", "four quiet words run"
PAGES = (
    *("account_login", "account_reset_password", "account_reset_password_done"),
    *("account_signup", "account_inactive", "account_reset_password_from_key_done"),
)
OWN_PAGES = (
    *("account_logout", "account_change_password", "account_reauthenticate"),
    *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate"),
)
# Which form, what is typed into it, and by somebody who is in or not.
REFUSED = (
    ("account_login", {"login": "amy@example.com", "password": "wrong"}, False),
    ("account_login", {"login": "", "password": ""}, False),
    ("account_reset_password", {"email": "amy@"}, False),
    ("account_change_password", {"oldpassword": "wrong", "password1": LONG}, True),
    ("account_change_password", {"password1": SHORT, "password2": SHORT}, True),
    ("account_change_password", {"password1": LONG, "password2": OTHER}, True),
    ("account_change_password", {"password1": "unbelievable"}, True),
    ("account_change_password", {"password1": "host-0@example.com"}, True),
    ("account_reauthenticate", {"password": "wrong"}, True),
    ("mfa_activate_totp", {"code": "123456"}, True),
    ("mfa_add_webauthn", {"credential": "{}"}, True),
)


@cache
def _theirs() -> tuple[re.Pattern[str], ...]:
    """Every sentence of the two libraries, in both languages, that is not ours too."""
    ours = {text for row in entries() for text in (row.msgid, row.msgstr)}
    found = {
        text
        for path in LIBRARIES
        for row in polib.pofile(str(path))
        for text in (row.msgid, row.msgstr, *row.msgstr_plural.values())
        if len(text) > 3 and text not in ours
    }
    parts = ([re.escape(one) for one in PLACEHOLDER.split(text)] for text in found)
    return tuple(re.compile(".+".join(those)) for those in parts)


def of_a_library(page: str) -> list[str]:
    """Each line of the page that a library worded."""
    lines = {" ".join(line.split()) for line in TAG.split(page)}
    spoken = set(re.findall(r'(?:placeholder|aria-label|title)="([^"]*)"', page))
    return sorted(
        line
        for line in lines | spoken
        if any(pattern.fullmatch(line) for pattern in _theirs())
    )


def check(answer: HttpResponse, language: str, what: str) -> None:
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page, what
    assert of_a_library(page) == [], what
    assert language == "en" or english_in(page) == [], what


def logged_in(member: Member) -> Client:
    """A browser whose owner has just shown that it is theirs."""
    client = signed_in(member)
    prove(client, password=PASSWORD)
    return client


@pytest.fixture
def member(event: Event) -> Member:
    return make_member(event, Member.Role.HOST)


@LANGUAGES
def test_every_page_is_in_our_words(member: Member, language: str) -> None:
    said = {"HTTP_ACCEPT_LANGUAGE": language}
    for client, names in ((Client(), PAGES), (logged_in(member), OWN_PAGES)):
        for name in names:
            answer = client.get(reverse(name), **said, follow=True)
            check(answer, language, name)


@LANGUAGES
def test_and_so_is_every_refusal(member: Member, language: str) -> None:
    said = {"HTTP_ACCEPT_LANGUAGE": language}
    for name, typed, is_in in REFUSED:
        client = logged_in(member) if is_in else Client()
        answer = client.post(reverse(name), typed, **said)
        assert "error-summary" in answer.text, (name, typed)
        check(answer, language, f"{name} {typed}")


@LANGUAGES
def test_and_what_is_said_when_it_is_done(member: Member, language: str) -> None:
    said, client = {"HTTP_ACCEPT_LANGUAGE": language}, Client()
    typed = {"login": member.user.email, "password": PASSWORD}
    check(client.post("/accounts/login/", typed, follow=True, **said), language, "in")
    typed = {"oldpassword": PASSWORD, "password1": LONG, "password2": LONG}
    url = reverse("account_change_password")
    check(client.post(url, typed, follow=True, **said), language, "changed")
    check(client.post("/accounts/logout/", follow=True, **said), language, "out")


@LANGUAGES
def test_and_the_link_of_who_forgot(member: Member, language: str) -> None:
    said, client = {"HTTP_ACCEPT_LANGUAGE": language}, Client()
    key = default_token_generator.make_token(member.user)
    words = {"uidb36": user_pk_to_url_str(member.user), "key": key}
    url = reverse("account_reset_password_from_key", kwargs=words)
    form = client.get(url, follow=True, **said)
    check(form, language, "link")
    url = form.redirect_chain[-1][0]
    for typed in ({"password1": LONG, "password2": OTHER}, {"password1": SHORT}):
        check(client.post(url, typed, **said), language, f"{typed}")
    spent = reverse("account_reset_password_from_key", kwargs=words | {"key": "a-b"})
    check(client.get(spent, follow=True, **said), language, "spent")


def test_words_of_a_library_are_seen() -> None:
    page = "<p>Incorrect code.</p><input placeholder='x'><p>Ha iniciado sesi\u00f3n</p>"
    assert "Incorrect code." in of_a_library(page)


def test_who_forgot_the_password_is_led_to_a_new_one(anonymous: Client) -> None:
    """allauth says so under its own field, whose help is ours now."""
    page = anonymous.get(reverse("account_login")).content.decode()
    assert f'href="{reverse("account_reset_password")}"' in page
