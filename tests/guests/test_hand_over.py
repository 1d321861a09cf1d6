"""A statue goes out: two people for its owner, a code for whoever comes instead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event, Message
from guests.actors import Actor
from guests.models import Guest, HandOver, Trophy
from guests.trophies import custody, hand_over
from tests.factories import make_user
from tests.guests.statues import (
    actor,
    begin,
    code_sent_for,
    confirm,
    give_back,
    host_of,
    make_phone,
    make_winner_of,
    moves,
    receive,
    send_code,
    try_code,
)

WRONG = "000000"


@pytest.fixture
def winner(event: Event) -> Guest:
    return make_winner_of(event)


@pytest.fixture
def trophy(winner: Guest) -> Trophy:
    return receive(winner)


def is_here(trophy: Trophy) -> bool:
    trophy.refresh_from_db()
    return trophy.released_at is None


def wrong_code(row: HandOver) -> str:
    return "111111" if code_sent_for(row) == WRONG else WRONG


class TestItsOwner:
    def test_two_people_hand_it_over(self, trophy: Trophy, winner: Guest) -> None:
        dot, dana = actor(), actor()
        row = begin(trophy, dot)
        assert is_here(trophy), "one person has looked, and one is not enough"

        confirm(row, dana)

        trophy.refresh_from_db()
        assert (trophy.released_to, trophy.released_by) == (winner.name, dana.user)
        line = trophy.moves.last()
        assert (line.by_name, line.second_name) == (dana.name, dot.name)
        assert "photo ID shown" in line.words

    def test_the_same_person_is_no_second_one(
        self, event: Event, trophy: Trophy
    ) -> None:
        for by in (actor(), Actor.of(make_phone(event))):
            row = begin(trophy, by)
            with pytest.raises(hand_over.SamePerson):
                confirm(row, by)
            assert is_here(trophy)
            hand_over.cancel(row.pk, by=by, at=timezone.now())

    @pytest.mark.parametrize("holder", ["Kim Lee", "kim", "LEE Kim"])
    def test_an_account_and_the_phone_of_one_person_are_one(
        self, event: Event, trophy: Trophy, holder: str
    ) -> None:
        """Whoever holds a phone may have an account as well, or a second phone."""
        kim, dot = Actor.of(make_user("Kim Lee")), Actor.of(make_user("Dot"))
        phone, other = (make_phone(event, name=holder) for _ in range(2))
        for one, two in ((phone, kim), (kim, phone), (phone, other)):
            one, two = (x if isinstance(x, Actor) else Actor.of(x) for x in (one, two))
            row = begin(trophy, one)
            with pytest.raises(hand_over.SamePerson):
                confirm(row, two)
            assert is_here(trophy)
            hand_over.cancel(row.pk, by=one, at=timezone.now())
        confirm(begin(trophy, dot), Actor.of(phone))
        assert not is_here(trophy)

    def test_two_accounts_of_one_name_are_two_people(self, trophy: Trophy) -> None:
        kim, namesake = (Actor.of(make_user("Kim Lee")) for _ in range(2))
        confirm(begin(trophy, kim), namesake)
        assert not is_here(trophy)

    def test_two_phones_are_two_people(self, event: Event, trophy: Trophy) -> None:
        one, other = (Actor.of(make_phone(event)) for _ in range(2))

        confirm(begin(trophy, one), other)

        assert not is_here(trophy)

    def test_an_event_of_one_organiser_needs_one(
        self, event: Event, trophy: Trophy
    ) -> None:
        event.second_confirmation_required = False
        event.save()

        row = begin(trophy)

        assert row.done_at is not None
        assert not is_here(trophy)
        assert trophy.moves.last().second_name == ""

    def test_twice_is_once(self, trophy: Trophy) -> None:
        by = actor()
        row = begin(trophy, by)
        assert begin(trophy, by) == row
        first = confirm(row)
        again = confirm(row, by)

        assert first.done_by_name == again.done_by_name
        assert moves(trophy).count("released") == 1
        with pytest.raises(custody.WentHome):
            begin(trophy)

    def test_only_one_hand_over_is_open(self, trophy: Trophy) -> None:
        begin(trophy)

        with pytest.raises(hand_over.UnderWay):
            begin(trophy)
        with pytest.raises(hand_over.UnderWay):
            send_code(trophy)

    def test_a_stopped_one_hands_nothing_over(self, trophy: Trophy) -> None:
        row = begin(trophy)
        hand_over.cancel(row.pk, by=actor(), at=timezone.now())
        hand_over.cancel(row.pk, by=actor(), at=timezone.now())

        with pytest.raises(hand_over.Over):
            confirm(row)
        assert is_here(trophy)
        assert moves(trophy).count("cancelled") == 1
        assert not is_here(give_back(trophy)), "and it can be begun again"


class TestAProxy:
    def test_the_owner_s_code_hands_it_over(self, trophy: Trophy) -> None:
        row = send_code(trophy, "A driver")

        try_code(row, code_sent_for(row))

        trophy.refresh_from_db()
        assert trophy.released_to == "A driver"
        assert moves(trophy)[-2:] == ["code", "released"]

    def test_the_letter_goes_to_the_owner_and_to_nobody_else(
        self, trophy: Trophy, winner: Guest
    ) -> None:
        row = send_code(trophy)
        (message,) = Message.objects.filter(kind="statue_code")

        assert message.recipient_email == winner.invitation.contact.email
        assert not message.is_bulk, "it waits for no hour"
        code = code_sent_for(row)
        assert code not in str(Message.objects.values_list())
        assert code not in str(HandOver.objects.values_list()), "no row opens it"

    def test_a_tag_alone_never_releases(self, trophy: Trophy) -> None:
        """Not by knowing it, typing it for a code, or being its second person."""
        row = send_code(trophy)
        for guess in (trophy.tag, "", f"{trophy.pk:06}", row.code_hash):
            with pytest.raises((hand_over.WrongCode, hand_over.Over)):
                try_code(row, guess)
        with pytest.raises(hand_over.WrongWay):
            confirm(row)
        assert is_here(trophy)

    def test_five_wrong_codes_spend_it(self, trophy: Trophy) -> None:
        row = send_code(trophy)
        left = []
        for _ in range(hand_over.TRIES - 1):
            with pytest.raises(hand_over.WrongCode) as refusal:
                try_code(row, wrong_code(row))
            left.append(refusal.value.tries_left)
        assert left == [4, 3, 2, 1]

        with pytest.raises(hand_over.Over):
            try_code(row, wrong_code(row))
        with pytest.raises(hand_over.Over):
            try_code(row, code_sent_for(row))
        assert is_here(trophy)
        assert moves(trophy).count("wrong") == 5
        assert send_code(trophy) != row

    def test_a_code_is_good_for_half_an_hour(self, trophy: Trophy) -> None:
        row = send_code(trophy)
        late = timezone.now() + timedelta(minutes=31)

        with pytest.raises(hand_over.Over):
            try_code(row, code_sent_for(row), at=late)
        fresh = send_code(trophy, at=late)

        assert code_sent_for(fresh) != code_sent_for(row)
        with pytest.raises(hand_over.Over):
            try_code(row, code_sent_for(row), at=late)
        try_code(fresh, code_sent_for(fresh), at=late)
        assert not is_here(trophy)

    def test_a_code_is_for_one_statue(self, event: Event, trophy: Trophy) -> None:
        other = receive(make_winner_of(event), "A8")
        mine, theirs = send_code(trophy), send_code(other)

        with pytest.raises(hand_over.WrongCode):
            try_code(theirs, code_sent_for(mine))

    def test_codes_are_not_sent_by_the_dozen(self, trophy: Trophy) -> None:
        for _ in range(hand_over.MOST_CODES):
            row = send_code(trophy)
            hand_over.cancel(row.pk, by=actor(), at=timezone.now())

        with pytest.raises(hand_over.TooManyCodes):
            send_code(trophy)

    def test_a_code_again_for_the_same_one_is_the_same_code(
        self, trophy: Trophy
    ) -> None:
        by = actor()

        assert send_code(trophy, by=by) == send_code(trophy, by=by)
        assert Message.objects.filter(kind="statue_code").count() == 1


class TestWithoutAnAddress:
    @pytest.fixture
    def winner(self, winner: Guest) -> Guest:
        contact = winner.invitation.contact
        contact.email = ""
        contact.save()
        return winner

    def test_no_code_is_sent(self, trophy: Trophy) -> None:
        with pytest.raises(hand_over.NoAddress):
            send_code(trophy)

    def test_a_host_decides_with_a_reason_and_a_second_person(
        self, event: Event, trophy: Trophy
    ) -> None:
        amy = host_of(event)
        said = {"to": "His brother", "at": timezone.now()}
        for by, reason in ((actor(), "I know him."), (amy, "")):
            with pytest.raises(hand_over.HostDecides):
                hand_over.begin_by_host(trophy.pk, reason=reason, by=by, **said)
        row = hand_over.begin_by_host(trophy.pk, reason="I know him.", by=amy, **said)
        with pytest.raises(hand_over.SamePerson):
            confirm(row, amy)

        confirm(row)

        trophy.refresh_from_db()
        assert trophy.released_to == "His brother"
        assert "I know him." in trophy.moves.last().words


def test_a_host_decides_nothing_for_an_owner_who_can_be_asked(
    event: Event, trophy: Trophy
) -> None:
    said = {"to": "A friend", "reason": "I know him.", "at": timezone.now()}
    with pytest.raises(hand_over.HostDecides):
        hand_over.begin_by_host(trophy.pk, by=host_of(event), **said)


def test_what_is_over_comes_back_only_by_its_owner(trophy: Trophy) -> None:
    """A statue that went home is fetched by nobody else."""
    give_back(trophy)
    for act in (begin, send_code):
        with pytest.raises(custody.WentHome):
            act(trophy)
