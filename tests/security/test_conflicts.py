"""Two people change one thing: who saves second is shown both versions, with 409."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donations.models import Receipt
from tests.conftest import signed_in
from tests.factories import make_member, make_nominee
from tests.guests.factories import make_guest
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

CENTS = {"admission", "bottle"}
# Whose room, what the first one writes over, what the second one does.
FORMS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "guests:settings": ("host", {"venue": "First House"}, {"venue": "Second House"}),
    "guests:guest_edit": ("host", {"name": "First Name"}, {"name": "Second Name"}),
    "guests:guest_address": ("host", {"phone": "+15550001"}, {"phone": "+15550002"}),
    "guests:letter_words": (
        "host",
        {"subject": "First words"},
        {"subject": "Second words"},
    ),
    "donations:receipt_values": (
        "finance",
        {"admission": "111.00"},
        {"admission": "222.00"},
    ),
    "donations:receipt_correct": (
        "finance",
        {"name": "First Donor"},
        {"name": "Second Donor"},
    ),
}


def shown(client: Client, url: str) -> dict[str, str]:
    """The form as a browser would send it back."""
    page = client.get(url)
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    if "shown" in page.context:
        values["seen"] = page.context["shown"]
    typed: dict[str, Any] = {}
    for name, value in values.items():
        widget = form.fields[name].widget if name in form.fields else None
        said = widget.format_value(value) if widget and value is not True else value
        if said not in (None, "", False):
            typed[name] = "on" if said is True else said
    return typed


@pytest.mark.parametrize("name", FORMS)
def test_the_second_save_is_shown_the_first(scene: Scene, name: str) -> None:
    role, first, second = FORMS[name]
    amy, jon = scene.member(role), scene.member(role)
    url = scene.url(name)
    hers, his = shown(amy, url), shown(jon, url)
    assert amy.post(url, hers | first).status_code == 302
    answer = jon.post(url, his | second)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert next(iter(first.values())) in page
    assert next(iter(second.values())) in page


@pytest.mark.parametrize("name", [name for name in FORMS if "correct" not in name])
def test_who_has_seen_both_may_save(scene: Scene, name: str) -> None:
    role, first, second = FORMS[name]
    amy, jon, url = scene.member(role), scene.member(role), scene.url(name)
    his = shown(jon, url)
    amy.post(url, shown(amy, url) | first)
    answer = jon.post(url, his | second)
    form = answer.context["form"]
    seen = answer.context.get("shown") or form["seen"].value()
    assert jon.post(url, his | second | {"seen": seen}).status_code == 302
    field, value = next(iter(second.items()))
    assert shown(amy, url)[field].removeprefix("$") == value


def test_without_the_mark_the_second_would_overwrite(scene: Scene) -> None:
    """What the mark is for: a form that carries none is not held to one."""
    amy, jon = scene.member("host"), scene.member("host")
    url = scene.url("guests:letter_words")
    his = shown(jon, url)
    amy.post(url, shown(amy, url) | {"subject": "First words"})
    del his["seen"]
    assert jon.post(url, his | {"subject": "Second words"}).status_code == 302


def test_a_corrected_receipt_is_not_corrected_twice(scene: Scene) -> None:
    amy, jon = scene.member("finance"), scene.member("finance")
    url = scene.url("donations:receipt_correct")
    hers, his = shown(amy, url), shown(jon, url)
    amy.post(url, hers | {"name": "First Donor"})
    before = Receipt.objects.count()
    jon.post(url, his | {"name": "Second Donor"})
    assert Receipt.objects.count() == before


def test_a_nominee_linked_meanwhile_stays_linked(scene: Scene) -> None:
    event, host = scene.event, scene.member("host")
    nominee, other = make_nominee(event, "Sam Lee"), make_nominee(event, "Sam Lee")
    one, two = make_guest(event, "Sam Lee"), make_guest(event, "Sam Lee")
    url = reverse("guests:nominee_link", args=[event.slug])
    first = {"guest": one.pk, "nominee": nominee.pk}
    assert host.post(url, first).status_code == 302
    assert host.post(url, first).status_code == 302
    rival = signed_in(make_member(event))
    for said in (
        {"guest": two.pk, "nominee": nominee.pk},
        first | {"nominee": other.pk},
    ):
        answer = rival.post(url, said)
        assert answer.status_code == 409
        assert b"meanwhile" in answer.content
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.nominee, two.nominee) == (nominee, None)
