"""The door's log: in once, out once, however often and from wherever it is pressed."""

from typing import Any

import pytest
from django.utils import timezone

from events.models import Event, User
from guests import door
from guests.admission import Colour
from guests.models import Admission, Obligation
from losers_lounge.links import make_token
from tests.factories import make_category, make_event, make_nomination, make_user
from tests.guests.doorstep import admit, close, deny, log
from tests.guests.night import (
    give_back,
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)

IN, OUT, UNDONE = Admission.Action.IN, Admission.Action.OUT, Admission.Action.UNDONE


@pytest.fixture
def dot(db: None) -> User:
    return make_user("Dot")


def test_a_loser_walks_in(event: Event, dot: User) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, make_nomination(category))

    admitted = admit(guest, by=dot)

    assert admitted.is_new
    row = admitted.admission
    assert (row.by, row.by_name, row.colour) == (dot, "Dot", Colour.GREEN)
    assert door.inside_count(event) == 1


def test_a_winner_walks_in_when_the_trophy_is_checked_and_the_money_is_there(
    event: Event,
) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)

    with pytest.raises(door.NotAdmitted) as refusal:
        admit(guest)
    assert refusal.value.decision.cents_due == 100_000
    donation = pay(guest)
    with pytest.raises(door.NotAdmitted):
        admit(guest)
    guest.trophies.create(event=event, tag="A1", received_at=timezone.now())
    assert admit(guest).is_new

    give_back(donation)
    seen = door.card(guest)
    assert seen.decision.colour == Colour.GOLD
    assert seen.inside_since is not None, "a refund throws nobody out"


def test_a_waived_winner_still_leaves_the_trophy(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    guest.obligations.update(state=Obligation.State.WAIVED)

    decision = door.card(guest).decision

    assert (decision.colour, decision.cents_due) == (Colour.GOLD, 0)
    assert "The host has waived it." in decision.reasons[0]


def test_pressing_again_is_the_same_admission(event: Event) -> None:
    guest = make_coming(event)

    first, same, other = admit(guest), admit(guest), admit(guest, "another phone")

    assert [row.is_new for row in (first, same, other)] == [True, False, False]
    assert first.admission == same.admission == other.admission
    assert log(event) == [IN]


def test_a_late_copy_of_a_press_lets_nobody_in_again(event: Event) -> None:
    guest = make_coming(event)
    admit(guest, "one")
    close(guest)

    assert admit(guest, "one").is_new is False
    assert door.inside_count(event) == 0
    assert admit(guest, "two").is_new
    assert log(event) == [IN, OUT, IN]


def test_the_same_press_for_somebody_else_is_refused(event: Event) -> None:
    guest, other = make_coming(event), make_coming(event)
    admit(guest, "one")

    for act in (admit, close, deny):
        with pytest.raises(door.NonceUsed):
            act(other, nonce="one")
    with pytest.raises(door.NonceUsed):
        close(guest, nonce="one")
    assert log(event) == [IN]


def test_going_out_twice_is_once(event: Event) -> None:
    guest = make_coming(event)
    admit(guest)

    assert close(guest) == close(guest)
    assert close(guest, nonce="another phone") is None
    assert log(event) == [IN, OUT]


def test_an_undone_admission_is_written_down_with_its_reason(event: Event) -> None:
    guest = make_coming(event)
    admit(guest)

    row = close(guest, UNDONE)

    assert row is not None and row.reason == "why"
    assert door.inside_count(event) == 0
    assert event.activities.get().verb == "undid an admission"


def test_somebody_denied_is_written_down_once(event: Event) -> None:
    guest = make_coming(event)

    assert deny(guest) == deny(guest)
    assert event.admissions.get().reason == "Will not pay"


def test_somebody_inside_is_not_denied(event: Event) -> None:
    guest = make_coming(event)
    admit(guest)

    with pytest.raises(door.AlreadyInside):
        deny(guest)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", True),
        ("ZOË O", True),
        ("neill zoe", True),
        ("o'neill, jr.", True),
        ("zo", True),
        ("z", False),
        ("", False),
        ("  z  ", False),
        ("%", False),
        ("%%", False),
        ("zo%", True),
        ("z_e", False),
        ("__", False),
        ("zoe\x00", True),
        ("\\\\", False),
        ("zoe' OR 1=1 --", False),
        ("\U0001f480\U0001f480", False),
        ("x" * 6000, False),
    ],
)
def test_a_name_is_found_as_people_type_it(
    event: Event, typed: str, found: bool
) -> None:
    guest = make_coming(event, "Zoë O'Neill, Jr.")
    make_coming(event, "Xavier")

    assert (guest in door.search(event, typed)) == found


def test_somebody_is_found_by_what_else_they_are_called(event: Event) -> None:
    guest = make_coming(event, "Elizabeth Fey", aliases=["Tina Fey"])
    assert door.search(event, "tina") == [guest]


def test_a_search_reads_no_further_than_it_shows(event: Event) -> None:
    for number in range(door.SEARCH_ROWS + 5):
        make_coming(event, f"Twin {number}")

    assert len(door.search(event, "twin")) == door.SEARCH_ROWS + 1


def test_a_search_stays_within_the_event(event: Event) -> None:
    make_coming(name="Foreign Guest")
    make_coming(event, "Removed Guest", removed_at=timezone.now())

    assert door.search(event, "guest") == []


def test_a_pass_opens_the_card_of_its_own_event_until_it_is_retired(
    event: Event,
) -> None:
    guest = make_coming(event)
    token = make_token("pass", guest.public_id, guest.invitation.link_version)

    assert door.find_by_pass(event, token) == guest
    assert door.find_by_pass(make_event(), token) is None
    for wrong in (
        token[:-1],
        token + "=",
        token.swapcase(),
        "",
        ".",
        "x" * 5000,
        "é.é",
    ):
        assert door.find_by_pass(event, wrong) is None
    guest.invitation.link_version += 1
    guest.invitation.save()
    assert door.find_by_pass(event, token) is None


def test_a_card_takes_as_many_queries_alone_as_with_twenty(
    event: Event, django_assert_num_queries: Any
) -> None:
    category = make_category(event)
    guests = [make_nominated_guest(event, category) for _ in range(20)]
    guests += [make_plus_one(guest) for guest in guests]
    win(category, guests[0])

    with django_assert_num_queries(5):
        door.card(guests[0])
    with django_assert_num_queries(5):
        assert len(door.cards(guests)) == 40
