"""Who may open what: every address, every kind of person, by GET and by POST.

A route that is not in the table fails, so that nobody adds a page without saying for
whom it is.
"""

from contextlib import nullcontext
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from donations.models import Discrepancy, Donation, Reconciliation
from events.models import Charity, Event
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_member
from tests.security.hostile import EVENT
from tests.security.policy import PEOPLE, POLICY, expected
from tests.security.scene import Scene, make_scene
from tests.test_routes import OF_AN_EVENT, ROUTES, Route

pytestmark = pytest.mark.django_db

# Presses that are not there for nobody in particular unless something is said.
SAID = {"guests:door_code": "code"}
# A press that pays commits before it calls Stripe, and refuses to be inside.
PAYS = ("guests:donate", "guests:pay_give")


@pytest.fixture
def scene(stand_in: StandIn, settings: Settings) -> Scene:
    settings.BOUNCES_PROVIDER, settings.BOUNCES_SECRET = "postmark", "a:b"
    scene = make_scene()
    scene.event.total_is_public = True
    scene.event.save()
    return scene


def knock(client: Client, scene: Scene, route: str, method: str) -> HttpResponse:
    """One request whose traces are taken back, so that each finds the same night."""
    said = {SAID[route]: scene.tokens["guests:door_pass"]} if route in SAID else {}
    cookies = client.cookies.copy()
    undone = nullcontext() if route in PAYS else transaction.atomic()
    with undone:
        response = getattr(client, method)(scene.url(route), said)
        if route not in PAYS:
            transaction.set_rollback(True)
    client.cookies = cookies
    return response


def answer(response: HttpResponse) -> str:
    login = reverse(settings.LOGIN_URL)
    if response.status_code == 302 and response["Location"].startswith(f"{login}?"):
        return "login"
    named = {404: "absent", 405: "wrong method"}
    return named.get(response.status_code, "open")


def test_every_address_has_a_policy() -> None:
    assert {route.name for route in ROUTES} == set(POLICY)


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_opens_what_the_policy_says_and_nothing_else(
    scene: Scene, person: str
) -> None:
    client = scene.person(person)
    found, wanted = {}, {}
    for name in POLICY:
        for method in ("get", "post"):
            response = knock(client, scene, name, method)
            assert response.status_code < 500, name
            found[name, method] = answer(response)
            wanted[name, method] = expected(name, person, method)
    differ = {key: (found[key], wanted[key]) for key in found}
    assert {key: pair for key, pair in differ.items() if len(set(pair)) > 1} == {}


@pytest.mark.parametrize(
    "name", ["guests:activity", "guests:door_admit", "donations:explain_discrepancy"]
)
def test_a_breach_of_the_policy_would_be_seen(name: str) -> None:
    method = POLICY[name].methods[0]
    assert expected(name, "stranger", method) == "absent"
    assert expected(name, "host", method) == "open"
    assert answer(HttpResponse()) == "open"


def of_rows(route: Route) -> list[str]:
    """The arguments that name a row of the event, beside the event's own slug.

    A kind of letter and the number on a tag are no rows: every event has the same.
    """
    return [name for name in route.arguments if name not in ("slug", "kind", "tag")]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_row_of_another_event_is_not_in_this_one(scene: Scene, method: str) -> None:
    """The right slug, the right role, and a foreign row's id: as if it were not."""
    foreign, host = make_scene("Canary"), scene.member("host")
    finance = scene.member("finance")
    looked_at = 0
    for route in OF_AN_EVENT:
        if not of_rows(route) or method not in POLICY[route.name].methods:
            continue
        others = {name: foreign.arguments[name] for name in of_rows(route)}
        before = rows_of(foreign)
        client = finance if route.name.startswith("donations:") else host
        response = getattr(client, method)(scene.url(route.name, **others))
        gone = response.status_code == 404 or route.name == "events:member_remove"
        assert gone, route.name
        assert rows_of(foreign) == before, route.name
        looked_at += 1
    assert looked_at >= 4


def rows_of(scene: Scene) -> list[Any]:
    event = scene.event
    related = ("guests", "admissions", "trophies", "members", "categories", "messages")
    return [list(getattr(event, name).order_by("pk").values()) for name in related]


def test_two_invitations_in_one_browser_open_no_third(scene: Scene) -> None:
    second, third = make_scene("Second"), make_scene("Third")
    client = scene.guest()
    client.get(second.url("guests:link"))
    pages = [one.url("guests:invitation") for one in (scene, second, third)]
    assert [client.get(page).status_code for page in pages] == [200, 200, 404]


@pytest.mark.parametrize("route", ["guests:rsvp", "guests:donate"])
def test_a_guest_of_another_invitation_cannot_be_named(
    scene: Scene, route: str
) -> None:
    foreign = make_scene("Foreign")
    before = rows_of(foreign)
    typed = {"guest": foreign.winner.public_id, "answer": "no"}
    assert scene.guest().post(scene.url(route), typed).status_code == 404
    assert rows_of(foreign) == before


@pytest.mark.parametrize("person", ["anonymous", "guest", "stranger"])
def test_a_total_that_is_not_public_is_not_there(scene: Scene, person: str) -> None:
    scene.event.total_is_public = False
    scene.event.save()
    client = scene.person(person)
    for name in ("donations:total", "donations:total_json"):
        assert client.get(scene.url(name)).status_code == 404


@pytest.mark.parametrize("account", ["", "acct_shared"])
def test_an_event_of_one_s_own_opens_no_books(scene: Scene, account: str) -> None:
    """Somebody at the door, who hosts elsewhere, makes one for the same charity."""
    charity, door = scene.event.charity, scene.member("door")
    make_member(user=door.user)
    Charity.objects.update(stripe_account_id=account)
    Donation.objects.update(stripe_account=account)
    Discrepancy.objects.update(account=account)
    Reconciliation.objects.update(account=account)
    said = {"charity_name": charity.legal_name, "charity_ein": charity.ein}
    assert door.post("/events/new/", EVENT | said).status_code == 302
    own = Event.objects.get(name=EVENT["name"])
    assert own.charity != charity
    own.charity.stripe_account_id = account
    own.charity.save()
    books = reverse("donations:reconciliation", args=[own.slug])
    assert f"txn_{scene.mark}" not in door.get(books).content.decode()
    for name in ("donations:explain_discrepancy", "donations:retry_webhooks"):
        url = scene.url(name, slug=own.slug)
        assert door.post(url, {"reason": "none"}).status_code == 404
    assert Discrepancy.objects.get().closed_at is None
