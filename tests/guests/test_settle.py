"""Somebody inside becomes a winner: a quiet list, a letter, and asking on."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Category, Event, Message
from guests import trophies
from guests.actors import Actor
from guests.door import settle, waivers
from guests.models import Guest, Obligation
from tests.factories import make_category, make_event, make_user
from tests.guests.doorstep import admit
from tests.guests.night import (
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)
from tests.guests.people import browser_of, page_of
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DOOR = Actor("Door")


@pytest.fixture
def category(event: Event) -> Category:
    return make_category(event, "Outstanding Drama Series")


@pytest.fixture
def inside(event: Event, category: Category) -> Guest:
    """Vince came in while his category was open, and has won it since."""
    guest = make_nominated_guest(event, category, name="Vince")
    admit(guest, f"in/{guest.pk}")
    win(category, guest)
    return guest


def names(event: Event) -> list[str]:
    return [row.guest.name for row in settle.inside_owing(event)]


def letters_to(guest: Guest) -> list[Message]:
    rows = Message.objects.filter(kind="settle", about=guest.invitation.about)
    return list(rows.order_by("pk"))


def test_who_wins_inside_is_on_the_list_with_why_and_the_statue(
    event: Event, inside: Guest
) -> None:
    (row,) = settle.inside_owing(event)

    assert (row.guest, row.cents) == (inside, 100_000)
    assert "Outstanding Drama Series" in row.owed[0].why
    assert row.since == inside.obligations.get().due_at
    assert [statue.is_missing for statue in row.card.statues] == [True]
    assert row.letter is None


def test_a_winner_outside_is_not(event: Event, category: Category) -> None:
    win(category, make_nominated_guest(event, category))

    assert names(event) == []


def test_money_and_statue_take_them_off_the_list(event: Event, inside: Guest) -> None:
    pay(inside)
    assert [row.cents for row in settle.inside_owing(event)] == [0]

    intake = trophies.Intake("7")
    trophies.receive(inside.pk, intake, by=Actor.of(make_user()), at=NOW)

    assert names(event) == []


def test_who_is_let_off_owes_the_statue_alone(event: Event, inside: Guest) -> None:
    waivers.waive(inside.obligations.get().pk, "A friend", by=make_user(), at=NOW)

    assert [row.cents for row in settle.inside_owing(event)] == [0]


def test_a_correction_takes_them_off_the_list(
    event: Event, category: Category, inside: Guest
) -> None:
    win(category)

    assert names(event) == []


def test_a_winners_plus_one_inside_owes_where_they_pay(
    event: Event, category: Category
) -> None:
    event.plus_one_pays = True
    event.save(update_fields=["plus_one_pays"])
    winner = make_nominated_guest(event, category)
    friend = make_plus_one(winner, "Ann")
    admit(friend, f"in/{friend.pk}")

    win(category, winner)

    (row,) = settle.inside_owing(event)
    assert (row.guest, row.cents) == (friend, 100_000)
    assert row.owed[0].why.startswith(f"With {winner.name}: Won Outstanding")


def test_a_letter_says_what_why_and_where_once_a_press(inside: Guest) -> None:
    press = {"nonce": "n1", "by": DOOR}

    assert settle.tell(inside.pk, **press, at=NOW) is True
    assert settle.tell(inside.pk, **press, at=NOW) is False

    (letter,) = letters_to(inside)
    assert letter.context["whys"] == [inside.obligations.get().why]
    assert letter.context["amount_cents"] == 100_000
    assert letter.context["link"]["link"][0] == "invitation"
    assert inside.event.activities.get(verb="asked to settle").actor_name == "Door"


def test_nobody_is_written_to_twice_within_minutes(inside: Guest) -> None:
    settle.tell(inside.pk, nonce="n1", by=DOOR, at=NOW)

    with pytest.raises(settle.ToldAlready):
        settle.tell(inside.pk, nonce="n2", by=DOOR, at=NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=6)
    assert settle.tell(inside.pk, nonce="n3", by=DOOR, at=later)


def test_who_has_paid_or_has_no_mailbox_is_not_written_to(inside: Guest) -> None:
    inside.invitation.contact.email = ""
    inside.invitation.contact.save()
    with pytest.raises(settle.NoAddress):
        settle.tell(inside.pk, nonce="n1", by=DOOR, at=NOW)
    pay(inside)

    with pytest.raises(settle.NothingOpen):
        settle.tell(inside.pk, nonce="n2", by=DOOR, at=NOW)

    assert not letters_to(inside)


def test_the_closing_goes_on_asking_for_a_week_once(inside: Guest) -> None:
    host, row = make_user("Amy"), inside.obligations.get()

    assert settle.keep([row.pk], by=host, at=NOW) == 1
    assert settle.keep([row.pk], by=make_user(), at=NOW) == 0

    row.refresh_from_db()
    assert (row.kept_at, row.kept_by_name) == (NOW, "Amy")
    (letter,) = letters_to(inside)
    assert letter.context["until"]


def test_what_is_paid_or_waived_is_not_kept(inside: Guest) -> None:
    row = inside.obligations.get()
    pay(inside)

    assert settle.keep([row.pk], by=make_user(), at=NOW) == 0
    assert settle.keep([], by=make_user(), at=NOW) == 0

    assert not letters_to(inside)
    assert Obligation.objects.get(pk=row.pk).kept_at is None


def test_asking_on_takes_as_many_queries_for_many(
    event: Event, category: Category, django_assert_num_queries: object
) -> None:
    guests = [make_nominated_guest(event, category) for _ in range(6)]
    win(category, *guests)
    ids = list(Obligation.objects.due().values_list("pk", flat=True))
    with django_assert_num_queries(9):
        settle.keep(ids[:2], by="Amy", at=NOW)

    with django_assert_num_queries(9):
        settle.keep(ids[2:], by="Amy", at=NOW)

    assert Message.objects.filter(kind="settle").count() == 6


class TestPage:
    def url(self, event: Event) -> str:
        return f"/events/{event.slug}/door/settle/"

    def test_it_names_who_owes_and_no_address(
        self, event: Event, door: Client, inside: Guest
    ) -> None:
        page = door.get(self.url(event)).text

        assert "Vince" in page
        assert "$1,000.00" in page
        assert "Won Outstanding Drama Series" in page
        assert f"/door/{inside.pk}/" in page
        assert inside.invitation.contact.email not in page

    def test_a_press_writes_and_says_so(
        self, event: Event, door: Client, inside: Guest
    ) -> None:
        url = f"{self.url(event)}{inside.pk}/tell/"

        page = door.post(url, {"nonce": "n1"}, follow=True).text
        again = door.post(url, {"nonce": "n2"}, follow=True).text
        unnamed = door.post(url, follow=True).text

        assert "Vince is written to" in page
        assert "Written to at" in page
        assert "a moment ago" in again
        assert "Nothing was sent" in unnamed
        assert len(letters_to(inside)) == 1

    def test_a_foreign_guest_is_not_there(self, event: Event, door: Client) -> None:
        foreign = make_nominated_guest(make_category(make_event()).event)

        url = f"{self.url(event)}{foreign.pk}/tell/"

        assert door.post(url, {"nonce": "n1"}).status_code == HTTPStatus.NOT_FOUND

    def test_nothing_to_settle_is_said(self, event: Event, door: Client) -> None:
        assert "All settled." in door.get(self.url(event)).text

    def test_it_asks_the_database_the_same_for_one_and_for_many(
        self,
        event: Event,
        door: Client,
        inside: Guest,
        django_assert_max_num_queries: object,
    ) -> None:
        with django_assert_max_num_queries(20) as one:
            door.get(self.url(event))
        category = make_category(event)
        guests = [make_nominated_guest(event, category) for _ in range(6)]
        for guest in guests:
            admit(guest, f"in/{guest.pk}")
        win(category, *guests)

        with django_assert_max_num_queries(20) as many:
            page = door.get(self.url(event)).text

        assert "7 people inside" in page
        assert len(many) == len(one)


def test_who_was_let_off_reads_it_on_their_own_page(inside: Guest) -> None:
    waivers.waive(inside.obligations.get().pk, "A friend", by=make_user(), at=NOW)

    page = browser_of(inside.invitation).get(page_of(inside.invitation)).text

    assert "Won Outstanding Drama Series" in page
    assert "Your host lets you off" in page
    assert "A friend" not in page


def two_phones_race() -> None:
    """Two checkers press "Send the link again" at once."""
    event = make_event()
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    at_the_same_moment(
        3, lambda number: settle.tell(guest.pk, nonce=f"n{number}", by=DOOR, at=NOW)
    )
    assert len(letters_to(guest)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_write_one_letter() -> None:
    two_phones_race()
    seen_to_fail_without_lock(two_phones_race, Guest)
