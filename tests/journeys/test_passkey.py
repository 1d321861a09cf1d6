"""A host's phone is her key: added once, it opens her account by itself.

Chromium brings a virtual authenticator. A passkey needs a name, which an address in
numbers is not: the server of this journey is called localhost.
"""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from events.models import User
from tests.browser import FORM_ANSWERS, PHONE, Watch
from tests.factories import PASSWORD, make_member
from tests.journeys.people import sign_in

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# Between a card and the line below it, in pixels.
MOST_BETWEEN = 40


@pytest.fixture
def phone(
    live_server: LiveServer,
    settings: Settings,
    new_context: Callable[..., BrowserContext],
) -> tuple[Page, Watch]:
    """A phone with a lock of its own, before the product; what complains is kept."""
    cache.clear()
    settings.SITE_URL = live_server.url
    watch = Watch(FORM_ANSWERS)
    context = new_context(viewport=PHONE, base_url=live_server.url)
    page = watch.over(context).new_page()
    lock = context.new_cdp_session(page)
    lock.send("WebAuthn.enable")
    lock.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page, watch


def add_passkey(page: Page) -> None:
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What do you call it?").fill("My phone")
    page.get_by_role("button", name="Add this device").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have them, go on").click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out", exact=True).click()
    page.goto("/accounts/login/")


def test_a_host_adds_her_phone_and_comes_in_by_it(
    transactional_db: None, phone: tuple[Page, Watch], settings: Settings
) -> None:
    """Asked for at the event's door, added, used alone, and used after the password."""
    settings.SECOND_FACTOR_REQUIRED = True
    (page, watch), member = phone, make_member()
    room = f"/events/{member.event.slug}/guests/"
    sign_in(page, member.user)
    page.goto(room)
    expect(page.get_by_text("Add one of these, then go on")).to_be_visible()
    add_passkey(page)
    expect(page).to_have_url(re.compile(f"{re.escape(room)}$"))

    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    page.goto(room)
    expect(page).to_have_url(re.compile(f"{re.escape(room)}$"))

    log_out(page)
    page.get_by_label("E-mail").fill(member.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    page.goto("/accounts/2fa/")
    expect(page.get_by_role("link", name="Rename My phone")).to_be_visible()
    assert ways_in(member.user) == ["password", "webauthn", "password+webauthn"]
    assert watch.complaints == []


def test_where_no_passkey_can_be_used_none_is_offered_and_no_gap_is_left(
    transactional_db: None, phone: tuple[Page, Watch]
) -> None:
    (page, watch) = phone
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/accounts/login/")
    expect(page.locator("form[data-passkey]")).to_have_count(0)
    below = page.get_by_role("link", name="Forgot your password?").bounding_box()
    card = page.locator("form.card").bounding_box()
    assert card and below and below["y"] - card["y"] - card["height"] < MOST_BETWEEN
    assert watch.complaints == []


def ways_in(user: User) -> list[str]:
    entered = user.account_activities.filter(kind="logged_in").order_by("pk")
    return list(entered.values_list("how", flat=True))
