"""The waiting list and the names to decide, as hosts and guests see them."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from guests import rsvp, seats
from guests.models import Guest, NameRequest, SeatOffer
from tests.guests.factories import ask_for_a_name, make_guest, make_offer
from tests.guests.people import NO, WAITLISTED, YES, browser_of, page_of, party_of

pytestmark = pytest.mark.django_db


def waits(event: Event, name: str = "", *names: str) -> Guest:
    guest = make_guest(event, name, plus_ones=2)
    return rsvp.answer(
        guest.pk, rsvp.Reply(WAITLISTED, plus_ones=names), at=timezone.now()
    )


@pytest.fixture
def full(event: Event) -> Guest:
    """Who sits on the only seat of the event."""
    Event.objects.filter(pk=event.pk).update(capacity=1)
    guest = make_guest(event, "Sitting")
    return rsvp.answer(guest.pk, rsvp.Reply(YES), at=timezone.now())


def url(event: Event, page: str) -> str:
    return f"/events/{event.slug}/{page}"


def test_a_host_sees_who_is_next_and_who_was_asked(
    event: Event, host: Client, full: Guest
) -> None:
    waits(event, "First", "Ann")
    waits(event, "Second")
    rsvp.answer(full.pk, rsvp.Reply(NO), at=timezone.now())
    page = host.get(url(event, "waiting/"))
    assert [guest.name for guest in page.context["waiting"]] == ["First"]
    assert [offer.guest.name for offer in page.context["offers"]] == ["Second"]
    assert page.context["seats"].left == 0


def test_an_empty_waiting_list_says_what_it_is_for(event: Event, host: Client) -> None:
    assert "Nobody is waiting" in host.get(url(event, "waiting/")).text


def test_the_waiting_list_costs_the_same_for_few_and_for_many(
    event: Event, host: Client, full: Guest, django_assert_max_num_queries
) -> None:
    for _ in range(2):
        for _ in range(8):
            make_offer(waits(event))
            waits(event)
        with django_assert_max_num_queries(9):
            host.get(url(event, "waiting/"))


def test_a_host_offers_seats_by_hand(event: Event, host: Client, full: Guest) -> None:
    guests = [waits(event) for _ in range(3)]
    Event.objects.filter(pk=event.pk).update(capacity=3)
    page = host.post(url(event, "waiting/release/"), {"guest": guests[2].pk})
    assert page.status_code == HTTPStatus.FOUND
    assert guests[2].seat_offers.get().state == "open"
    host.post(url(event, "waiting/release/"), {"parties": "12", "wave": "1"})
    assert guests[0].seat_offers.get().state == "open"
    assert not guests[1].seat_offers.exists()
    page = host.post(url(event, "waiting/release/"), {"parties": "1"}, follow=True)
    assert "no seat is free" in page.text


@pytest.mark.parametrize(
    "typed",
    [
        {"parties": "0"},
        {"parties": "many"},
        {"wave": "-1"},
        {"guest": "9" * 30},
        {"guest": "x"},
    ],
)
def test_nonsense_offers_nothing(
    event: Event, host: Client, full: Guest, typed: dict[str, str]
) -> None:
    guest = waits(event)
    Event.objects.filter(pk=event.pk).update(capacity=9)
    page = host.post(url(event, "waiting/release/"), typed)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not guest.seat_offers.exists()


def test_once_the_evening_is_over_it_says_why_nothing_is_offered(
    event: Event, host: Client, full: Guest
) -> None:
    guest = waits(event, "Waiting")
    over = timezone.now() - timedelta(hours=1)
    rows = Event.objects.filter(pk=event.pk)
    rows.update(capacity=9, ends_at=over, starts_at=over - timedelta(hours=4))
    page = host.post(url(event, "waiting/release/"), {"guest": guest.pk}, follow=True)
    assert "Nothing was offered: the event is not open, or it is over." in page.text
    assert "offered by themselves" not in page.text


def test_a_host_takes_an_offer_back(event: Event, host: Client, full: Guest) -> None:
    guest = waits(event)
    offer = make_offer(guest)
    page = url(event, f"waiting/{offer.pk}/withdraw/")
    host.post(page)
    offer.refresh_from_db()
    assert offer.state == "withdrawn"
    assert "has been answered or has ended" in host.post(page, follow=True).text


def test_offers_and_names_of_another_event_are_not_there(
    event: Event, host: Client
) -> None:
    other = make_guest()
    offer, request = make_offer(other), ask_for_a_name(other)
    pages = (f"waiting/{offer.pk}/withdraw/", f"names/{request.pk}/")
    for page in pages:
        answer = host.post(url(event, page), {"decision": "grant"})
        assert answer.status_code == HTTPStatus.NOT_FOUND


def asked(event: Event) -> NameRequest:
    guest = make_guest(event, "Merritt Wever", plus_ones=1, answer=YES)
    return ask_for_a_name(guest, "Bob")


def test_a_host_grants_a_name(event: Event, host: Client) -> None:
    request = asked(event)
    assert "Bob" in host.get(url(event, "names/")).text
    host.post(url(event, f"names/{request.pk}/"), {"decision": "grant"})
    assert party_of(request.principal) == ["Bob"]
    assert "Nothing to decide" in host.get(url(event, "names/")).text


def test_a_host_refuses_a_name(event: Event, host: Client) -> None:
    request = asked(event)
    page = url(event, f"names/{request.pk}/")
    host.post(page, {"decision": "refuse"})
    assert party_of(request.principal) == []
    again = host.post(page, {"decision": "grant"}, follow=True)
    assert "decided or taken back" in again.text


@pytest.mark.parametrize("decision", ["", "maybe", "GRANT"])
def test_a_name_is_granted_or_refused_and_nothing_else(
    event: Event, host: Client, decision: str
) -> None:
    request = asked(event)
    host.post(url(event, f"names/{request.pk}/"), {"decision": decision})
    request.refresh_from_db()
    assert request.is_open


def test_no_seat_no_grant(event: Event, host: Client) -> None:
    request = asked(event)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    page = url(event, f"names/{request.pk}/")
    assert "no seat is free" in host.post(page, {"decision": "grant"}, follow=True).text
    assert party_of(request.principal) == []


def offered(event: Event, full: Guest, *names: str) -> tuple[Guest, Client]:
    guest = waits(event, "Late", *names)
    Event.objects.filter(pk=event.pk).update(capacity=1 + len(names))
    rsvp.answer(full.pk, rsvp.Reply(NO), at=timezone.now())
    return guest, browser_of(guest.invitation)


def press(client: Client, guest: Guest, **fields: object) -> int:
    guest.invitation.refresh_from_db()
    data = {"guest": guest.public_id, "version": guest.invitation.version}
    return client.post(page_of(guest.invitation, "rsvp"), data | fields).status_code


def test_the_page_shows_an_offer_and_one_press_takes_it(
    event: Event, full: Guest
) -> None:
    guest, client = offered(event, full, "Ann")
    page = client.get(page_of(guest.invitation))
    assert "2 seats are yours." in page.text
    assert '<input type="hidden" name="plus_one_1" value="Ann">' in page.text
    assert press(client, guest, answer="yes", plus_one_1="Ann") == HTTPStatus.FOUND
    assert party_of(guest) == ["Ann"]
    assert "See you there" in client.get(page_of(guest.invitation)).text


def test_one_press_passes_it_on(event: Event, full: Guest) -> None:
    guest, client = offered(event, full)
    following = waits(event)
    press(client, guest, answer="no")
    assert guest.seat_offers.get().state == "declined"
    assert following.seat_offers.get().state == "open"


def test_an_offer_is_taken_on_the_page_after_the_deadline_too(
    event: Event, full: Guest
) -> None:
    guest, client = offered(event, full)
    past = timezone.now() - timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(rsvp_deadline_at=past)
    assert "A seat is yours." in client.get(page_of(guest.invitation)).text
    assert press(client, guest, answer="yes") == HTTPStatus.FOUND
    assert seats.of(Event.objects.get(pk=event.pk)).heads == 1


@pytest.mark.parametrize(
    ("missed", "words"),
    [
        (0, "offered in order"),
        (1, "at the end of the list; we offer once more"),
        (2, "we have stopped asking"),
    ],
)
def test_who_waits_is_told_where_they_stand(
    event: Event, full: Guest, missed: int, words: str
) -> None:
    guest = waits(event)
    for _ in range(missed):
        make_offer(guest, state=SeatOffer.State.LAPSED)
    page = browser_of(guest.invitation).get(page_of(guest.invitation))
    assert words in page.text


def test_somebody_may_be_named_later(event: Event) -> None:
    guest = make_guest(event, "Merritt Wever", plus_ones=2)
    client = browser_of(guest.invitation)
    press(client, guest, answer="yes", plus_one_1="Ann", later_2="on")
    page = client.get(page_of(guest.invitation))
    assert "Ann, somebody whose name you tell us later" in page.text
    assert page.text.count("checked") == 1
    press(client, guest, answer="yes", plus_one_1="Ann", plus_one_2="Bob", later_2="on")
    assert party_of(guest) == ["Ann", "Bob"]


def test_after_the_lock_the_page_says_what_was_asked(event: Event) -> None:
    guest = make_guest(event, "Merritt Wever", plus_ones=2)
    client = browser_of(guest.invitation)
    press(client, guest, answer="yes", plus_one_1="Ann")
    past = timezone.now() - timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(names_lock_at=past)
    fields = {"answer": "yes", "plus_one_1": "Bob", "plus_one_2": "Cy"}
    press(client, guest, **fields)
    page = client.get(page_of(guest.invitation))
    assert "You asked for Bob instead of Ann. Your host decides." in page.text
    assert "You asked for Cy. Your host decides." in page.text
    assert 'value="Bob"' in page.text
    assert party_of(guest) == ["Ann"]
    press(client, guest, **fields)
    assert guest.name_requests_made.count() == 2


def test_what_the_venue_should_know_is_told_on_the_page(event: Event) -> None:
    guest = make_guest(event, plus_ones=1)
    client = browser_of(guest.invitation)
    press(client, guest, answer="yes", plus_one_1="Ann")
    ann = guest.plus_one_guests.get()
    typed = {
        "guest": guest.public_id,
        f"dietary_{guest.public_id}": " No  nuts ",
        f"accessibility_{ann.public_id}": "A ramp",
    }
    page = page_of(guest.invitation, "needs")
    assert client.post(page, typed).status_code == HTTPStatus.FOUND
    guest.refresh_from_db()
    ann.refresh_from_db()
    assert (guest.dietary, ann.accessibility) == ("No nuts", "A ramp")
    typed[f"dietary_{guest.public_id}"] = "x" * 301
    refused = client.post(page, typed)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    guest.refresh_from_db()
    assert guest.dietary == "No nuts"
