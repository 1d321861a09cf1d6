"""Admit? Waive? The door asks, one host decides, and everybody is told who did."""

from typing import Any

import pytest
from django.utils import timezone

from events.models import Activity, Category, Event, User
from guests import door, seats
from guests.actors import Actor
from guests.admission import Colour
from guests.door import NonceUsed, requests, walk_ins
from guests.door.requests import AlreadyDecided, CannotAsk
from guests.door.walk_ins import Visitor
from guests.models import DoorRequest, Guest, Obligation
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.factories import make_guest, make_offer
from tests.guests.night import (
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

State = DoorRequest.State
NO, WAITLISTED = Guest.Answer.NO, Guest.Answer.WAITLISTED


@pytest.fixture
def amy(db: None) -> User:
    return make_user("Amy Poehler")


@pytest.fixture
def category(event: Event) -> Category:
    return make_category(event, "Writing")


def ask(event: Event, nonce: str = "ask", **who: Any) -> DoorRequest:
    by, at = Actor(name="Side door"), timezone.now()
    return requests.ask_walk_in(event, Visitor(**who), nonce=nonce, by=by, at=at)


def ask_waiver(guest: Guest, nonce: str = "ask") -> DoorRequest:
    by, at = Actor(name="Side door"), timezone.now()
    return requests.ask_waiver(
        guest.pk, reason="Left the card", nonce=nonce, by=by, at=at
    )


def grant(row: DoorRequest, by: User, **said: str) -> DoorRequest:
    return requests.grant(row.pk, by=by, at=timezone.now(), **said)


def refuse(row: DoorRequest, by: User, **said: str) -> DoorRequest:
    return requests.refuse(row.pk, by=by, at=timezone.now(), **said)


def winning_nominee(category: Category, name: str = "Tina Fey") -> Any:
    nominee = make_nominee(category.event, name)
    win(category, make_nomination(category, nominee))
    return nominee


def test_a_name_becomes_a_guest_with_a_seat_and_no_address(
    event: Event, amy: User
) -> None:
    row = grant(ask(event, name="  Bill  Murray "), amy)
    guest = row.guest
    assert (guest.name, guest.answer, guest.tags) == ("Bill Murray", "yes", ["walk-in"])
    assert guest.invitation.contact.email == ""
    assert seats.of(event).heads == 1
    assert door.card(guest).decision.colour == Colour.GREEN
    verbs = Activity.objects.filter(event=event).order_by("pk")
    assert list(verbs.values_list("actor_name", "verb")) == [
        ("Side door", "asked for a walk-in"),
        ("Amy Poehler", "admitted a walk-in"),
    ]
    assert row.decided_at >= row.asked_at


def test_a_winner_nobody_invited_is_gold_when_they_are_granted(
    category: Category, amy: User
) -> None:
    nominee = winning_nominee(category)
    row = ask(category.event, name="tina fey")
    assert row.nominee == nominee, "a name that is exactly one nominee's is theirs"
    guest = grant(row, amy).guest
    decision = door.card(guest).decision
    assert (decision.colour, decision.cents_due) == (Colour.GOLD, 100_000)
    assert decision.trophies_expected == 1


def test_a_nominee_who_is_a_guest_already_is_asked_about_as_that_guest(
    category: Category, amy: User
) -> None:
    event = category.event
    guest = make_nominated_guest(event, category, answer=NO)
    row = ask(event, nominee=guest.nominee)
    assert row.guest == guest
    # Linked to a guest between the question and the answer.
    nominee = make_nominee(event, "Tina Fey")
    asked = ask(event, "other", nominee=nominee)
    tina = make_guest(event, "Tina Fey", nominee=nominee)
    assert grant(asked, amy).guest == tina


@pytest.mark.parametrize("answer", [NO, WAITLISTED, Guest.Answer.WAITING])
def test_who_did_not_say_yes_is_granted_a_seat(
    event: Event, amy: User, answer: str
) -> None:
    guest = make_guest(event, answer=answer)
    friend = make_plus_one(guest, answer=NO)
    grant(ask(event, guest=guest), amy)
    guest.refresh_from_db()
    friend.refresh_from_db()
    assert guest.is_coming
    assert not friend.is_coming, "whom they bring is asked for one by one"


def test_a_seat_that_was_kept_for_them_is_the_one_they_take(amy: User) -> None:
    event = make_event(capacity=1)
    guest = make_guest(event, answer=WAITLISTED)
    offer = make_offer(guest)
    grant(ask(event, guest=guest), amy)
    offer.refresh_from_db()
    assert offer.state == "taken"
    assert seats.of(event).left == 0


def test_who_was_taken_off_the_list_is_back_on_it(event: Event, amy: User) -> None:
    guest = make_guest(event, answer=NO, removed_at=timezone.now())
    grant(ask(event, guest=guest), amy)
    guest.refresh_from_db()
    assert guest.is_coming


def test_a_full_house_is_refused_and_the_question_stays_open(amy: User) -> None:
    event = make_event(capacity=1)
    make_coming(event)
    for number, who in enumerate(({"name": "Bill"}, {"guest": make_guest(event)})):
        row = ask(event, str(number), **who)
        with pytest.raises(seats.EventFull):
            grant(row, amy)
        row.refresh_from_db()
        assert row.state == State.OPEN
    assert seats.of(event).heads == 1
    assert event.guests.count() == 2


def test_who_is_blocked_or_expected_is_not_asked_about(event: Event, amy: User) -> None:
    with pytest.raises(CannotAsk, match="walk them to the host"):
        ask(event, guest=make_guest(event, is_blocked=True))
    with pytest.raises(CannotAsk, match="on the list"):
        ask(event, guest=make_coming(event))
    with pytest.raises(CannotAsk, match="name"):
        ask(event, name=" \u200b ")
    guest = make_guest(event)
    row = ask(event, guest=guest)
    Guest.objects.filter(pk=guest.pk).update(is_blocked=True)
    with pytest.raises(walk_ins.CannotWelcome, match="blocked"):
        grant(row, amy)


def test_one_person_is_asked_about_once(category: Category) -> None:
    event = category.event
    guest, nominee = make_guest(event), make_nominee(event, "Tina Fey")
    for number, who in enumerate(
        ({"guest": guest}, {"nominee": nominee}, {"name": "Bill Murray"})
    ):
        first = ask(event, f"{number}/a", **who)
        assert ask(event, f"{number}/a", **who) == first, "the same press"
        assert ask(event, f"{number}/b", **who) == first, "another phone"
    assert ask(event, "c", name="bill  MURRAY").name == "Bill Murray"
    assert len(requests.open_requests(event)) == 3


def test_a_press_that_asked_something_else_is_refused(category: Category) -> None:
    guest = make_nominated_guest(category.event, category)
    win(category, guest)
    ask(category.event, "n", name="Bill")
    with pytest.raises(NonceUsed):
        ask_waiver(guest, "n")
    with pytest.raises(NonceUsed):
        ask(make_event(), "n", name="Bill")
    with pytest.raises(NonceUsed):
        ask(category.event, "n", name="Jon")


def test_a_waiver_is_asked_granted_and_written_down(
    category: Category, amy: User
) -> None:
    winner = make_nominated_guest(category.event, category)
    with pytest.raises(CannotAsk):
        ask_waiver(winner)
    win(category, winner)
    row = ask_waiver(winner)
    assert ask_waiver(winner, "another phone") == row
    grant(row, amy, on="Side door")
    waived = winner.obligations.get()
    assert (waived.state, waived.waived_reason) == (
        Obligation.State.WAIVED,
        "Left the card",
    )
    said = Activity.objects.get(verb="granted a waiver")
    assert said.object_name == f"{winner.name}, PIN on Side door"


def test_a_waiver_of_what_was_paid_meanwhile_is_withdrawn(
    category: Category, amy: User
) -> None:
    winner = make_nominated_guest(category.event, category)
    win(category, winner)
    row = ask_waiver(winner)
    pay(winner)
    assert grant(row, amy).state == State.WITHDRAWN
    assert winner.obligations.get().state == Obligation.State.DUE


def test_a_refusal_says_why_and_by_whom(event: Event, amy: User) -> None:
    row = refuse(ask(event, name="Bill"), amy, words="Not tonight")
    assert (row.state, row.words) == (State.REFUSED, "Not tonight")
    assert refuse(row, amy) == row, "pressed twice"
    for press in (grant, refuse):
        with pytest.raises(AlreadyDecided) as told:
            press(row, make_user("Jon Hamm"))
        assert told.value.request.decided_by_name == "Amy Poehler"
    assert event.guests.count() == 0


def test_the_door_may_stop_asking(event: Event, amy: User) -> None:
    row = ask(event, name="Bill")
    by, at = Actor(name="Side door"), timezone.now()
    requests.withdraw(row.pk, by=by, at=at)
    requests.withdraw(row.pk, by=by, at=at)
    with pytest.raises(AlreadyDecided):
        grant(row, amy)
    again = grant(ask(event, "again", name="Bill"), amy)
    with pytest.raises(AlreadyDecided):
        requests.withdraw(again.pk, by=by, at=at)


def test_a_winning_team_s_guest_walks_in_free(category: Category) -> None:
    winner = make_nominated_guest(category.event, category)
    colleague = make_coming(category.event, "A colleague", tags=["30 Rock"])
    win(category, winner)
    decision = door.card(colleague).decision
    assert (decision.colour, decision.cents_due) == (Colour.GREEN, 0)


def two_hosts_race() -> None:
    """Two hosts answer one question, one with yes and one with no."""
    event = make_event()
    row = ask(event, f"race/{event.pk}", name="Bill Murray")
    hosts = [make_user(), make_user()]

    outcomes = at_the_same_moment(2, lambda n: (grant, refuse)[n](row, hosts[n]))

    told = [one for one in outcomes if isinstance(one, AlreadyDecided)]
    won = [one for one in outcomes if isinstance(one, DoorRequest)]
    assert (len(told), len(won)) == (1, 1), outcomes
    row.refresh_from_db()
    assert row.state == won[0].state == told[0].request.state
    assert event.guests.count() == (row.state == State.GRANTED)


def last_seat_race() -> None:
    """Four hosts grant four people the last seat."""
    event = make_event(capacity=1)
    amy = make_user()
    rows = [ask(event, f"{event.pk}/{n}", name=f"Walk-in {n}") for n in range(4)]

    outcomes = at_the_same_moment(4, lambda n: grant(rows[n], amy))

    full = [one for one in outcomes if isinstance(one, seats.EventFull)]
    assert len(full) == 3, outcomes
    assert seats.of(event).heads == 1


def asked_twice_race() -> None:
    """Two phones ask about the same name."""
    event = make_event()
    at_the_same_moment(2, lambda n: ask(event, f"{event.pk}/{n}", name="Bill Murray"))
    assert requests.open_count(event) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", [two_hosts_race, last_seat_race, asked_twice_race])
def test_what_the_event_s_lock_holds(race: Any) -> None:
    race()
    seen_to_fail_without_lock(race)
