"""What a host may ask of the list, alone and together."""

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Message
from guests.listing import filtering
from guests.models import Guest, Invitation
from tests.factories import make_event, make_nominee
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.night import pay
from tests.guests.people import AT, NO, WAITLISTED, YES, say

pytestmark = pytest.mark.django_db
State = Message.State


def names(event: Event, **query: str) -> list[str]:
    found = filtering.read(query).guests(event)
    return sorted(found.values_list("name", flat=True))


def write_to(guest: Guest, state: str = State.SENT) -> Message:
    """A letter of invitation that stands so."""
    number = Message.objects.count()
    is_in_hand = state in {State.CLAIMED, State.HANDING_OVER}
    Invitation.objects.filter(pk=guest.invitation_id).update(invited_at=AT)
    return Message.objects.create(
        event=guest.event,
        kind="invitation",
        about=guest.invitation.about,
        dedupe_key=f"test/{number}",
        recipient_name=guest.name,
        recipient_email="guest@guests.example",
        template="guests/email/invitation",
        state=state,
        sent_at=AT if state == State.SENT else None,
        lease_until=AT if is_in_hand else None,
        claim_id="0" * 32 if is_in_hand else None,
        not_before=AT,
        created_at=AT,
    )


class TestTheAddress:
    def test_filters_are_kept_as_they_were_read(self) -> None:
        query = {"q": "tina", "answer": "yes", "tag": "press", "vip": "1"}
        assert filtering.read(query).as_query() == query

    @pytest.mark.parametrize(
        "query",
        [
            {"answer": "password"},
            {"wave": "-1"},
            {"wave": "0"},
            {"wave": "٣"},
            {"wave": "9" * 40},
            {"letter": "sent'--"},
            {"owes": "everything"},
            {"vip": "yes"},
            {"q": "   "},
            {"tag": "x" * 41},
            {"page": "2", "event": "7"},
        ],
        ids=str,
    )
    def test_what_makes_no_sense_asks_nothing(self, query: dict[str, str]) -> None:
        assert filtering.read(query) == filtering.ListFilters()


