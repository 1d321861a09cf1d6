"""Every page that a browser can show, and as whom: read off the policy."""

from collections.abc import Iterator
from typing import NamedTuple

from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from events.models import User
from losers_lounge import styleguide
from losers_lounge.demo import urls as demo_urls
from losers_lounge.urls import urlpatterns as routes
from tests.factories import make_member, make_user
from tests.security.factors import code_of, first_step, give_app, second_step
from tests.security.passkeys import Passkey
from tests.security.policy import EVERYBODY, POLICY
from tests.security.scene import Scene

# The first of these who may open a page is who is shown it.
ORDER = ("host", "stranger", "guest", "agent", "payer", "donor", "phone")
# Rooms that look otherwise to others.
SEEN_BY_OTHERS = (
    *(("phone", name) for name in ("guests:door", "guests:door_card")),
    *(("finance", name) for name in ("donations:dashboard", "guests:overview")),
    ("results", "guests:results"),
)
# What is in nobody's policy: there nobody has a factor, and nobody is a superuser.
SEEN_BY_FEW = (
    *(("keyholder", f"mfa_{name}") for name in ("index", "view_recovery_codes")),
    *(("keyholder", f"mfa_{name}") for name in ("deactivate_totp", "reauthenticate")),
    *(("keyholder", f"mfa_{name}_webauthn") for name in ("edit", "remove")),
    *(("halfway", "mfa_authenticate"), ("superuser", "operations:board")),
)
# A letter is framed by a page that is looked at; the shell of a dead network leads on.
NOT_A_PAGE = ("guests:letter_frame", "guests:door_offline")
BESIDE_THE_POLICY = ("/styleguide/", "/styleguide/guest/", "/styleguide/door/")
BESIDE_THE_POLICY += ("/nowhere/",)
urlpatterns = [*routes, *styleguide.urlpatterns, path("", include(demo_urls))]


class Place(NamedTuple):
    """A page: its route, its address, and in whose browser it is looked at."""

    name: str
    url: str
    person: str

    @property
    def room(self) -> str:
        """Which part of the walk this is."""
        if self.person not in ("host", "finance", "phone", "results"):
            return "for guests and accounts"
        if self.name.startswith(("donations:", "mfa_", "account_")):
            return "money and accounts"
        door = ("guests:door", "guests:troph", "guests:settle", "guests:hand")
        return "door" if self.name.startswith(door) else "team"


def people(scene: Scene) -> dict[str, Client]:
    """Whoever looks; hosts have just typed their password."""
    host = make_member(scene.event, "host").user
    make_member(scene.event, "door", host)
    superuser = make_user()
    User.objects.filter(pk=superuser.pk).update(is_superuser=True, is_staff=True)
    keyholder, halfway = make_user(), make_user()
    give_app(halfway)
    return {
        **scene.people(),
        "host": first_step(host),
        "superuser": first_step(superuser),
        "keyholder": with_factors(keyholder),
        "halfway": first_step(halfway),
    }


def with_factors(user: User) -> Client:
    """Logged in by an app, with a passkey beside it."""
    secret = give_app(user)
    Passkey().give_to(user)
    client = first_step(user)
    second_step(client, code_of(secret))
    return client


def places(scene: Scene, people: dict[str, Client]) -> Iterator[Place]:
    """Each page of the policy's that is a whole document, and those beside it."""
    wanted = [(person_for(name), name) for name in POLICY]
    for person, name in (*wanted, *SEEN_BY_OTHERS, *SEEN_BY_FEW):
        if person and name not in NOT_A_PAGE and "get" in POLICY[name].methods:
            url = scene.url(name)
            if is_page(people[person].get(url)):
                yield Place(name, url, person)
    for url in BESIDE_THE_POLICY:
        yield Place(url, url, "anonymous")


def person_for(name: str) -> str | None:
    if POLICY[name].people == EVERYBODY:
        return "anonymous"
    return next((person for person in ORDER if person in POLICY[name].people), None)


def is_page(response: HttpResponse) -> bool:
    """Neither a file, nor a part of a page, nor the way to another."""
    return response.status_code == 200 and is_document(response)


def is_document(response: HttpResponse) -> bool:
    """A whole page, of whatever status."""
    if response.streaming:
        return False
    return b"<!doctype html" in response.content[:200].lower()
