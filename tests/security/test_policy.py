"""Who may open what: every address, every kind of person, by GET and by POST.

A route that is not in the table fails, so that nobody adds a page without saying for
whom it is.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donations.models import Discrepancy, Donation, Reconciliation
from events.models import Charity, Event
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_member
from tests.security.hostile import EVENT
from tests.security.scene import TEAM, Scene, make_scene
from tests.test_routes import OF_AN_EVENT, ROUTES, Route

pytestmark = pytest.mark.django_db

PEOPLE = (*TEAM, "stranger", "anonymous", "guest", "agent")
EVERYBODY = frozenset(PEOPLE)
ACCOUNTS = frozenset((*TEAM, "stranger"))
GUEST = frozenset({"guest"})
AGENT = frozenset({"agent"})
READ, PRESS, FORM = ("get",), ("post",), ("get", "post")


@dataclass(frozen=True)
class Policy:
    methods: tuple[str, ...]
    people: frozenset[str]


def team(methods: tuple[str, ...], *roles: str) -> Policy:
    """A room of an event: its hosts, and who else is named."""
    return Policy(methods, frozenset(("host", *roles)))


def table(policy: Policy, names: str) -> dict[str, Policy]:
    return dict.fromkeys(names.split(), policy)


POLICY = {
    **table(
        Policy(READ, EVERYBODY),
        "events:home events:healthz events:readyz guests:link guests:contact_link "
        "donations:total donations:total_json account_inactive "
        "account_reset_password_done account_reset_password_from_key_done",
    ),
    **table(
        Policy(FORM, EVERYBODY),
        "account_login account_logout account_signup account_reset_password "
        "account_reset_password_from_key guests:lost_link events:unsubscribe",
    ),
    **table(Policy(PRESS, EVERYBODY), "donations:stripe_webhook events:bounces"),
    **table(Policy(READ, ACCOUNTS), "events:event_list donations:donation_events"),
    **table(Policy(FORM, ACCOUNTS), "account_change_password"),
    # Hosts of any event, and whoever is on no team, make events of their own.
    **table(Policy(FORM, frozenset({"host", "stranger"})), "events:event_new"),
    **table(team(FORM), "events:event_duplicate"),
    **table(team(READ), "guests:activity_csv"),
    **table(team(PRESS), "events:member_role events:member_resend"),
    **table(
        Policy(READ, AGENT),
        "guests:contact guests:contact_passes guests:contact_calendar",
    ),
    **table(
        Policy(PRESS, AGENT),
        "guests:contact_answer guests:contact_answer_all guests:contact_give "
        "guests:contact_needs",
    ),
    **table(Policy(FORM, AGENT), "guests:contact_thanks"),
    **table(Policy(PRESS, GUEST), "guests:here guests:may_give"),
    **table(Policy(FORM, GUEST), "guests:own_address"),
    **table(team(PRESS), "guests:set_assistant guests:assistant_retire"),
    **table(Policy(READ, GUEST), "guests:invitation guests:pass guests:calendar"),
    **table(Policy(PRESS, GUEST), "guests:rsvp guests:needs guests:donate"),
    **table(Policy(FORM, GUEST), "guests:thanks"),
    **table(team(READ, "results", "door", "finance"), "guests:overview"),
    **table(
        team(READ),
        "guests:guest_list guests:guest_detail guests:import_detail guests:activity "
        "guests:messages guests:message_progress guests:nominations "
        "guests:obligations",
    ),
    **table(team(READ), "guests:waiting guests:names"),
    **table(
        team(PRESS), "guests:offers_release guests:offer_withdraw guests:name_decide"
    ),
    **table(team(READ), "guests:guest_card guests:merge_find guests:doubles"),
    **table(
        team(READ),
        "guests:export_csv guests:export_xlsx guests:venue guests:venue_csv "
        "guests:venue_xlsx",
    ),
    **table(team(READ, "door"), "guests:door_list"),
    **table(
        team(PRESS),
        "guests:list_change guests:list_change_undo guests:saved_view_save "
        "guests:saved_view_delete",
    ),
    **table(
        team(FORM),
        "guests:guest_edit guests:guest_address guests:guest_merge "
        "guests:letter_repair",
    ),
    **table(
        team(PRESS),
        "guests:guest_remove guests:guest_restore guests:merge_undo guests:keep_apart",
    ),
    **table(team(READ), "guests:import_progress guests:import_refused"),
    **table(team(FORM), "guests:import_columns guests:import_names"),
    **table(team(PRESS), "guests:import_undo guests:import_digests"),
    **table(
        team(FORM),
        "guests:guest_new guests:import guests:nomination_import guests:settings "
        "events:team",
    ),
    **table(
        team(PRESS),
        "guests:import_apply guests:link_rotate guests:invitations_send "
        "guests:nominee_link guests:answer_for guests:block events:member_remove",
    ),
    **table(team(READ), "guests:letter_frame"),
    **table(team(FORM), "guests:letter_words guests:mailing_new"),
    **table(
        team(PRESS),
        "guests:letter_preview guests:letter_test guests:mail_hold "
        "guests:mail_release guests:message_again guests:mailing_cancel",
    ),
    **table(team(READ, "results"), "guests:results guests:result_category"),
    **table(
        team(PRESS, "results"),
        "guests:result_announce guests:result_confirm guests:result_withdraw",
    ),
    **table(
        team(READ, "door"),
        "guests:door guests:door_card guests:door_pass guests:trophies",
    ),
    **table(
        team(PRESS, "door"),
        "guests:door_code guests:door_admit guests:door_out guests:door_undo "
        "guests:door_deny guests:trophy_receive guests:trophy_release",
    ),
    **table(
        team(READ, "finance"),
        "guests:dues_summary donations:dashboard donations:receipt",
    ),
    **table(team(FORM, "finance"), "donations:reconciliation"),
    **table(
        team(PRESS, "finance"),
        "donations:explain_discrepancy donations:retry_webhooks",
    ),
}
# Presses that are not there for nobody in particular unless something is said.
SAID = {"guests:door_code": "code"}


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
    # A press that pays commits before it calls Stripe, and refuses to be inside.
    undone = nullcontext() if route == "guests:donate" else transaction.atomic()
    with undone:
        response = getattr(client, method)(scene.url(route), said)
        if route != "guests:donate":
            transaction.set_rollback(True)
    client.cookies = cookies
    return response


def answer(response: HttpResponse) -> str:
    login = reverse(settings.LOGIN_URL)
    if response.status_code == 302 and response["Location"].startswith(f"{login}?"):
        return "login"
    named = {404: "absent", 405: "wrong method"}
    return named.get(response.status_code, "open")


def expected(route: str, person: str, method: str) -> str:
    policy = POLICY[route]
    needs_account = not policy.people & {"anonymous", "guest", "agent"}
    if needs_account and person not in ACCOUNTS:
        return "login"
    if method not in policy.methods:
        return "wrong method"
    return "open" if person in policy.people else "absent"


def test_every_address_has_a_policy() -> None:
    assert {route.name for route in ROUTES} == set(POLICY)


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_opens_what_the_policy_says_and_nothing_else(
    scene: Scene, person: str
) -> None:
    client = scene.people()[person]
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

    A kind of letter is no row: it is the same word in every event.
    """
    return [name for name in route.arguments if name not in ("slug", "kind")]


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
    client = scene.people()[person]
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
