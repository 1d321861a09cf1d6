"""Eight phones at one door: what the lock holds, and what the index holds."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from guests import door
from guests.models import Admission, Guest
from tests.factories import make_event, make_user
from tests.guests.devices import make_device
from tests.guests.doorstep import admit, close, log
from tests.guests.night import (
    make_coming,
)
from tests.guests.scanning import AT, hand_in, scan
from tests.racing import at_the_same_moment, seen_to_fail_without_lock, without_lock

IN, OUT, UNDONE = Admission.Action.IN, Admission.Action.OUT, Admission.Action.UNDONE


# Two things keep a person from coming in twice: the guest's row lock, and the partial
# unique index. Each alone is enough for that; without both, eight phones make eight
# rows. What only the lock gives is that nothing else is decided on an old look.


@contextmanager
def without_index() -> Iterator[None]:
    """Inside, the database takes a second open row of one guest."""
    constraint = next(
        row
        for row in Admission._meta.constraints
        if row.name == "admission_open_once_per_guest"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(Admission, constraint)
    try:
        yield
    finally:
        Admission.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Admission, constraint)


def double_scan_race() -> None:
    """Eight phones let the same person in."""
    guest = make_coming()
    by = make_user()

    outcomes = at_the_same_moment(8, lambda n: admit(guest, f"{guest.pk}/{n}", by))

    assert all(isinstance(row, door.Admitted) for row in outcomes), outcomes
    assert sum(row.is_new for row in outcomes) == 1
    assert len({row.admission.pk for row in outcomes}) == 1
    assert log(guest.event) == [IN]


@pytest.mark.django_db(transaction=True)
def test_eight_phones_let_one_person_in_once() -> None:
    double_scan_race()


@pytest.mark.django_db(transaction=True)
def test_the_index_alone_lets_nobody_in_twice() -> None:
    with without_lock(Guest):
        double_scan_race()


@pytest.mark.django_db(transaction=True)
def test_the_lock_alone_lets_nobody_in_twice() -> None:
    with without_index():
        double_scan_race()


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_index_somebody_comes_in_twice() -> None:
    with without_index():
        seen_to_fail_without_lock(double_scan_race, Guest)


def double_undo_race() -> None:
    """Eight phones undo one admission: the count of admitted must not go below none."""
    guest = make_coming()
    admit(guest, f"{guest.pk}/in")

    outcomes = at_the_same_moment(8, lambda n: close(guest, UNDONE, f"{guest.pk}/{n}"))

    assert not any(isinstance(row, Exception) for row in outcomes), outcomes
    assert log(guest.event) == [IN, UNDONE]


@pytest.mark.django_db(transaction=True)
def test_eight_phones_undo_an_admission_once() -> None:
    double_undo_race()


@pytest.mark.django_db(transaction=True)
def test_undoing_once_needs_the_guests_lock() -> None:
    seen_to_fail_without_lock(double_undo_race, Guest)


@pytest.mark.django_db(transaction=True)
def test_one_press_for_eight_people_is_one_persons() -> None:
    guests = [make_coming(make_event()) for _ in range(8)]
    by = make_user()

    outcomes = at_the_same_moment(8, lambda n: admit(guests[n], "one press", by))

    admitted = [row for row in outcomes if isinstance(row, door.Admitted)]
    refused = [row for row in outcomes if isinstance(row, door.NonceUsed)]
    assert (len(admitted), len(refused)) == (1, 7), outcomes


@pytest.mark.django_db(transaction=True)
def test_one_name_of_a_press_at_eight_doors_is_one_press() -> None:
    """No phone makes the same name twice; one that does is answered, once let in."""
    guests = [make_coming(make_event()) for _number in range(8)]
    phones = [make_device(guest.event, claimed_at=AT) for guest in guests]
    outcomes = at_the_same_moment(
        8, lambda n: hand_in(phones[n], scan(guests[n], 5, nonce="same"))
    )
    words = sorted(merged.received[0].outcome for merged in outcomes)
    assert words == ["counted", *["refused"] * 7]
