"""Seats that hosts free or offer by hand, and letters that became untrue."""

from datetime import timedelta

import pytest
from django.db import transaction

from events.models import Activity, Event, Message
from guests import house_rules, people, seats, waiting_list
from guests.models import SeatOffer
from guests.people import removals
from tests.factories import make_event, make_user
from tests.guests.people import AT, NO, YES, say
from tests.guests.test_waiting_list import full_event, offered, states, wait

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_host_releases_seats_to_a_wave_and_never_more_than_there_are() -> None:
    event, sitting = full_event(3)
    for number in range(4):
        wait(event, f"A{number}", wave=1, minutes=number)
        wait(event, f"B{number}", wave=2, minutes=number)
    Event.objects.filter(pk=event.pk).update(capacity=6)
    host = make_user("Amy")
    made = waiting_list.release(event.pk, parties=2, wave=2, by=host, at=AT)
    assert (made.offered, made.seats_left) == (2, 1)
    made = waiting_list.release(event.pk, parties=12, wave=2, by=host, at=AT)
    assert (made.offered, made.seats_left) == (1, 0)
    assert offered(event) == ["B0", "B1", "B2"]
    assert Activity.objects.filter(verb__startswith="offered seats").count() == 2
    assert seats.of(event).heads == 3


def test_a_host_takes_an_offer_back_and_the_next_is_asked() -> None:
    event, sitting = full_event()
    first, _second = wait(event, "First"), wait(event, "Second")
    say(sitting, NO)
    host, offer = make_user("Amy"), first.seat_offers.get()
    waiting_list.withdraw(offer.pk, event.pk, by=host, at=AT)
    assert (states(first), offered(event)) == (["withdrawn"], ["Second"])
    with pytest.raises(waiting_list.OfferClosed):
        waiting_list.withdraw(offer.pk, event.pk, by=host, at=AT)
    with pytest.raises(SeatOffer.DoesNotExist):
        waiting_list.withdraw(offer.pk, make_event().pk, by=host, at=AT)


def test_a_room_is_not_made_smaller_than_what_was_promised() -> None:
    event, sitting = full_event(2)
    wait(event, "First")
    say(sitting, YES)
    event.capacity = 1
    with pytest.raises(house_rules.RoomTooSmall):
        house_rules.save(event, ["capacity"], by="Amy", at=AT)


def test_offering_costs_the_same_for_one_and_for_many_who_wait(
    django_assert_max_num_queries,
) -> None:
    for waiting in (3, 30):
        event, sitting = full_event()
        for number in range(waiting):
            wait(event, f"Waiting {number}")
        with django_assert_max_num_queries(23):
            say(sitting, NO)


def test_a_letter_about_an_offer_that_ended_does_not_leave_any_more() -> None:
    event, sitting = full_event()
    wait(event, "First")
    say(sitting, NO)
    waiting_list.sweep(AT + DAY)
    first, second = Message.objects.filter(kind="offer").order_by("pk")
    assert (first.state, first.last_error) == ("suppressed", "withdrawn")
    assert second.state == "queued"


def test_taking_somebody_off_the_list_offers_their_seat_at_once() -> None:
    event, sitting = full_event()
    wait(event, "First")
    people.remove(sitting.pk, by=make_user(), at=AT)
    assert offered(event) == ["First"]


def test_taking_many_off_the_list_offers_their_seats_at_once() -> None:
    event, sitting = full_event(2)
    wait(event, "First", "Ann")
    with transaction.atomic():
        removals.remove(Event.objects.locked().get(pk=event.pk), [sitting.pk], AT)
    assert offered(event) == ["First"]
