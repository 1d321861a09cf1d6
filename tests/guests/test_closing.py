"""A night is signed off when nothing of it is open, and stays signed."""

import time
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from events import results
from events.models import Event, User
from guests import closing, door, trophies
from guests.actors import Actor
from guests.door import going_home, requests
from guests.door.walk_ins import Visitor
from guests.models import Admission, Closing, Device, Guest, HandOver, Obligation
from tests.factories import make_category, make_event, make_nomination, make_nominee
from tests.factories import make_user as somebody
from tests.guests.devices import make_device
from tests.guests.doorstep import admit, deny, log
from tests.guests.night import make_coming, pay
from tests.racing import (
    WINDOW_SECONDS,
    at_the_same_moment,
    seen_to_fail_without_lock,
)

READ = closing.checklist


@pytest.fixture
def winner(winner: Guest) -> Guest:
    """Vince was here, went home, and did not pay."""
    for action in ("in", "home"):
        at, name = timezone.now(), f"Vince {action}"
        log = {"event": winner.event, "guest": winner, "by_name": "Dot", "at": at}
        Admission.objects.create(action=action, nonce=name, closed_at=at, **log)
    return winner


def open_items(event: Event) -> dict[str, int]:
    return {item.key: item.count for item in closing.checklist(event) if item.count}


def sign(event: Event, by: User | None = None) -> Closing:
    return closing.sign(event, by=by or somebody(), at=timezone.now())


def all_go_home(event: Event, nonce: str = "home") -> int:
    by, at = Actor.of(somebody()), timezone.now()
    return going_home.everybody(
        event, reason="The room is dark", nonce=nonce, by=by, at=at
    )


def take_in(winner: Guest) -> int:
    by, at = Actor.of(somebody()), timezone.now()
    return trophies.receive(winner.pk, trophies.Intake("7"), by=by, at=at).pk


@pytest.mark.django_db
def test_a_night_on_which_nothing_happened_can_be_signed(event: Event) -> None:
    assert open_items(event) == {}
    assert sign(event).figures["door"]["inside"] == 0


@pytest.mark.django_db
def test_a_category_that_concerns_nobody_here_is_not_said_to_have_a_result(
    event: Event,
) -> None:
    make_category(event)
    [item] = [item for item in closing.checklist(event) if item.key == "results"]
    assert item.is_done
    assert item.name == "No result is missing for anybody who came"


@pytest.mark.django_db
def test_somebody_inside_is_named(event: Event) -> None:
    admit(make_coming(event, "Vince"))
    [item] = [item for item in closing.checklist(event) if not item.is_done]
    assert (item.key, item.open) == ("people", ("Vince",))
    with pytest.raises(closing.NotYet) as refusal:
        sign(event)
    assert [item.key for item in refusal.value.items] == ["people"]
    assert not event.closings.exists()


@pytest.mark.django_db
def test_everybody_goes_home_by_one_press_that_is_one(event: Event) -> None:
    inside = [make_coming(event) for _ in range(3)]
    for number, guest in enumerate(inside):
        admit(guest, f"in {number}")
    out = make_coming(event)
    admit(out, "in out")
    by, at = Actor.of(somebody()), timezone.now()
    door.close(out.pk, Admission.Action.OUT, nonce="out", by=by, at=at)

    assert all_go_home(event) == 3
    assert all_go_home(event) == 0
    assert door.inside_count(event) == 0
    rows = event.admissions.filter(action="home")
    assert {row.guest_id for row in rows} == {guest.pk for guest in inside}
    assert {row.reason for row in rows} == {"The room is dark"}
    assert event.activities.filter(verb="sent everybody home").count() == 1
    inside[0].refresh_from_db()
    assert inside[0].gone_at is not None


@pytest.mark.django_db
def test_sending_everybody_home_locks_each_guest_once(
    event: Event, django_assert_max_num_queries: Any
) -> None:
    """Five reads and two writes for each: nothing is asked person by person."""
    for number in range(6):
        admit(make_coming(event), f"in {number}")
    with django_assert_max_num_queries(9 + 2 * 6):
        all_go_home(event)


@pytest.mark.django_db
def test_a_statue_at_the_desk_is_open_until_it_is_in_the_safe(
    event: Event, winner: Guest
) -> None:
    pay(winner)
    trophy_id = take_in(winner)
    assert open_items(event) == {"trophies": 1}
    by, at = Actor.of(somebody()), timezone.now()
    trophies.to_safe(event, [trophy_id], by=by, at=at)
    assert open_items(event) == {}
    assert sign(event).figures["closing"]["in_safe"] == 1


@pytest.mark.django_db
def test_a_hand_over_that_was_begun_is_open(event: Event, winner: Guest) -> None:
    pay(winner)
    trophy_id, at = take_in(winner), timezone.now()
    trophies.to_safe(event, [trophy_id], by=Actor.of(somebody()), at=at)
    row = HandOver.objects.create(
        trophy_id=trophy_id,
        to="Vince",
        asked_by_key="user/1",
        asked_by_name="Dot",
        asked_at=at,
    )
    assert open_items(event) == {"trophies": 1}
    HandOver.objects.filter(pk=row.pk).update(cancelled_at=at)
    assert open_items(event) == {}


