"""What browsers, proxies and odd clients are told, on every page."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories import PASSWORD, make_member
from tests.security.policy import POLICY
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
ORIGIN = "https://lounge.example"
LINKS = ("guests:link", "guests:door_pass", "events:unsubscribe")
PROXY, STRANGER = "10.0.0.1", "203.0.113.9"
OFFSITE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//testserver@evil.example/",
    "https://testserver.evil.example/",
    "\thttps://evil.example",
)


@pytest.fixture
def https(settings: Settings) -> Settings:
    """What settings.py makes of an https SITE_URL, as far as requests meet it."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-session"
    settings.CSRF_COOKIE_NAME = "__Host-csrf"
    settings.GUEST_COOKIE_NAME = "__Host-guest"
    return settings


# A letter as a mail program shows it: alone, with its own styles and no script.
LETTER = "guests:letter_frame"
WITH_CAMERA = ("guests:door", "guests:door_offline")


def every_answer(client: Client, scene: Scene) -> dict[str, HttpResponse]:
    names = [name for name, policy in POLICY.items() if "get" in policy.methods]
    answers = {name: client.get(scene.url(name)) for name in names}
    return answers | {"nowhere": client.get("/nowhere/")}


def test_every_answer_says_what_a_browser_may_do_with_it(
    everyone: Client, scene: Scene
) -> None:
    answers = every_answer(everyone, scene)
    answers.pop(LETTER)
    for name, response in answers.items():
        policy = response["Content-Security-Policy"]
        for part in (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ):
            assert part in policy, name
        # The reader of QR codes is WebAssembly; no other page may run any.
        assert ("'wasm-unsafe-eval'" in policy) == (name in WITH_CAMERA), name
        policy = policy.replace("'wasm-unsafe-eval'", "")
        assert "unsafe" not in policy and "*" not in policy, name
        assert "form-action 'self' https://checkout.stripe.com" in policy
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["X-Frame-Options"] == "DENY", name
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=(self)" in response["Permissions-Policy"], name
        assert "Server" not in response and "X-Powered-By" not in response


def test_a_letter_in_its_frame_may_do_nothing_but_look_like_itself(
    everyone: Client, scene: Scene
) -> None:
    response = everyone.get(scene.url(LETTER))
    policy = response["Content-Security-Policy"]
    for nothing in ("default-src", "script-src", "connect-src", "form-action"):
        assert f"{nothing} 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_no_answer_is_kept_by_a_browser_or_a_proxy(
    everyone: Client, scene: Scene
) -> None:
    for name, response in every_answer(everyone, scene).items():
        directives = re.split(r",\s*", response["Cache-Control"])
        assert {"no-store", "private"} <= set(directives), name


def test_a_refused_press_is_not_kept_either(everyone: Client, scene: Scene) -> None:
    for name in ("guests:door_admit", "guests:result_announce", "guests:rsvp"):
        response = everyone.post(scene.url(name))
        assert response.status_code >= 400
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_told_to_no_other_site(
    everyone: Client, scene: Scene, name: str
) -> None:
    """Stricter, and a browser would hide the Origin that the CSRF check wants."""
    response = everyone.get(scene.url(name))
    assert response["Referrer-Policy"] in ("no-referrer", "same-origin")


def test_the_token_leaves_the_address_at_once(scene: Scene) -> None:
    response = Client().get(scene.url("guests:link"))
    assert response.status_code == HTTPStatus.FOUND
    assert "." not in response["Location"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_no_page_asks_another_site_for_anything(everyone: Client, scene: Scene) -> None:
    far = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=.?(?:https?:)?//")
    for name, response in every_answer(everyone, scene).items():
        if "html" in response.get("Content-Type", ""):
            assert not far.search(response.content.decode()), name


def test_cookies_over_https_are_for_this_host_and_no_script(
    scene: Scene, https: Settings
) -> None:
    client = Client()
    client.get(LOGIN, secure=True)
    typed = {"login": scene.member("host").user.email, "password": PASSWORD}
    client.post(LOGIN, typed, secure=True)
    client.get(scene.url("guests:link"), secure=True)
    names = {"__Host-session", "__Host-csrf", "__Host-guest"}
    assert names <= set(client.cookies)
    for name in names:
        cookie = client.cookies[name]
        assert cookie["secure"] and cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/" and not cookie["domain"], name


def test_plain_http_is_led_to_https(https: Settings) -> None:
    response = Client().get("/lost-link/?x=1")
    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response["Location"] == "https://testserver/lost-link/?x=1"
    secure = Client().get("/lost-link/", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:x", "", "a b", "@"]
)
@pytest.mark.parametrize("path", ["/", LOGIN, "/lost-link/", "/healthz", "/nowhere/"])
def test_a_foreign_host_is_refused(host: str, path: str) -> None:
    response = Client().get(path, headers={"Host": host})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert b"evil" not in response.content


def test_the_mail_for_a_new_password_leads_to_our_own_address(
    settings: Settings,
) -> None:
    """Whatever Host the request named: localhost is allowed, the mail says SITE_URL."""
    settings.SITE_URL = ORIGIN
    user = make_member().user
    Client().post(
        "/accounts/password/reset/",
        {"login": user.email, "email": user.email},
        headers={"Host": "localhost"},
    )
    text = mail.outbox[0].body
    assert f"{ORIGIN}/accounts/password/reset/key/" in text
    assert "localhost" not in str(mail.outbox[0].message())


def test_forwarded_headers_are_believed_from_the_proxy_alone(
    settings: Settings, https: Settings
) -> None:
    settings.TRUSTED_PROXIES = [PROXY]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    trusted = Client(REMOTE_ADDR=PROXY).get("/lost-link/", headers=said)
    assert trusted.status_code == HTTPStatus.OK
    assert b"evil" not in trusted.content
    spoofed = Client(REMOTE_ADDR=STRANGER).get("/lost-link/", headers=said)
    assert spoofed.status_code == HTTPStatus.MOVED_PERMANENTLY


@pytest.mark.parametrize("target", OFFSITE)
def test_login_leads_to_no_other_site(target: str) -> None:
    user = make_member().user
    client = Client()
    page = client.get(LOGIN, {"next": target}).content.decode()
    assert 'href="https://evil' not in page and 'action="https://evil' not in page
    typed = {"login": user.email, "password": PASSWORD, "next": target}
    response = client.post(LOGIN, typed)
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == reverse(django_settings.LOGIN_REDIRECT_URL)


def test_login_leads_back_to_where_one_came_from() -> None:
    user = make_member().user
    typed = {"login": user.email, "password": PASSWORD, "next": "/donations/"}
    assert Client().post(LOGIN, typed)["Location"] == "/donations/"
