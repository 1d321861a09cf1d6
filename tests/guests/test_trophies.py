"""Statues in custody: one tag, one statue; where each is, and what is still to come."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from events.models import Category, Event, Message
from guests import trophies
from guests.actors import Actor
from guests.models import Guest, Trophy, TrophyMove
from guests.trophies import custody
from tests.factories import make_category, make_event
from tests.guests import statues
from tests.guests.doorstep import admit
from tests.guests.night import (
    make_coming,
    make_nominated_guest,
    nomination_of,
    pay,
    win,
)
from tests.guests.statues import actor, give_back, make_winner_of, moves, receive


@pytest.fixture
def category(event: Event) -> Category:
    return make_category(event)


@pytest.fixture
def winner(event: Event, category: Category) -> Guest:
    return make_winner_of(event, category)


def to_safe(event: Event, *rows: Trophy) -> list[Trophy]:
    ids = [row.pk for row in rows]
    said = {"by": actor(), "second": "Dana", "at": timezone.now()}
    return trophies.to_safe(event, ids, **said)


class TestTakingIn:
    def test_a_statue_is_taken_in_for_the_category_it_was_won_in(
        self, winner: Guest, category: Category
    ) -> None:
        trophy = receive(
            winner, " a7 ", shelf="top", inscription="To V.", condition="chipped"
        )

        assert (trophy.tag, trophy.shelf, trophy.inscription) == ("A7", "top", "To V.")
        assert trophy.nomination == nomination_of(winner, category)
        assert moves(trophy) == ["received"]
        assert trophy.moves.get().words == "A7, top, chipped"

    def test_its_owner_reads_under_which_tag_it_is_and_how_to_fetch_it(
        self, winner: Guest, category: Category
    ) -> None:
        receive(winner)

        text = statues.letter(Message.objects.get(kind="statue_in"))
        assert "Tag: A7" in text and category.name in text
        assert "the tag alone opens nothing" in text

    def test_the_same_tag_again_is_the_same_statue_and_one_letter(
        self, winner: Guest
    ) -> None:
        assert receive(winner, "A7") == receive(winner, "a7")
        assert Message.objects.filter(kind="statue_in").count() == 1

    def test_a_tag_in_use_is_refused(self, event: Event, winner: Guest) -> None:
        other = make_winner_of(event)
        receive(winner, "A7")

        with pytest.raises(trophies.TagInUse):
            receive(other, "A7")

    def test_a_tag_is_free_again_when_its_statue_went_home(self, winner: Guest) -> None:
        give_back(receive(winner, "A7"))

        assert receive(winner, "A7").released_at is None

    def test_tags_of_two_events_do_not_meet(self, winner: Guest) -> None:
        other = make_winner_of(make_event())

        assert receive(winner, "A7") != receive(other, "A7")

    def test_no_more_statues_come_in_than_were_won(
        self, event: Event, winner: Guest
    ) -> None:
        receive(winner, "A1")
        with pytest.raises(trophies.TooManyTrophies):
            receive(winner, "A2")

        category = make_category(event)
        loser = make_nominated_guest(event, category)
        win(category)
        for guest in (loser, make_coming(event)):
            with pytest.raises(trophies.TooManyTrophies):
                receive(guest, "A3")

    def test_of_several_statues_the_one_that_is_named_comes_in(
        self, event: Event
    ) -> None:
        first, second = make_category(event), make_category(event)
        guest = make_winner_of(event, first, second)
        wanted = nomination_of(guest, second)

        trophy = receive(guest, "A1", nomination_id=wanted.pk)

        assert trophy.nomination == wanted
        with pytest.raises(trophies.TooManyTrophies):
            receive(guest, "A2", nomination_id=wanted.pk)
        assert receive(guest, "A2").nomination == nomination_of(guest, first)

    def test_two_statues_alike_are_told_apart_by_their_tags(self, event: Event) -> None:
        guest = make_winner_of(event, make_category(event), make_category(event))
        one = receive(guest, "A1", inscription="30 Rock")
        two = receive(guest, "A2", inscription="30 Rock")

        give_back(one)

        two.refresh_from_db()
        assert two.released_at is None
        assert [row.tag for row in trophies.board(event).held] == ["A2"]


class TestTheCustodyLog:
    def test_every_act_is_a_line_with_a_name(self, event: Event, winner: Guest) -> None:
        trophy = receive(winner, photo=statues.picture())
        by, at = actor(), timezone.now()
        trophies.put_on_shelf(trophy.pk, "B", by=by, at=at)
        trophies.put_on_shelf(trophy.pk, "B", by=by, at=at)
        to_safe(event, trophy)
        give_back(trophy)

        assert moves(trophy) == [
            *("received", "photo", "shelved", "safe"),
            *("asked", "released"),
        ]
        last = trophy.moves.last()
        assert last.second_name and last.second_name != last.by_name

    def test_a_line_is_never_written_over_and_never_deleted(
        self, winner: Guest
    ) -> None:
        line = receive(winner).moves.get()
        for act in (
            lambda: TrophyMove.objects.filter(pk=line.pk).update(by_name="Nobody"),
            lambda: TrophyMove.objects.filter(pk=line.pk).delete(),
        ):
            with pytest.raises(IntegrityError, match="append"), transaction.atomic():
                act()
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("DELETE FROM guests_trophymove")


class TestTheSafe:
    def test_what_stays_overnight_is_locked_up_with_a_receipt(
        self, event: Event, winner: Guest
    ) -> None:
        trophy = receive(winner)

        assert to_safe(event, trophy) == [trophy]
        assert to_safe(event, trophy) == [], "twice is once"

        board = trophies.board(event)
        assert (board.held, [row.tag for row in board.in_safe]) == ((), ["A7"])
        text = statues.letter(Message.objects.get(kind="statue_safe"))
        assert "Tag: A7" in text and "receipt" in text
        assert trophy.moves.get(action="safe").second_name == "Dana"

    def test_it_leaves_the_safe_as_it_leaves_the_desk(
        self, event: Event, winner: Guest
    ) -> None:
        trophy = receive(winner)
        to_safe(event, trophy)

        assert give_back(trophy).released_to == winner.name

    def test_what_went_home_or_is_being_fetched_is_left_alone(
        self, event: Event, winner: Guest
    ) -> None:
        gone, fetched = receive(winner), receive(make_winner_of(event), "A8")
        elsewhere = receive(make_winner_of(make_event()))
        give_back(gone)
        statues.begin(fetched)

        assert to_safe(event, gone, fetched, elsewhere) == []
        with pytest.raises(custody.WentHome):
            trophies.put_on_shelf(gone.pk, "B", by=actor(), at=timezone.now())


class TestTheBoard:
    def test_each_statue_is_in_one_place(self, event: Event, winner: Guest) -> None:
        waits, safe, home = (make_winner_of(event, name=name) for name in "ABC")
        receive(winner, "A1")
        to_safe(event, receive(safe, "A2"))
        give_back(receive(home, "A3"))

        board = trophies.board(event)

        assert [row.tag for row in board.held] == ["A1"]
        assert [row.tag for row in board.in_safe] == ["A2"]
        assert [row.tag for row in board.released] == ["A3"]
        assert [row.guest for row in board.expected] == [waits]
        assert len(trophies.board(event).expected) == 1

    def test_what_is_expected_counts_statues_of_everybody_in_a_team(
        self, event: Event, winner: Guest
    ) -> None:
        """The brought one, and those who stay at home, are not waited for."""
        second = make_category(event)
        make_nominated_guest(event, second, answer="no")
        member = make_nominated_guest(event, second)
        partner = make_nominated_guest(event)
        nomination_of(member, second).nominees.add(partner.nominee)
        win(second, *second.nominations.all())
        assert len(trophies.board(event).expected) == 3

        receive(winner, "A7")

        expected = trophies.board(event).expected
        assert {row.guest for row in expected} == {member, partner}

    def test_who_is_exempt_is_not_waited_for(self, event: Event, winner: Guest) -> None:
        winner.obligations.all().delete()

        assert trophies.board(event).awaited == ()

    def test_whose_win_was_taken_back_gets_it_back(
        self, event: Event, category: Category, winner: Guest
    ) -> None:
        other = make_nominated_guest(event, category)
        trophy = receive(winner)
        assert trophies.board(event).to_return == frozenset()

        win(category, other)

        board = trophies.board(event)
        assert board.to_return == {trophy.pk}
        assert [row.guest for row in board.expected] == [other]

    def test_who_wins_while_inside_is_an_alert(
        self, event: Event, category: Category
    ) -> None:
        guest = make_nominated_guest(event, category)
        admit(guest)
        win(category, guest)

        (alert,) = trophies.board(event).alerts
        assert alert.guest == guest

        receive(guest)
        assert trophies.board(event).alerts == ()


def test_a_paid_winner_comes_in_when_the_statue_is_here(winner: Guest) -> None:
    pay(winner)
    receive(winner)

    assert admit(winner).is_new


def test_a_phone_s_name_stands_in_the_log(event: Event, winner: Guest) -> None:
    phone = statues.make_phone(event)

    by, at = Actor.of(phone), timezone.now()
    trophy = trophies.receive(winner.pk, trophies.Intake("A7"), by=by, at=at)

    assert (trophy.received_by, trophy.received_by_name) == (None, phone.name)
    assert trophy.moves.get().by_name == phone.name