@pytest.mark.django_db
def test_what_is_owed_is_paid_waived_or_kept(event: Event, winner: Guest) -> None:
    assert open_items(event) == {"owed": 1}
    row = winner.obligations.get()
    rows = Obligation.objects.filter(pk=row.pk)
    rows.update(state="waived")
    assert open_items(event) == {}
    rows.update(state="due", kept_at=timezone.now())
    assert open_items(event) == {}
    rows.update(kept_at=None)
    pay(winner)
    assert open_items(event) == {}


@pytest.mark.django_db
def test_a_winner_who_never_came_in_is_asked_for_nothing(
    event: Event, winner: Guest
) -> None:
    winner.admissions.all().delete()
    assert open_items(event) == {}
    deny(winner)
    assert open_items(event) == {}


@pytest.mark.django_db
def test_requests_exceptions_drafts_and_queues_are_open(event: Event) -> None:
    at, by = timezone.now(), somebody()
    requests.ask_walk_in(event, Visitor("Ann"), nonce="n", by=Actor.of(by), at=at)
    guest = make_coming(event)
    deny(guest)
    Admission.objects.filter(guest=guest).update(exception="rules")
    category = make_category(event)
    nomination = make_nomination(category, make_nominee(event))
    results.announce(category.pk, [nomination.pk], by=by, at=at)
    phone = make_device(event, claimed_at=at, queued_scans=2)
    expected = {"requests": 1, "exceptions": 1, "results": 1, "phones": 1}
    assert open_items(event) == expected
    # A phone that is shut out is given up, and what it holds with it.
    Device.objects.filter(pk=phone.pk).update(revoked_at=at)
    assert "phones" not in open_items(event)


@pytest.mark.django_db
def test_the_list_takes_the_same_queries_however_much_is_open(
    event: Event, django_assert_num_queries: Any
) -> None:
    def fill(number: int) -> None:
        admit(make_coming(event), f"in {number}")
        at, by = timezone.now(), Actor.of(somebody())
        name = f"Ann {number}"
        requests.ask_walk_in(event, Visitor(name), nonce=name, by=by, at=at)
        make_device(event, claimed_at=at, queued_scans=2)

    fill(0)
    with django_assert_num_queries(10):
        closing.checklist(event)
    for number in range(1, 5):
        fill(number)
    with django_assert_num_queries(10):
        closing.checklist(event)


@pytest.mark.django_db
def test_a_signed_night_shuts_the_phones_and_the_door(event: Event) -> None:
    phone, by = make_device(event, claimed_at=timezone.now()), somebody("Amy")
    signed = sign(event, by)
    assert sign(event, somebody("Jon")).pk == signed.pk
    phone.refresh_from_db()
    assert phone.revoked_by_name == "Amy"
    with pytest.raises(door.NotAdmitted) as refusal:
        admit(make_coming(event))
    assert refusal.value.decision.words == "The night is signed off."
    assert log(event) == []
    assert event.activities.filter(verb="signed off the night").count() == 1


@pytest.mark.django_db
def test_an_opened_night_lets_in_again_and_keeps_what_was_signed(event: Event) -> None:
    first, at = sign(event, somebody("Amy")), timezone.now()
    closing.reopen(event, "One more guest", by=somebody("Jon"), at=at)
    closing.reopen(event, "Twice", by=somebody("Dot"), at=at)
    first.refresh_from_db()
    assert (first.reopened_by_name, first.reopened_reason) == ("Jon", "One more guest")
    assert admit(make_coming(event)).is_new
    all_go_home(event)
    second = sign(event)
    assert event.closings.count() == 2
    assert second.figures["door"]["admitted"] == 1
    assert first.figures["door"]["admitted"] == 0


def _slow_checklist(event: Event) -> list[closing.Item]:
    """A host reads it, and signs a moment later."""
    items = READ(event)
    time.sleep(3 * WINDOW_SECONDS)
    return items


def closing_race() -> None:
    """At the moment of signing somebody is let in, at four phones."""
    event = make_event()
    guests, by = [make_coming(event) for _ in range(4)], somebody()

    def act(number: int) -> Any:
        if number == 0:
            return sign(event, by)
        time.sleep(number * WINDOW_SECONDS / 2)
        return admit(guests[number - 1], f"{event.pk}/{number}", by)

    with patch.object(closing, "checklist", _slow_checklist):
        outcomes = at_the_same_moment(5, act)

    expected = (Closing, door.Admitted, closing.NotYet, door.NotAdmitted)
    assert all(isinstance(row, expected) for row in outcomes), outcomes
    is_signed = event.closings.exists()
    assert is_signed is isinstance(outcomes[0], Closing)
    # Either the night is signed and nobody is inside, or somebody is and it is not.
    assert not (is_signed and door.inside_count(event)), outcomes


@pytest.mark.django_db(transaction=True)
def test_nobody_comes_in_at_the_moment_of_signing() -> None:
    closing_race()


@pytest.mark.django_db(transaction=True)
def test_signing_needs_the_guests_locks() -> None:
    seen_to_fail_without_lock(closing_race, Guest)


def signing_race() -> None:
    """Two hosts sign at the same moment: one signature."""
    event = make_event()
    outcomes = at_the_same_moment(4, lambda _: sign(event))
    assert all(isinstance(row, Closing) for row in outcomes), outcomes
    assert len({row.pk for row in outcomes}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_hosts_sign_once() -> None:
    signing_race()


@pytest.mark.django_db(transaction=True)
def test_signing_once_needs_the_events_lock() -> None:
    seen_to_fail_without_lock(signing_race, Event)
