"""The door on a phone: found, let in once, undone, denied; and nothing on a GET."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests.models import Guest
from tests.factories import make_category, make_nomination
from tests.guests.doorstep import address, find, shown, token_of
from tests.guests.night import make_coming, make_nominated_guest, make_plus_one, win

ACTS = ["door_admit", "door_out", "door_home", "door_undo", "door_deny"]


@pytest.mark.parametrize(
    ("fields", "colour", "words"),
    [
        ({}, "green", "Come on in."),
        ({"answer": "no"}, "grey", "Declined."),
        ({"answer": "waiting"}, "grey", "never answered"),
        ({"is_blocked": True}, "red", "Please call the host."),
    ],
)
def test_the_card_has_a_colour_and_words(
    door: Client, event: Event, fields: dict[str, Any], colour: str, words: str
) -> None:
    text = shown(door, make_coming(event, **fields))

    assert f"door-card door-{colour}" in text
    assert words in text


def test_losers_winners_and_the_undecided_have_cards_of_their_own(
    door: Client, event: Event, winner: Guest
) -> None:
    category, later = make_category(event), make_category(event)
    loser = make_nominated_guest(event, category)
    undecided = make_nominated_guest(event, category, later)
    win(category, make_nomination(category))

    assert "You lost. Come on in." in shown(door, loser)
    assert "door-blue" in shown(door, undecided)
    gold = shown(door, winner)
    assert "door-gold" in gold
    assert "$1,000.00 first, then trophy to the desk" in gold
    assert "Won Outstanding Drama Series, confirmed" in gold


def test_who_has_an_account_finds_the_way_out_of_the_door(
    door: Client, event: Event
) -> None:
    text = door.get(reverse("guests:door", args=[event.slug])).content.decode()

    assert f'class="door-back" href="{reverse("events:event_list")}"' in text


def test_the_door_never_sees_address_phone_or_notes(door: Client, event: Event) -> None:
    guest = make_coming(event, "Zoë", notes="allergic to press")
    contact = guest.invitation.contact
    contact.phone = "+1 555 0100"
    contact.save()

    for text in (shown(door, guest), find(door, event, "zoe").content.decode()):
        assert "Zoë" in text
        assert contact.email not in text
        assert contact.phone not in text
        assert guest.notes not in text


def test_the_list_cannot_be_browsed(door: Client, event: Event) -> None:
    make_coming(event, "Zoë")
    url = reverse("guests:door", args=[event.slug])
    for query in ({}, {"q": ""}, {"q": "z"}, {"q": "%"}, {"page": "2"}):
        assert "Zoë" not in door.get(url, query).content.decode()


def test_rows_alone_are_sent_while_one_types(door: Client, event: Event) -> None:
    make_coming(event, "Zoë")

    headers = {"HX-Request": "true", "HX-Target": "door-found"}
    text = find(door, event, "zo", headers=headers).content.decode()

    assert "Zoë" in text
    assert "<html" not in text


def test_somebody_unknown_is_grey(door: Client, event: Event) -> None:
    text = find(door, event, "Nobody Known").content.decode()
    assert "door-grey" in text
    assert "Not on the list." in text


@pytest.mark.parametrize("text", ["'", "\\", "%_", "\U0001f480x", "x" * 6000, "\ufffd"])
def test_odd_searches_find_nobody_and_break_nothing(
    door: Client, event: Event, text: str
) -> None:
    assert find(door, event, text).status_code == 200


def test_raw_bytes_and_nul_break_nothing(door: Client, event: Event) -> None:
    url = reverse("guests:door", args=[event.slug])
    assert door.get(url, QUERY_STRING="q=%ff%fe").status_code == 200
    assert door.get(url, QUERY_STRING="q=ab%00cd").status_code == 404


def test_a_pass_leads_to_the_card_and_lets_nobody_in(
    door: Client, host: Client, event: Event
) -> None:
    guest = make_coming(event)
    url = reverse("guests:door_pass", args=[token_of(guest)])

    for client in (door, host):
        assert client.get(url).url == address(guest)
    assert not event.admissions.exists()
    assert door.post(url).status_code == 405


@pytest.mark.parametrize("role", ["stranger", "finance", "results_desk"])
def test_a_pass_says_nothing_to_others(
    request: pytest.FixtureRequest, event: Event, role: str
) -> None:
    url = reverse("guests:door_pass", args=[token_of(make_coming(event))])
    assert request.getfixturevalue(role).get(url).status_code == 404


def test_a_pass_that_is_none_is_404(door: Client, event: Event) -> None:
    token = token_of(make_coming(event))
    for wrong in (token[:-1], token + "=", token.swapcase(), "x", "x." + "y" * 5000):
        url = reverse("guests:door_pass", args=[wrong])
        assert door.get(url).status_code == 404


def test_a_code_is_taken_as_a_scanner_types_it(door: Client, event: Event) -> None:
    guest = make_coming(event)
    token = token_of(guest)
    url = reverse("guests:door_code", args=[event.slug])
    for code in (token, f" {token}\n", f"https://lounge.example/pass/{token}/"):
        assert door.post(url, {"code": code}).url == address(guest)
    assert not event.admissions.exists()


def test_every_wrong_code_gets_the_same_answer(door: Client, event: Event) -> None:
    url = reverse("guests:door_code", args=[event.slug])
    foreign, retired = make_coming(), make_coming(event)
    old = token_of(retired)
    retired.invitation.link_version = 2
    retired.invitation.save()
    wrong = [
        "",
        "junk",
        "x" * 5000,
        "<b>",
        "a\x00b",
        "' OR 1=1",
        token_of(foreign),
        old,
    ]

    for code in wrong:
        response = door.post(url, {"code": code})
        assert response.status_code == 404
        text = response.content.decode()
        assert "This code opens nothing here." in text
        assert foreign.name not in text and retired.name not in text


def test_guessing_codes_is_slowed_down(door: Client, event: Event) -> None:
    url = reverse("guests:door_code", args=[event.slug])
    codes = [door.post(url, {"code": "junk"}).status_code for _ in range(21)]
    assert codes == [404] * 20 + [429]


@pytest.mark.parametrize("name", ACTS)
def test_get_does_nothing(door: Client, event: Event, name: str) -> None:
    assert door.get(address(make_coming(event), name)).status_code == 405


@pytest.mark.parametrize("role", ["stranger", "finance", "results_desk"])
@pytest.mark.parametrize("name", ["door_card", *ACTS])
def test_the_door_is_not_there_for_others(
    request: pytest.FixtureRequest, event: Event, role: str, name: str
) -> None:
    client, url = request.getfixturevalue(role), address(make_coming(event), name)
    data = {"nonce": "x", "reason": "x", "tag": "x"}
    answer = client.get(url) if name == "door_card" else client.post(url, data)
    assert answer.status_code == 404
    assert not event.admissions.exists()


@pytest.mark.parametrize("name", ["door_card", *ACTS])
def test_a_guest_of_another_event_is_404(door: Client, event: Event, name: str) -> None:
    for guest_id in (make_coming().pk, 0, 10**30):
        url = reverse(f"guests:{name}", args=[event.slug, guest_id])
        data = {"nonce": "x", "reason": "x", "tag": "x"}
        answer = door.get(url) if name == "door_card" else door.post(url, data)
        assert answer.status_code == 404


def test_card_and_search_take_a_constant_number_of_queries(
    door: Client, event: Event, django_assert_num_queries: Any
) -> None:
    category = make_category(event)
    alone = make_nominated_guest(event, category, name="Single Guest")
    for number in range(6):
        guest = make_nominated_guest(event, category, name=f"Twin {number}")
        for _ in range(number):
            make_plus_one(guest)
    win(category, guest)

    # A winner's card asks for the code to pay by, and which hosts have a PIN.
    for one, queries in ((alone, 12), (guest, 16)):
        with django_assert_num_queries(queries):
            door.get(address(one))
    # Nominees are looked for where not too many guests are found already.
    for text, queries in (("single", 11), ("twin", 10)):
        with django_assert_num_queries(queries):
            find(door, event, text)