class TestNames:
    def test_another_name_finds_them_too(self, event: Event) -> None:
        make_guest(event, name="Stefani Germanotta", aliases=["Lady Gága"])
        assert names(event, q="GAGA") == ["Stefani Germanotta"]

    def test_two_names_are_not_read_as_one(self, event: Event) -> None:
        make_guest(event, name="Ann", aliases=["Bob"])
        assert names(event, q="ann bob") == []

    def test_two_letters_are_the_beginning_of_a_word(self, event: Event) -> None:
        make_guest(event, name="Jon Hamm")
        make_guest(event, name="Mary Jo Deschanel")
        make_guest(event, name="Ann", aliases=["Joey"])
        make_guest(event, name="Banjo Paterson")
        assert names(event, q="jo") == ["Ann", "Jon Hamm", "Mary Jo Deschanel"]

    def test_a_plus_one_is_found_under_who_brings_them(self, event: Event) -> None:
        say(make_guest(event, name="Tina", plus_ones=1), YES, "Jeff")
        assert names(event, q="jeff") == ["Tina"]

    @pytest.mark.parametrize("few", [0, 1_000])
    def test_many_and_few_are_found_alike(
        self, event: Event, few: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(filtering, "FEW", few)
        say(make_guest(event, name="Tina Fey", plus_ones=1), YES, "Jeff Fey")
        gone = make_guest(event, name="Fey Gone", removed_at=AT)
        make_guest(event, name="Ann", invitation=gone.invitation, plus_one_of=gone)
        make_guest(event, name="Bob")
        make_guest(make_event(), name="Another Fey")
        assert names(event, q="fey") == ["Tina Fey"]
        assert names(event, q="bo") == ["Bob"]


class TestWhereTheyStand:
    def test_guests_are_found_by_their_answer(self, event: Event) -> None:
        say(make_guest(event, name="Ann"), YES)
        say(make_guest(event, name="Bob"), NO)
        say(make_guest(event, name="Cy"), WAITLISTED)
        make_guest(event, name="Di")
        assert names(event, answer="yes") == ["Ann"]
        assert names(event, answer="waitlisted") == ["Cy"]
        assert names(event, answer="waiting") == ["Di"]

    def test_guests_are_found_by_their_wave(self, event: Event) -> None:
        make_guest(event, name="Ann")
        make_guest(event, name="Bob", invitation=make_invitation(event, wave=2))
        assert names(event, wave="2") == ["Bob"]

    def test_a_tag_is_matched_letter_by_letter(self, event: Event) -> None:
        make_guest(event, name="Ann", tags=["press", 'a "b" %s'])
        make_guest(event, name="Bob", tags=["impress", "Press"])
        make_guest(event, name="Cy")
        assert names(event, tag="press") == ["Ann"]
        assert names(event, tag='a "b" %s') == ["Ann"]
        assert names(event, tag="res") == []

    def test_nominees_vips_needs_and_those_without_an_address(
        self, event: Event
    ) -> None:
        make_guest(event, name="Ann", nominee=make_nominee(event))
        make_guest(event, name="Bob", is_vip=True)
        make_guest(event, name="Cy", dietary="no nuts")
        make_guest(event, name="Di", accessibility="a ramp")
        nowhere = make_invitation(event, make_contact(event, email=""))
        make_guest(event, name="Ed", invitation=nowhere)
        assert names(event, nominee="1") == ["Ann"]
        assert names(event, vip="1") == ["Bob"]
        assert names(event, needs="1") == ["Cy", "Di"]
        assert names(event, no_address="1") == ["Ed"]

    def test_a_plus_one_without_a_name(self, event: Event) -> None:
        say(make_guest(event, name="Ann", plus_ones=2), YES, "Al")
        say(make_guest(event, name="Bob", plus_ones=1), YES, "Bo")
        say(make_guest(event, name="Cy", plus_ones=1), YES)
        say(make_guest(event, name="Di", plus_ones=1), NO)
        make_guest(event, name="Ed", plus_ones=1)
        unnamed = make_guest(event, name="Flo", plus_ones=1, answer=YES)
        make_guest(
            event,
            name="Guest of Flo",
            invitation=unnamed.invitation,
            plus_one_of=unnamed,
            answer=YES,
            is_unnamed=True,
        )
        assert names(event, unnamed="1") == ["Ann", "Cy", "Flo"]

    def test_who_owes_and_who_has_paid(self, event: Event, winner: Guest) -> None:
        make_guest(event, name="Ann")
        assert names(event, owes="due") == ["Vince"]
        assert names(event, owes="settled") == []
        pay(winner)
        assert names(event, owes="due") == []
        assert names(event, owes="settled") == ["Vince"]


class TestLetters:
    @pytest.mark.parametrize("few", [0, 1_000])
    @pytest.mark.parametrize(
        ("state", "letter"),
        [
            (State.HELD, "under_way"),
            (State.QUEUED, "under_way"),
            (State.CLAIMED, "under_way"),
            (State.HANDING_OVER, "under_way"),
            (State.SENT, "sent"),
            (State.FAILED, "failed"),
            (State.UNKNOWN, "unknown"),
            (State.BOUNCED, "bounced"),
            (State.COMPLAINED, "complained"),
            (State.SUPPRESSED, "suppressed"),
        ],
    )
    def test_by_how_the_invitation_stands(
        self,
        event: Event,
        state: str,
        letter: str,
        few: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(filtering, "FEW", few)
        write_to(make_guest(event, name="Ann"), state)
        make_guest(event, name="Bob")
        for choice in filtering.LETTERS:
            expected = {letter: ["Ann"], "none": ["Bob"]}.get(choice, [])
            assert names(event, letter=choice) == expected

    @pytest.mark.parametrize("few", [0, 1_000])
    def test_only_the_latest_letter_counts(
        self, event: Event, few: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(filtering, "FEW", few)
        guest = make_guest(event, name="Ann")
        write_to(guest, State.BOUNCED)
        write_to(guest, State.SENT)
        assert names(event, letter="bounced") == []
        assert names(event, letter="sent") == ["Ann"]

    def test_a_letter_about_something_else_is_none_of_theirs(
        self, event: Event
    ) -> None:
        letter = write_to(make_guest(event, name="Ann"), State.FAILED)
        for mark in ("contact/7", "invitation/", "invitation/x", "invitation/1/2"):
            letter.about = mark
            letter.save(update_fields=["about"])
            assert names(event, letter="failed") == []


def test_filters_combine(event: Event) -> None:
    for name, tags in (("Ann", ["press"]), ("Bob", ["press"]), ("Ann B", [])):
        say(make_guest(event, name=name, tags=tags), YES)
    make_guest(event, name="Ann C", tags=["press"])
    assert names(event, q="ann", tag="press", answer="yes") == ["Ann"]


def test_a_question_costs_the_same_whatever_is_found(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    everything = {
        "q": "guest",
        "answer": "yes",
        "tag": "a",
        "letter": "sent",
        "owes": "due",
    }
    for size in (3, 20):
        for _ in range(size):
            write_to(say(make_guest(event, tags=["a"]), YES))
        with django_assert_max_num_queries(3):
            names(event, **everything)
