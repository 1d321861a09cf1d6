"""Heads are known without counting guests: whoever writes, however many there are."""

import json
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from guests import seats
from guests.models import Contact, Guest, Invitation, SeatMove, SeatOffer
from losers_lounge import planner
from tests.factories import make_event
from tests.guests.factories import make_contact, make_guest
from tests.guests.people import NO, YES, browser_of, page_of, say
from tests.racing import at_the_same_moment

MANY = 400


def seat_many(event: Event, count: int) -> None:
    """So many who said yes, written as an import would."""
    contact, at = make_contact(event), timezone.now()
    invitations = Invitation.objects.bulk_create(
        Invitation(event=event, contact=contact) for _ in range(count)
    )
    Guest.objects.bulk_create(
        Guest(
            event=event,
            invitation=invitation,
            answer=YES,
            answered_at=at,
            **Guest.named(f"Seated {number}"),
        )
        for number, invitation in enumerate(invitations)
    )


def counted(event: Event) -> int:
    return event.guests.attending().filter(gone_at=None).count()


@pytest.mark.django_db
def test_whoever_writes_a_guest_s_row_moves_the_seats_with_it(event: Event) -> None:
    people, at = event.guests.all(), timezone.now()
    other = make_event()
    seat_many(event, 8)
    one, two, three, four, five = (people.filter(pk=row.pk) for row in people[:5])
    make_guest(event)
    acts: list[tuple[int, Callable[[], object]]] = [
        (8, lambda: None),
        (8, lambda: people.update(name="Somebody", answered_at=at)),
        (7, lambda: one.update(answer=NO)),
        (6, lambda: two.update(removed_at=at)),
        (5, lambda: three.update(gone_at=at)),
        (4, lambda: four.delete()),
        (3, lambda: five.update(event=other)),
        (4, lambda: people.filter(gone_at=at).update(gone_at=None)),
        (5, lambda: people.filter(removed_at=at).update(removed_at=None)),
    ]
    for heads, act in acts:
        act()
        assert seats.of(event).heads == counted(event) == heads
    assert seats.of(other).heads == 1


@pytest.mark.django_db
def test_who_takes_a_seat_makes_one_row_of_many(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=2 * MANY)
    seat_many(event, MANY)
    assert event.seat_moves.count() == MANY
    say(make_guest(event))
    assert sorted(event.seat_moves.values_list("heads", flat=True)) == [1, MANY]
    assert seats.of(event).heads == MANY + 1


@pytest.mark.django_db(transaction=True)
def test_a_seat_that_is_being_given_back_waits_for_nobody() -> None:
    """One who leaves and one who takes a seat, the first not committed yet."""
    event = make_event(capacity=2 * MANY)
    seat_many(event, MANY)
    leaving, coming = event.guests.first(), make_guest(event)
    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        Guest.objects.filter(pk=leaving.pk).update(answer=NO)
        [said] = at_the_same_moment(1, lambda _: say(coming))
        assert isinstance(said, Guest)
        cursor.execute("COMMIT")
    assert seats.of(event).heads == counted(event) == MANY
    assert SeatMove.objects.filter(event=event).count() == 3


def rows_touched(plan: dict) -> int:
    """Rows that a plan looked at, in all of its steps."""
    thrown = sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index"))
    own = plan["Actual Rows"] * plan["Actual Loops"] + thrown
    return int(own) + sum(map(rows_touched, plan.get("Plans", [])))


def cost(act: Callable[[], object]) -> int:
    """Rows that the questions of one act touch, each by the best index it has."""
    with CaptureQueriesContext(connection) as asked:
        act()
    questions = [row["sql"] for row in asked if row["sql"].lstrip()[:6] == "SELECT"]
    touched = 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for question in questions:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}")
            [(found,)] = cursor.fetchall()
            read = json.loads(found) if isinstance(found, str) else found
            touched += rows_touched(read[0]["Plan"])
    assert len(questions) >= 3
    return touched


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans")
def test_a_page_and_an_answer_touch_as_few_rows_among_many(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=2 * MANY)
    seat_many(event, MANY)
    seats.fold(event)
    planner.analyze(Event, Contact, Invitation, Guest, SeatMove, SeatOffer)
    guest = make_guest(event)
    browser, page = browser_of(guest.invitation), page_of(guest.invitation)
    assert cost(lambda: browser.get(page)) < MANY / 4
    assert cost(lambda: say(guest)) < MANY / 4
