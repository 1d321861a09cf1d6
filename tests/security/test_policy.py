"""Who may open what: every address, every kind of person, by GET and by POST.

A route that is not in the table fails, so that nobody adds a page without saying for
whom it is. On the same walk it is listened for words that are not for that person.
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
from tests.security import canaries
from tests.security.hostile import EVENT
from tests.security.policy import FORM, PEOPLE, POLICY, expected
from tests.security.scene import Scene, make_scene
from tests.test_routes import OF_AN_EVENT, ROUTES, Route

pytestmark = pytest.mark.django_db

# Presses that are not there for nobody in particular unless something is said.
SAID = {"guests:door_code": "code"}
# A press that pays commits before it calls Stripe, and refuses to be inside.
PAYS = ("guests:donate", "guests:pay_give")
SEARCHES = (
    ("guests:guest_list", "q"),
    ("guests:door", "q"),
    ("guests:guest_list", "answer"),
)


@pytest.fixture
def scenes(stand_in: StandIn, settings: Settings) -> tuple[Scene, Scene]:
    """One's own evening, its total published, and another one's."""
    settings.BOUNCES_PROVIDER, settings.BOUNCES_SECRET = "postmark", "a:b"
    own, foreign = canaries.make_scenes()
    own.event.total_is_public = True
    own.event.save()
    return own, foreign


@pytest.fixture
def scene(stand_in: StandIn) -> Scene:
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
def test_everybody_opens_what_the_policy_says_and_hears_nothing_else(
    scenes: tuple[Scene, Scene], person: str
) -> None:
    own, foreign = scenes
    client = own.person(person)
    differ, told = {}, searched(client, own)
    for name in POLICY:
        for method in ("get", "post"):
            response = knock(client, own, name, method)
            assert response.status_code < 500, name
            found, wanted = answer(response), expected(name, person, method)
            if found != wanted:
                differ[name, method] = found, wanted
            told[name, method] = canaries.words_of(response)
    assert differ == {}
    assert canaries.heard(person, told, foreign) == []
    assert canaries.unheard(person, told) == set()


def searched(client: Client, scene: Scene) -> dict[tuple[str, str], str]:
    """For what is another's, in small letters: a search box says them again."""
    return {
        (name, f"searched by {argument}"): canaries.words_of(
            client.get(scene.url(name), {argument: canaries.FOREIGN.lower()})
        )
        for name, argument in SEARCHES
    }


def test_who_has_no_account_is_sent_to_the_log_in_by_every_closed_address() -> None:
    closed = [route.name for route in ROUTES if not route.is_public]
    wanted = {expected(name, "anonymous", it) for name in closed for it in FORM}
    assert wanted == {"login"}


def test_another_event_is_not_there_by_any_method() -> None:
    """404 and never 403; a wrong method may be told first."""
    for route in OF_AN_EVENT:
        wanted = {expected(route.name, "stranger", method) for method in FORM}
        assert {"absent"} <= wanted <= {"absent", "wrong method"}, route.name


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
        response = client.get(scene.url(name))
        assert response.status_code == 404
        assert f"{scene.mark} " not in canaries.words_of(response)


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
