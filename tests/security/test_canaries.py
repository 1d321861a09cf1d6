"""What one may not see stands in no response: foreign events, and foreign fields.

Every text of the other event says "Peacock", so that a single one that sings is heard.
"""

import pytest
from django.test import Client
from django.urls import reverse

from guests import letters
from guests.models import Guest, Mailing
from tests.guests.factories import make_guest
from tests.security.policy import PEOPLE, POLICY
from tests.security.scene import TEAM, Scene, make_scene

pytestmark = pytest.mark.django_db

MARK = "Peacock"
# Two lead to Stripe, the others out of the house.
UNPRESSED = ("guests:donate", "guests:pay_give", "account_logout")
UNPRESSED += ("guests:door_unpair",)
# Who holds a link may see what it is for, whoever is signed in beside.
LINKS = ("guests:link", "guests:contact_link", "guests:pair", "guests:pay_link")
LINKS += ("events:unsubscribe", "donations:donor_link", "guests:calendar_link")
SEARCHES = (
    ("guests:guest_list", "q"),
    ("guests:door", "q"),
    ("guests:guest_list", "answer"),
)


def pages(
    client: Client, scene: Scene, without: tuple[str, ...] = ()
) -> dict[str, str]:
    """Everything this browser is answered, errors too, by method and page."""
    found = {}
    for name, policy in POLICY.items():
        methods = {"get", *policy.methods} - ({"post"} if name in UNPRESSED else set())
        for method in sorted(methods) if name not in without else ():
            response = getattr(client, method)(scene.url(name))
            told = f"{response.headers} {response.getvalue().decode(errors='replace')}"
            found[f"{method} {name}"] = told
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_of_another_event_is_in_any_answer(person: str) -> None:
    own, foreign = make_scene(), make_scene(MARK)
    client = own.person(person)
    told = pages(client, own)
    for name, argument in SEARCHES:
        address = reverse(name, args=[own.event.slug])
        found = client.get(address, {argument: MARK.lower()})
        told[f"{name} searched"] = found.content.decode()
    heard = {
        page: text
        for page, text in told.items()
        if MARK in text or foreign.winner.public_id in text
    }
    # A search box says again what was typed into it, in small letters.
    assert list(heard) == []


@pytest.mark.parametrize("person", ["stranger", "anonymous"])
def test_an_error_page_says_nothing_of_what_it_hides(person: str) -> None:
    foreign = make_scene(MARK)
    told = pages(foreign.person(person), foreign, without=LINKS)
    assert [page for page in told if MARK in told[page]] == []


# What a role is never shown of its own event (DESIGN.md section 1).
HIDDEN = {
    "door": ("peacock@x.example", "Peacock Notes", "Peacock Donor", "donor-peacock"),
    "results": ("peacock@x.example", "Peacock Notes", "Peacock Donor", "donor-peacock"),
    "finance": (
        "peacock@x.example",
        "Peacock Notes",
        "Peacock Companion",
        "Peacock Agent",
    ),
}


@pytest.mark.parametrize("role", HIDDEN)
def test_a_role_is_not_shown_what_it_has_no_use_for(role: str) -> None:
    scene = make_scene(MARK)
    told = pages(scene.member(role), scene, without=LINKS)
    heard = {
        page: secret
        for page, text in told.items()
        for secret in HIDDEN[role]
        if secret in text
    }
    assert heard == {}


def test_every_secret_would_be_heard() -> None:
    """The host's pages and the charity's hold what the others must not show."""
    scene = make_scene(MARK)
    told = "".join("".join(pages(scene.member(role), scene).values()) for role in TEAM)
    secrets = {secret for hidden in HIDDEN.values() for secret in hidden}
    assert {secret for secret in secrets if secret not in told} <= {"Peacock Notes"}


def test_a_guest_sees_nobody_but_their_own_party() -> None:
    scene = make_scene()
    other = make_guest(scene.event, f"{MARK} Guest", answer=Guest.Answer.YES)
    told = "".join(pages(scene.guest(), scene).values())
    assert MARK not in told
    assert other.public_id not in told


def test_a_mail_names_nobody_but_its_own_party() -> None:
    scene = make_scene()
    make_guest(scene.event, f"{MARK} Guest")
    plan = Mailing(event=scene.event, kind=Mailing.Kind.INVITATION)
    [draft] = letters.mailing(plan, [scene.winner.invitation])
    assert MARK not in str(draft.context)
