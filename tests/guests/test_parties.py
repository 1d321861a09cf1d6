"""Plus-ones as people: who stays, who is renamed, who is named later."""

from typing import Any

import pytest

from events.models import Message
from guests import parties, rsvp, seats
from guests.models import Guest
from tests.factories import make_category, make_event, make_nomination, make_nominee
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, YES, party_of

pytestmark = pytest.mark.django_db


def come(guest: Guest, *names: str, unnamed: int = 0) -> list[tuple[str, bool]]:
    """Say yes with these people; whom the guest brings now, and who has no name."""
    rsvp.answer(guest.pk, rsvp.Reply(YES, plus_ones=names, unnamed=unnamed), at=AT)
    rows = guest.plus_one_guests.filter(removed_at=None).order_by("pk")
    return [(row.name, row.is_unnamed) for row in rows]


@pytest.fixture
def guest(db: None) -> Guest:
    return make_guest(make_event(capacity=9), "Merritt Wever", plus_ones=3)


def test_somebody_named_later_takes_a_seat_and_has_a_pass(guest: Guest) -> None:
    assert come(guest, "Ann", unnamed=1) == [
        ("Ann", False),
        ("Guest of Merritt Wever", True),
    ]
    assert seats.of(guest.event).heads == 3
    letter = Message.objects.get()
    assert (letter.context["plus_ones"], letter.context["unnamed"]) == (["Ann"], 1)


def test_the_name_that_comes_later_goes_to_the_row_that_waited(guest: Guest) -> None:
    come(guest, unnamed=1)
    before = guest.plus_one_guests.get().public_id
    assert come(guest, "Ann") == [("Ann", False)]
    assert guest.plus_one_guests.get().public_id == before


def test_who_is_renamed_leaves_the_nameless_one_alone(guest: Guest) -> None:
    come(guest, "Ann", unnamed=1)
    assert come(guest, "Bob", unnamed=1) == [
        ("Bob", False),
        ("Guest of Merritt Wever", True),
    ]


def test_a_name_may_be_taken_back_and_told_later(guest: Guest) -> None:
    come(guest, "Ann")
    assert come(guest, unnamed=1) == [("Guest of Merritt Wever", True)]


def test_the_same_party_twice_changes_nothing(guest: Guest) -> None:
    come(guest, "Ann", unnamed=2)
    version = Guest.objects.get(pk=guest.pk).invitation.version
    come(guest, "Ann", unnamed=2)
    guest.invitation.refresh_from_db()
    assert guest.invitation.version == version
    assert Message.objects.count() == 1


def test_a_host_who_answers_leaves_the_nameless_one_nameless(guest: Guest) -> None:
    come(guest, "Ann", unnamed=1)
    rows = guest.plus_one_guests.order_by("pk")
    names = list(rows.values_list("name", flat=True))
    assert come(guest, *names) == [("Ann", False), ("Guest of Merritt Wever", True)]


def test_people_without_a_name_count_against_the_allowance(guest: Guest) -> None:
    with pytest.raises(rsvp.TooManyPlusOnes):
        come(guest, "Ann", "Bob", unnamed=2)


def test_an_allowance_lowered_later_sends_nobody_home(guest: Guest) -> None:
    come(guest, "Ann", unnamed=1)
    guest.invitation.plus_ones = 0
    guest.invitation.save()
    assert come(guest, "Ann", "Bob") == [("Ann", False), ("Bob", False)]


def test_another_person_takes_over_the_seat_and_nothing_of_who_had_it(
    guest: Guest,
) -> None:
    come(guest, "Ann")
    guest.plus_one_guests.update(
        dietary="No nuts", accessibility="A ramp", aliases=["Annie"], is_blocked=True
    )
    come(guest, "Bob")
    row = guest.plus_one_guests.get()
    assert (row.dietary, row.accessibility, row.aliases) == ("", "", [])
    assert row.is_blocked


