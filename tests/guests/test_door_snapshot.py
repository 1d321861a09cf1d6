"""What a phone keeps for a dead network: sealed for it alone, and nothing too much."""

import json
import time

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event, User
from guests.door import snapshot
from guests.models import Device, Guest
from tests.conftest import signed_in
from tests.factories import make_category, make_event, make_member, make_user
from tests.guests import doorstep
from tests.guests.devices import make_device, make_phone
from tests.guests.night import make_coming, make_nominated_guest, make_plus_one, win
from tests.guests.opened import Opened, Opener, fetch, tell_key

pytestmark = pytest.mark.django_db

FIELDS = {"id", "name", "keys", "colour", "words", "reasons", "with", "inside", "party"}
OUTSIDE = {"as_of", "results", "about", "point", "salt", "index", "rows", "sheet"}


@pytest.fixture
def phone(event: Event) -> Client:
    return make_phone(event)


def opened(phone: Client, event: Event) -> Opened:
    opener = Opener()
    assert tell_key(phone, event, opener.key).status_code == 204
    return opener.open(fetch(phone, event).json())


def by_name(event: Event) -> Event:
    """Somebody of everything, with a canary in every text the door may not know."""
    lady = make_coming(
        event,
        "Zoë Saldaña",
        aliases=["Zo Canary-alias"],
        notes="Canary notes",
        dietary="Canary dietary",
        tags=["Canary tag"],
    )
    contact = lady.invitation.contact
    contact.email, contact.phone = "canary@x.example", "+1 555 CANARY"
    contact.name = "Canary Agent"
    contact.save()
    make_plus_one(lady, "Marco Perego")
    return event


def test_a_row_says_what_the_card_says_and_nothing_else(
    phone: Client, event: Event
) -> None:
    make_member(event, user=make_user("Amy Poehler"))
    by_name(event)
    list_ = opened(phone, event)
    assert set(list_.told) == OUTSIDE
    lady, companion = list_.rows()
    assert set(lady) == set(companion) == FIELDS
    assert lady["name"], lady["colour"] == ("Zoë Saldaña", "green")
    assert companion["with"] == "Zoë Saldaña"
    assert (lady["party"], companion["party"]) == ([companion["id"]], [lady["id"]])
    assert lady["inside"] is False
    assert list_.sheet() == {"hosts": ["Amy Poehler"]}


def test_no_name_stands_in_it_in_clear_and_no_address_even_sealed(
    phone: Client, event: Event
) -> None:
    by_name(event)
    list_ = opened(phone, event)
    sent = json.dumps(list_.told, ensure_ascii=False).casefold()
    for name in ("zoë saldaña", "zoe sal", "saldana", "marco", "perego", "come on in"):
        assert name not in sent
    inside = json.dumps([list_.sheet(), *list_.rows()]).casefold()
    assert "zo canary-alias".replace("-", "") in inside
    for canary in ("notes", "dietary", "tag", "agent", "555", "@"):
        assert canary not in inside


def test_a_name_without_a_host_is_never_an_address(phone: Client, event: Event) -> None:
    nobody = make_user()
    User.objects.filter(pk=nobody.pk).update(name="")
    make_member(event, user=nobody)
    assert opened(phone, event).sheet() == {"hosts": []}


def test_people_are_found_by_two_letters_of_any_name_by_pass_and_by_row(
    phone: Client, event: Event
) -> None:
    by_name(event)
    lady = Guest.objects.get(name="Zoë Saldaña")
    list_ = opened(phone, event)
    for start in ("zo", "sa", "ca"):
        assert list_.found("name", start) == ["Zoë Saldaña"]
    assert list_.found("pass", doorstep.token_of(lady)) == ["Zoë Saldaña"]
    assert list_.found("guest", str(lady.pk)) == ["Zoë Saldaña"]
    assert list_.found("pass", lady.public_id) == []
    assert list_.found("name", "xx") == []


