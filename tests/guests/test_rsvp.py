"""Answers and seats: what one person may say, and what then stands."""

from datetime import timedelta

import pytest

from events.models import Event, Message
from guests import rsvp, seats
from guests.models import Guest
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
)
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, party_of, say

pytestmark = pytest.mark.django_db


def letters_to(guest: Guest) -> list[str]:
    rows = Message.objects.filter(about=guest.invitation.about)
    return list(rows.values_list("kind", flat=True))


def test_a_yes_takes_a_seat() -> None:
    guest = say(make_guest(make_event(capacity=2)))
    assert guest.answer == YES
    assert guest.answered_at == AT
    assert seats.of(guest.event).left == 1


def test_a_no_frees_the_seat_and_those_of_the_party() -> None:
    guest = make_guest(make_event(capacity=3), plus_ones=2)
    say(guest, YES, "Ann", "Bob")
    assert seats.of(guest.event).left == 0
    say(guest, NO)
    assert seats.of(guest.event).left == 3
    assert party_of(guest) == []


def test_an_answer_can_be_changed_back_and_forth() -> None:
    guest = make_guest(plus_ones=1)
    for reply in (YES, NO, WAITLISTED, YES):
        assert say(guest, reply).answer == reply
    assert letters_to(guest) == [
        "confirmation",
        "decline",
        "waitlisted",
        "offer",
        "confirmation",
    ]


def test_a_plus_one_is_a_person_of_the_same_invitation() -> None:
    guest = make_guest(plus_ones=1)
    say(guest, YES, "  Zoë   Kravitz ")
    person = guest.plus_one_guests.get()
    assert (person.name, person.name_key) == ("Zoë Kravitz", "zoe kravitz")
    assert (person.invitation, person.answer) == (guest.invitation, YES)


def test_a_renamed_plus_one_keeps_row_and_pass() -> None:
    guest = make_guest(plus_ones=1)
    say(guest, YES, "An")
    before = guest.plus_one_guests.get().public_id
    say(guest, YES, "Ann")
    assert party_of(guest) == ["Ann"]
    assert guest.plus_one_guests.get().public_id == before


def test_who_stays_keeps_their_own_pass_when_another_is_taken_off() -> None:
    guest = make_guest(plus_ones=2)
    say(guest, YES, "Ann", "Bob")
    bob = guest.plus_one_guests.get(name="Bob").public_id
    say(guest, YES, "Bob")
    assert party_of(guest) == ["Bob"]
    assert guest.plus_one_guests.get(removed_at=None).public_id == bob


def test_the_order_of_the_names_says_nothing() -> None:
    guest = make_guest(plus_ones=2)
    first = say(guest, YES, "Ann", "Bob").invitation.version
    assert say(guest, YES, "Bob", "Ann").invitation.version == first


def test_names_of_nothing_bring_nobody() -> None:
    guest = make_guest(plus_ones=3)
    say(guest, YES, " ", "\u200b", "…", "Ann")
    assert party_of(guest) == ["Ann"]


def test_nobody_brings_more_than_the_invitation_allows() -> None:
    guest = make_guest(plus_ones=1)
    with pytest.raises(rsvp.TooManyPlusOnes):
        say(guest, YES, "Ann", "Bob")
    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.WAITING


def test_an_allowance_lowered_later_sends_nobody_home() -> None:
    guest = make_guest(plus_ones=2)
    say(guest, YES, "Ann", "Bob")
    guest.invitation.plus_ones = 1
    guest.invitation.save()
    say(guest, YES, "Ann", "Rob")
    assert party_of(guest) == ["Ann", "Rob"]
    with pytest.raises(rsvp.TooManyPlusOnes):
        say(guest, YES, "Ann", "Rob", "Cy")


def test_the_same_answer_twice_writes_nothing_and_to_nobody() -> None:
    guest = make_guest(plus_ones=1)
    say(guest, YES, "Ann")
    written = (
        list(Guest.objects.order_by("pk").values_list()),
        guest.event.activities.count(),
    )
    again = say(guest, YES, "Ann", version=0)
    assert again.invitation.version == 1
    assert letters_to(guest) == ["confirmation"]
    assert written == (
        list(Guest.objects.order_by("pk").values_list()),
        guest.event.activities.count(),
    )


def test_plus_ones_count_as_heads() -> None:
    event = make_event(capacity=2)
    guest = make_guest(event, plus_ones=2)
    with pytest.raises(rsvp.EventFull) as full:
        say(guest, YES, "Ann", "Bob")
    assert (full.value.seats_left, full.value.seats_held) == (2, 0)
    say(guest, YES, "Ann")
    assert seats.of(event).heads == 2


