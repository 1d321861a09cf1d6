"""People with browsers that have no window: HTTP, cookies, no redirect followed."""

from typing import Any

import requests
from django.conf import settings
from django.test import Client

from events.models import User
from guests.models import Device, Invitation
from losers_lounge.links import absolute_url
from tests.guests.devices import paired

SECRET = "k" * 32
PATIENCE_SECONDS = 30


class Visitor:
    """`press` answers None when the server went away in the middle of it."""

    def __init__(self, base: str, **cookies: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False
        # A connection that a killed worker left behind is nobody's next press.
        self.session.headers["Connection"] = "close"
        self.session.cookies.update(cookies | {settings.CSRF_COOKIE_NAME: SECRET})

    def look(self, path: str) -> requests.Response:
        return self.session.get(
            self.base + path, timeout=PATIENCE_SECONDS, allow_redirects=False
        )

    def press(
        self, path: str, fields: Any = None, **options: Any
    ) -> requests.Response | None:
        data = {"csrfmiddlewaretoken": SECRET} | (fields or {})
        return self.send(path, data=data, **options)

    def hand_in(self, path: str, content: Any) -> requests.Response | None:
        return self.send(path, json=content, headers={"X-CSRFToken": SECRET})

    def send(self, path: str, **options: Any) -> requests.Response | None:
        options = {"timeout": PATIENCE_SECONDS, "allow_redirects": False} | options
        try:
            return self.session.post(self.base + path, **options)
        except requests.ConnectionError:
            return None


def guest_of(base: str, invitation: Invitation) -> Visitor:
    """Whoever has this invitation's link, and has opened it."""
    visitor = Visitor(base)
    token = (invitation.public_id, invitation.link_version)
    address = absolute_url("invitation", *token)
    answer = visitor.look(address.removeprefix(settings.SITE_URL))
    assert answer.status_code == 302, answer.text
    return visitor


def member(base: str, user: User) -> Visitor:
    """Somebody of the team, signed in."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return Visitor(base, **{name: client.cookies[name].value})


def phone(base: str, device: Device) -> Visitor:
    """A browser that took this desk."""
    name = settings.DEVICE_COOKIE_NAME
    return Visitor(base, **{name: paired(device).cookies[name].value})