def test_colours_are_the_doors_own(phone: Client, event: Event) -> None:
    category = make_category(event)
    winner = make_nominated_guest(event, category, name="Tina Fey")
    win(category, winner)
    inside = make_coming(event, "Jon Hamm")
    doorstep.admit(inside)
    make_coming(event, "Gone", removed_at=timezone.now())
    rows = {row["name"]: row for row in opened(phone, event).rows()}
    assert set(rows) == {"Tina Fey", "Jon Hamm"}
    assert rows["Tina Fey"]["colour"] == "gold"
    assert "$1,000.00" in rows["Tina Fey"]["words"]
    assert rows["Jon Hamm"]["inside"] is True


def test_another_phones_key_opens_nothing(phone: Client, event: Event) -> None:
    make_coming(event)
    tell_key(phone, event, Opener().key)
    told = fetch(phone, event).json()
    with pytest.raises(InvalidTag):
        Opener().open(told).row(0)


def test_a_row_opens_in_its_own_place_and_list_alone(
    phone: Client, event: Event
) -> None:
    make_coming(event)
    make_coming(event)
    list_ = opened(phone, event)
    with pytest.raises(InvalidTag):
        list_.unseal(0, list_.told["rows"][1])
    list_.told["about"] += "x"
    with pytest.raises(InvalidTag):
        list_.row(0)


def test_how_long_a_name_is_stays_inside(phone: Client, event: Event) -> None:
    make_coming(event, "Al B")
    make_coming(event, "Alexandra Bartholomew")
    rows = opened(phone, event).told["rows"]
    assert len(rows[0]) == len(rows[1])


def test_no_two_lists_look_alike(phone: Client, event: Event) -> None:
    make_coming(event, "Al B")
    first, second = opened(phone, event).told, opened(phone, event).told
    assert first["rows"] != second["rows"]
    assert not set(first["index"]) & set(second["index"])


@pytest.mark.parametrize("key", ["", "x", "é", "A" * 87, "BA" * 60])
def test_nonsense_is_no_key(phone: Client, event: Event, key: str) -> None:
    assert tell_key(phone, event, key).status_code == 400
    # A decoder reads over what stands behind a key; a database refuses to keep it.
    assert tell_key(phone, event, f"{Opener().key}=\0{key}").status_code == 400
    assert Device.objects.get().public_key == ""


def test_a_phone_tells_its_key_first(phone: Client, event: Event) -> None:
    assert fetch(phone, event).status_code == 409


def test_only_a_phone_keeps_a_list(event: Event) -> None:
    account = signed_in(make_member(event, "host"))
    assert fetch(account, event).status_code == 404
    assert tell_key(account, event, Opener().key).status_code == 404


def test_a_phone_keeps_its_own_events_list_alone(phone: Client) -> None:
    other = make_event()
    assert fetch(phone, other).status_code == 404
    assert tell_key(phone, other, Opener().key).status_code == 404


def test_who_is_shut_out_gets_no_list(phone: Client, event: Event) -> None:
    tell_key(phone, event, Opener().key)
    Device.objects.update(revoked_at=timezone.now())
    assert fetch(phone, event).status_code == 410


@pytest.mark.parametrize("size", [1, 30])
def test_a_list_takes_as_many_queries_whatever_its_length(
    event: Event, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    category = make_category(event)
    for number in range(size):
        make_plus_one(make_nominated_guest(event, category, name=f"Guest {number}"))
    device = make_device(event, public_key=Opener().key)
    with django_assert_num_queries(8):
        snapshot.snapshot(device, timezone.now())


def test_five_thousand_people_are_sealed_within_seconds() -> None:
    """The bar leaves room for a busy machine; the figure is printed."""
    call_command("seed_event", "crowd", guests=5_000, verbosity=0)
    device = make_device(Event.objects.get(slug="crowd"), public_key=Opener().key)
    began = time.process_time()
    told = snapshot.snapshot(device, timezone.now())
    took = time.process_time() - began
    print(
        f"{len(told['rows'])} rows, {len(json.dumps(told)):,} bytes, {took:.2f} s CPU"
    )
    assert len(told["rows"]) >= 5_000
    assert took < 5