def test_a_full_room_leaves_what_stood_before() -> None:
    event = make_event(capacity=1)
    guest = make_guest(event, plus_ones=1)
    say(guest, YES)
    with pytest.raises(rsvp.EventFull) as full:
        say(guest, YES, "Ann")
    assert (full.value.seats_left, full.value.seats_held) == (0, 1)
    guest.refresh_from_db()
    assert guest.answer == YES
    assert letters_to(guest) == ["confirmation"]


def test_the_waiting_list_takes_no_seat() -> None:
    event = make_event(capacity=1)
    say(make_guest(event))
    late = say(make_guest(event, plus_ones=1), WAITLISTED, "Ann")
    assert late.answer == WAITLISTED
    assert seats.of(event).heads == 1
    assert party_of(late) == []


def test_a_freed_seat_can_be_taken_from_the_waiting_list() -> None:
    event = make_event(capacity=1)
    first, late = make_guest(event), make_guest(event)
    say(first)
    say(late, WAITLISTED)
    with pytest.raises(rsvp.EventFull):
        say(late)
    say(first, NO)
    assert say(late).answer == YES


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_an_event_that_is_not_open_takes_no_answers(status: str) -> None:
    guest = make_guest(make_event(status=status))
    with pytest.raises(rsvp.AnswersClosed):
        say(guest)


def test_answers_end_at_the_deadline() -> None:
    event = make_event(rsvp_deadline_at=AT)
    say(make_guest(event))
    late = make_guest(event)
    with pytest.raises(rsvp.AnswersClosed):
        rsvp.answer(late.pk, rsvp.Reply(YES), at=AT + timedelta(seconds=1))


def test_an_answer_from_an_old_page_is_refused() -> None:
    guest = make_guest(plus_ones=1)
    say(guest, YES, version=0)
    with pytest.raises(rsvp.StaleAnswer):
        say(guest, NO, version=0)
    assert say(guest, NO, version=1).answer == NO


def test_a_confirmation_carries_calendar_and_pass() -> None:
    guest = say(make_guest(plus_ones=1), YES, "Ann")
    letter = Message.objects.get()
    assert letter.kind == "confirmation"
    assert letter.context["plus_ones"] == ["Ann"]
    assert letter.context["calendar"]["method"] == "PUBLISH"
    assert letter.context["calendar"]["sequence"] == 1
    assert letter.context["qr"] == {"link": ["pass", guest.public_id, 1]}


def test_a_no_takes_the_evening_out_of_the_calendar() -> None:
    guest = make_guest()
    say(guest)
    say(guest, NO)
    letter = Message.objects.get(kind="decline")
    assert letter.context["calendar"]["method"] == "CANCEL"
    assert letter.context["calendar"]["sequence"] == 2


def test_who_has_no_address_can_answer_too() -> None:
    guest = make_guest()
    guest.invitation.contact.email = ""
    guest.invitation.contact.save()
    assert say(guest).answer == YES
    assert not Message.objects.exists()


def test_the_log_says_who_answered_for_whom() -> None:
    guest = make_guest(name="Merritt Wever", plus_ones=1)
    rsvp.answer(guest.pk, rsvp.Reply(YES, plus_ones=["Ann"]), at=AT, by="Dana")
    line = guest.event.activities.get()
    assert str(line) == "Dana for Merritt Wever answered yes with 1 "


def test_a_removed_guest_cannot_answer() -> None:
    guest = make_guest(removed_at=AT)
    with pytest.raises(Guest.DoesNotExist):
        say(guest)


def winner(event: Event, **fields: object) -> Guest:
    nominee = make_nominee(event)
    category = make_category(event, state="official", official_at=AT)
    make_nomination(category, nominee, outcome="won")
    return make_guest(event, nominee=nominee, **fields)


def test_a_winners_plus_one_owes_from_the_moment_they_are_named() -> None:
    guest = winner(make_event(plus_one_pays=True), plus_ones=1)
    say(guest, YES, "Ann")
    owed = guest.plus_one_guests.get().obligations.get()
    assert (owed.state, owed.amount_cents) == ("due", 100_000)
    say(guest, NO)
    owed.refresh_from_db()
    assert owed.state == "void"


def test_a_plus_one_owes_nothing_where_the_house_says_so() -> None:
    guest = winner(make_event(plus_one_pays=False), plus_ones=1)
    say(guest, YES, "Ann")
    assert not guest.plus_one_guests.get().obligations.exists()
