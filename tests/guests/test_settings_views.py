"""The event's settings: house rules change, and what winners owe follows."""

from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests import house_rules, seats
from guests.models import Obligation
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import AT, YES, say
from tests.guests.test_payments import make_winner
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def url_of(event: Event) -> str:
    return reverse("guests:settings", args=[event.slug])


def typed(host: Client, event: Event, **fields: str) -> dict[str, Any]:
    """What the page's form would send if only these fields were touched."""
    form = host.get(url_of(event)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    kept = {
        name: value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else value
        for name, value in values.items()
        if value not in (None, False)
    }
    return kept | fields


def differing(response: HttpResponse) -> list[tuple[Any, str, str]]:
    return response.context["differing"]


def save(host: Client, event: Event, **fields: str) -> HttpResponse:
    return host.post(url_of(event), typed(host, event, **fields))


@pytest.mark.django_db
class TestSettings:
    def test_the_clock_is_named_as_people_write_it(
        self, host: Client, event: Event
    ) -> None:
        page = host.get(url_of(event)).text
        assert "the clocks show in America/Los Angeles." in page

    def test_saving_what_stands_changes_nothing(
        self, host: Client, event: Event
    ) -> None:
        event.refresh_from_db()
        minute = {"second": 0, "microsecond": 0}
        for name in ("doors_at", "starts_at", "ends_at"):
            setattr(event, name, getattr(event, name).replace(**minute))
        event.cap_cents, event.exempt_tags = 50_000, ["presenter"]
        event.save()
        before = Event.objects.values().get()
        assert save(host, event)["Location"] == event.get_absolute_url()
        assert Event.objects.values().get() == before
        assert event.activities.get().object_name == ""

    def test_the_log_names_what_was_changed(self, host: Client, event: Event) -> None:
        save(host, event, name="Winners Lounge", winner_amount_cents="500")
        changed = event.activities.get().object_name
        assert changed == "Name of the event, A winner gives"

    @pytest.mark.parametrize(
        ("fields", "follows"),
        [
            ({"name": "Winners Lounge"}, False),
            ({"winner_amount_cents": "500"}, True),
            ({"exempt_tags": "presenter"}, True),
        ],
    )
    def test_only_new_rules_are_said_to_be_followed(
        self, host: Client, event: Event, fields: dict[str, str], follows: bool
    ) -> None:
        save(host, event, **fields)
        page = host.get(url_of(event)).text
        assert "Saved." in page
        assert ("follows the new rules" in page) == follows

    def test_a_new_price_is_what_winners_owe(self, host: Client, event: Event) -> None:
        guest = make_winner(event)
        save(host, event, winner_amount_cents="$500.00")
        live = guest.obligations.exclude(state=Obligation.State.VOID).get()
        assert live.amount_cents == 50_000
        assert "$500.00" in live.why

    def test_nobody_is_told_of_a_win_again_because_its_price_changed(
        self, host: Client, event: Event
    ) -> None:
        make_winner(event)
        for price in ("500", "2000"):
            save(host, event, winner_amount_cents=price)
        assert not event.messages.exists()

    def test_an_exempt_tag_frees_who_wears_it(self, host: Client, event: Event) -> None:
        guest = make_winner(event, tags=["Presenter"])
        save(host, event, exempt_tags="presenter, host")
        assert guest.obligations.get().state == Obligation.State.VOID

    def test_a_winners_plus_one_owes_once_the_house_says_so(
        self, host: Client, event: Event
    ) -> None:
        guest = make_winner(event, plus_ones=1)
        say(guest, YES, "Ann")
        friend = guest.plus_one_guests.get()
        assert not friend.obligations.exists()
        save(host, event, plus_one_pays="on")
        assert friend.obligations.get().state == Obligation.State.DUE

    def test_nobody_who_has_a_seat_is_sent_home_by_a_smaller_room(
        self, host: Client, event: Event
    ) -> None:
        for _ in range(3):
            say(make_guest(event))
        response = save(host, event, capacity="2", name="Smaller")
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "3 people have said yes" in response.text
        assert 'value="Smaller"' in response.text
        event.refresh_from_db()
        assert (event.capacity, event.name) == (200, "Losers Lounge")
        assert save(host, event, capacity="3").status_code == HTTPStatus.FOUND

    def test_an_event_can_be_closed_and_opened(
        self, host: Client, event: Event
    ) -> None:
        for status in ("closed", "open", "cancelled", "draft"):
            save(host, event, status=status)
            event.refresh_from_db()
            assert event.status == status

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("status", "deleted"),
            ("doors_at", "2026-03-08T02:30"),
            ("capacity", "0"),
            ("winner_amount_cents", "lots"),
            ("time_zone", "Mars/Phobos"),
        ],
    )
    def test_nonsense_is_told_and_nothing_is_saved(
        self, host: Client, event: Event, field: str, value: str
    ) -> None:
        before = Event.objects.values().get()
        response = save(host, event, **{field: value, "name": "Kept & Co"})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert response.context["form"].errors[field]
        assert 'value="Kept &amp; Co"' in response.text
        assert Event.objects.values().get() == before

    def test_what_the_form_does_not_show_cannot_be_set(
        self, host: Client, event: Event
    ) -> None:
        save(host, event, slug="other", currency="jpy", charity="1", id="1")
        assert Event.objects.get(pk=event.pk).slug == event.slug
        assert Event.objects.get(pk=event.pk).charity == event.charity

    def test_the_second_of_two_hosts_sees_what_the_first_one_saved(
        self, host: Client, event: Event
    ) -> None:
        second = typed(host, event, name="Second", venue="Here")
        save(host, event, name="First")
        response = host.post(url_of(event), second)
        assert response.status_code == HTTPStatus.CONFLICT
        event.refresh_from_db()
        assert event.name == "First"
        told = {str(f.label): (now, typed) for f, now, typed in differing(response)}
        assert told["Name of the event"] == ("First", "Second")
        assert 'value="Second"' in response.text
        again = second | {"seen": response.context["form"]["seen"].value()}
        assert host.post(url_of(event), again).status_code == HTTPStatus.FOUND
        event.refresh_from_db()
        assert (event.name, event.venue) == ("Second", "Here")

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_who_saved_meanwhile_is_named_in_either_language(
        self, host: Client, event: Event, language: str
    ) -> None:
        second = typed(host, event, name="Second")
        save(host, event, name="First")
        spoken = {"Accept-Language": language}
        response = host.post(url_of(event), second, headers=spoken)
        assert response.context["saved_by"] == event.activities.latest("pk").actor_name

    def test_the_hours_of_letters_and_the_lock_of_names_are_the_events_own(
        self, host: Client, event: Event
    ) -> None:
        save(
            host,
            event,
            names_lock_at="2030-09-01T12:00",
            send_from="09:00",
            send_until="20:00",
            offer_hours="12",
        )
        event.refresh_from_db()
        lock = event.names_lock_at.astimezone(event.zone)
        assert f"{lock:%Y-%m-%d %H:%M}" == "2030-09-01 12:00"
        assert (str(event.send_from), event.offer_hours) == ("09:00:00", 12)

    @pytest.mark.parametrize(("typed", "kept"), [("25", 25), ("0", 0), ("", 10)])
    def test_a_host_says_how_long_a_result_can_be_undone(
        self, host: Client, event: Event, typed: str, kept: int
    ) -> None:
        save(host, event, hold_minutes=typed)
        event.refresh_from_db()
        assert event.hold_minutes == kept

    @pytest.mark.parametrize(("begins", "ends"), [("09:00", ""), ("09:00", "09:00")])
    def test_half_a_window_is_none(
        self, host: Client, event: Event, begins: str, ends: str
    ) -> None:
        response = save(host, event, send_from=begins, send_until=ends)
        assert response.context["form"].errors["send_until"]

    def test_only_hosts_may(self, door: Client, finance: Client, event: Event) -> None:
        for client in (door, finance):
            assert client.get(url_of(event)).status_code == HTTPStatus.NOT_FOUND

    def test_a_foreign_event_is_not_there(self, host: Client) -> None:
        other = make_event()
        assert host.get(url_of(other)).status_code == HTTPStatus.NOT_FOUND
        assert host.post(url_of(other)).status_code == HTTPStatus.NOT_FOUND


def smaller_room_race() -> None:
    """A host halves the room while people take the seats."""
    event = make_event(capacity=4)
    guests = [make_guest(event) for _ in range(4)]

    def act(number: int) -> None:
        if number < 4:
            say(guests[number])
        else:
            smaller = Event.objects.get(pk=event.pk)
            smaller.capacity = 2
            house_rules.save(smaller, ["capacity"], by="test", at=AT)

    at_the_same_moment(5, act)
    event.refresh_from_db()
    assert seats.of(event).heads <= event.capacity


@pytest.mark.django_db(transaction=True)
def test_a_room_never_shrinks_below_its_heads() -> None:
    smaller_room_race()
    seen_to_fail_without_lock(smaller_room_race, Event)