def test_a_name_spelled_better_is_the_same_person(guest: Guest) -> None:
    come(guest, "zoe kravitz")
    guest.plus_one_guests.update(dietary="No nuts")
    come(guest, "Zoë Kravitz")
    row = guest.plus_one_guests.get()
    assert (row.name, row.dietary) == ("Zoë Kravitz", "No nuts")


def test_a_long_name_leaves_room_for_its_guest() -> None:
    guest = make_guest(name="x" * 200)
    assert len(parties.placeholder(guest)) == 200


def won_by(event: Any, name: str) -> Any:
    nominee = make_nominee(event, name)
    category = make_category(event, state="official", official_at=AT)
    make_nomination(category, nominee, outcome="won")
    return nominee


def test_a_plus_one_who_is_a_nominee_owes_and_wins_by_their_own(guest: Guest) -> None:
    nominee = won_by(guest.event, "Zoë Kravitz")
    come(guest, "Zoe Kravitz")
    row = guest.plus_one_guests.get()
    assert row.nominee == nominee
    assert row.obligations.get().state == "due"


def test_a_nominee_who_does_not_come_along_after_all_owes_nothing(
    guest: Guest,
) -> None:
    won_by(guest.event, "Zoë Kravitz")
    come(guest, "Zoe Kravitz")
    owed = guest.plus_one_guests.get().obligations.get()
    come(guest, "Ann")
    owed.refresh_from_db()
    assert owed.state == "void"
    assert guest.plus_one_guests.get().nominee is None
    come(guest, "Zoe Kravitz")
    assert guest.plus_one_guests.get().obligations.filter(state="due").count() == 1
    rsvp.answer(guest.pk, rsvp.Reply(NO), at=AT)
    assert not guest.plus_one_guests.get().obligations.filter(state="due").exists()


def test_who_may_be_somebody_on_the_list_is_left_to_the_host(guest: Guest) -> None:
    nominee = make_nominee(guest.event, "Zoë Kravitz")
    invited = make_guest(guest.event, "Zoe Kravitz", nominee=nominee)
    come(guest, "Zoë Kravitz")
    assert guest.plus_one_guests.get().nominee is None
    invited.refresh_from_db()
    assert invited.nominee == nominee


def test_what_the_venue_should_know_is_kept_for_each_person(guest: Guest) -> None:
    come(guest, "Ann")
    ann, other = guest.plus_one_guests.get(), make_guest(guest.event)
    needs = {
        row.public_id: {"dietary": f"No {row.name}", "accessibility": ""}
        for row in (guest, ann, other)
    }
    assert parties.note_needs(guest, needs, AT) == 2
    assert parties.note_needs(guest, needs, AT) == 0
    for row in (guest, ann, other):
        row.refresh_from_db()
    assert (ann.dietary, other.dietary) == ("No Ann", "")
    assert guest.event.activities.filter(verb__startswith="told what").count() == 1


def test_the_evening_leaves_the_calendar_with_the_last_who_comes(guest: Guest) -> None:
    other = make_guest(invitation=guest.invitation)
    for person in (guest, other):
        rsvp.answer(person.pk, rsvp.Reply(YES), at=AT)
    for person in (guest, other):
        rsvp.answer(person.pk, rsvp.Reply(NO), at=AT)
    methods = [
        letter.context["calendar"]["method"]
        for letter in Message.objects.filter(kind="decline").order_by("pk")
    ]
    assert methods == ["PUBLISH", "CANCEL"]
    assert party_of(guest) == []


def test_a_changed_party_gets_a_letter_of_its_own(guest: Guest) -> None:
    come(guest)
    come(guest, "Ann")
    assert [m.kind for m in Message.objects.order_by("pk")] == [
        "confirmation",
        "changed",
    ]
    first, second = Message.objects.order_by("pk")
    assert first.context["calendar"]["uid"] == second.context["calendar"]["uid"]
    sequences = [m.context["calendar"]["sequence"] for m in (first, second)]
    assert sequences == [1, 2]
