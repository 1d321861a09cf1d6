"""Going home frees a seat; coming back takes one; being sent away is meant."""

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from guests import door, seats
from guests.actors import Actor
from guests.models import Admission, Guest
from tests.factories import make_event, make_user
from tests.guests.doorstep import admit, close, deny, log, press, shown
from tests.guests.factories import make_guest
from tests.guests.night import make_coming, make_plus_one
from tests.guests.scanning import hand_in, minute, scan, two_phones
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

IN, OUT, HOME = Admission.Action.IN, Admission.Action.OUT, Admission.Action.HOME


def waiting_guest(event: Event) -> Guest:
    return make_guest(event, answer=Guest.Answer.WAITLISTED)


def test_who_goes_home_frees_a_seat_that_is_offered_at_once(db: None) -> None:
    event = make_event(capacity=1)
    guest, waiting = make_coming(event), waiting_guest(event)
    admit(guest)
    assert seats.of(event).left == 0

    close(guest, HOME, "home")

    guest.refresh_from_db()
    assert guest.gone_at is not None
    assert seats.of(event).heads == 0
    assert waiting.seat_offers.get().heads == 1


def test_who_goes_out_keeps_the_seat(db: None) -> None:
    event = make_event(capacity=1)
    guest, waiting = make_coming(event), waiting_guest(event)
    admit(guest)

    close(guest, OUT)

    assert seats.of(event).heads == 1
    assert not waiting.seat_offers.exists()
    assert close(guest, HOME, "home") is not None, "and may still go home"
    assert seats.of(event).heads == 0
    assert waiting.seat_offers.exists()


def test_nobody_goes_home_who_was_not_here(event: Event) -> None:
    guest = make_coming(event)
    assert close(guest, HOME) is None
    assert log(event) == []


def test_going_home_twice_is_once(event: Event) -> None:
    guest = make_coming(event)
    admit(guest)

    assert close(guest, HOME, "home") == close(guest, HOME, "home")
    assert close(guest, HOME, "another phone") is None
    assert log(event) == [IN, HOME]


def test_coming_back_takes_a_seat_again(db: None) -> None:
    event = make_event(capacity=1)
    guest = make_coming(event)
    admit(guest)
    close(guest, HOME, "home")

    assert admit(guest, "back").is_new

    guest.refresh_from_db()
    assert guest.gone_at is None
    assert seats.of(event).heads == 1


def test_the_house_is_full_for_who_went_home(door: Client, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=1)
    guest = make_coming(event)
    press(door, guest, "admit", nonce="in")
    press(door, guest, "home", nonce="home")
    assert "went home" in shown(door, guest)
    make_coming(event)

    response = press(door, guest, "admit", nonce="back")

    assert response.status_code == 409
    assert "The house is full: one out, one in." in response.content.decode()
    assert log(event) == [IN, HOME]


def test_who_came_back_by_a_phone_without_network_is_inside_all_the_same(
    event: Event,
) -> None:
    guest = make_coming(event)
    front, _side = two_phones(guest)
    hand_in(front, scan(guest, 1), scan(guest, 2, "home"), scan(guest, 3, nonce="x"))

    guest.refresh_from_db()
    assert guest.gone_at is None
    assert seats.of(event).heads == door.inside_count(event) == 1


def test_a_seat_that_a_phone_freed_late_is_offered(db: None) -> None:
    event = make_event(capacity=1)
    guest = make_coming(event, answered_at=minute(-60))
    waiting = waiting_guest(event)
    front, _side = two_phones(guest)

    hand_in(front, scan(guest, 1), scan(guest, 2, "home"))

    assert seats.of(event).heads == 0
    assert waiting.seat_offers.exists()


def test_who_was_sent_away_is_let_in_by_a_second_deliberate_press(
    door: Client, event: Event
) -> None:
    guest = make_coming(event)
    press(door, guest, "deny", nonce="no", reason="Not the person named")
    text = shown(door, guest)
    assert "Not admitted." in text
    assert "Not the person named" in text
    assert "Let in after all" in text

    response = press(door, guest, "admit", nonce="by the way")
    assert response.status_code == 409
    assert "Not admitted at" in response.content.decode()
    assert log(event) == ["denied"]

    press(door, guest, "admit", nonce="meant", after_all="1")
    assert log(event) == ["denied", "in"]
    assert "Already in." in shown(door, guest)
    press(door, guest, "out", nonce="out")
    assert press(door, guest, "admit", nonce="again").status_code == 302


def test_somebody_inside_does_not_look_like_somebody_to_let_in(
    door: Client, event: Event
) -> None:
    guest = make_coming(event)
    assert "door-green" in shown(door, guest)

    press(door, guest, "admit")

    text = shown(door, guest)
    assert "door-inside" in text
    assert "door-green" not in text


@pytest.mark.parametrize(("name", "look"), [("admit", "inside"), ("deny", "sent")])
def test_nor_does_a_plus_one_on_the_card_of_who_brings_them(
    door: Client, event: Event, name: str, look: str
) -> None:
    guest = make_coming(event)
    companion = make_plus_one(guest)
    press(door, guest, "admit")
    assert "door-green" in shown(door, guest)

    press(door, companion, name, nonce="companion", reason="Another person")

    text = shown(door, guest)
    assert f'<li class="door-card door-{look}">' in text
    assert "door-green" not in text


def full_house_race() -> None:
    """Eight went home, four seats are left, and all come back at the same moment."""
    event = make_event(capacity=8)
    people = [make_coming(event) for _ in range(8)]
    by = Actor.of(make_user())
    for guest in people:
        admit(guest, f"{guest.pk}/in")
        close(guest, HOME, f"{guest.pk}/home")
    for _ in range(4):
        make_coming(event)
    at = timezone.now()

    def come_back(number: int) -> door.Admitted:
        nonce = f"{people[number].pk}/back"
        return door.admit(people[number].pk, event=event, nonce=nonce, by=by, at=at)

    outcomes = at_the_same_moment(8, come_back)

    back = [row for row in outcomes if isinstance(row, door.Admitted)]
    refused = [row for row in outcomes if isinstance(row, door.NotAdmitted)]
    assert (len(back), len(refused)) == (4, 4), outcomes
    inside, heads = door.inside_count(event), seats.of(event).heads
    assert inside <= heads <= event.capacity, (inside, heads)


@pytest.mark.django_db(transaction=True)
def test_eight_who_come_back_to_four_seats_are_four() -> None:
    full_house_race()


@pytest.mark.django_db(transaction=True)
def test_coming_back_needs_the_events_lock() -> None:
    seen_to_fail_without_lock(full_house_race, Event)


def denied_or_admitted_race() -> None:
    """One door lets them in while the other sends them away: one of the two."""
    guest = make_coming()
    by = make_user()

    def act(number: int) -> object:
        nonce = f"{guest.pk}/{number}"
        return admit(guest, nonce, by) if number % 2 else deny(guest, nonce)

    outcomes = at_the_same_moment(8, act)

    told = log(guest.event)
    assert told.count(IN) <= 1, outcomes
    # Who is inside is not sent away, and who was sent away needs another press.
    assert not {IN, "denied"} <= set(told), outcomes


@pytest.mark.django_db(transaction=True)
def test_nobody_is_sent_away_who_is_inside() -> None:
    denied_or_admitted_race()


@pytest.mark.django_db(transaction=True)
def test_sending_away_needs_the_guests_lock() -> None:
    seen_to_fail_without_lock(denied_or_admitted_race, Guest)
