"""The stored obligations: brought to match the results, voided, carried over."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event, Nomination
from guests import obligations
from guests.models import Guest, Obligation
from tests.factories import make_category, make_nomination, make_nominee
from tests.guests.night import (
    give_back,
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)

WIN = Event.ChargePer.WIN
THOUSAND = 100_000
AT = datetime(2013, 9, 23, 3, 41, tzinfo=UTC)


def states(guest: Guest) -> list[tuple[str, int]]:
    rows = guest.obligations.order_by("pk")
    return list(rows.values_list("state", "amount_cents"))


def paid_cents(guest: Guest) -> int:
    rows = Obligation.objects.due().with_paid_cents().filter(guest=guest)
    return sum(min(row.paid_cents, row.amount_cents) for row in rows)


def test_an_open_nomination_makes_a_dormant_row(event: Event) -> None:
    guest = make_nominated_guest(event, make_category(event), make_category(event))

    assert states(guest) == [("dormant", THOUSAND)]


def test_a_win_wakes_the_dormant_row(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)

    win(first, guest)

    assert states(guest) == [("due", THOUSAND)]
    assert guest.obligations.get().cause == [first.nominations.get().pk]


def test_a_second_win_owes_no_more(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)

    win(first, guest)
    win(second, guest)

    assert states(guest) == [("due", THOUSAND)]
    assert len(guest.obligations.get().cause) == 2


def test_losing_everything_voids_the_dormant_row(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)

    win(category, make_nomination(category))

    assert states(guest) == [("void", THOUSAND)]


def test_a_tie_is_owed_by_everybody_in_it(event: Event) -> None:
    category = make_category(event)
    pair = [make_nominated_guest(event, category) for _ in range(2)]

    win(category, *pair)

    assert [states(guest) for guest in pair] == [[("due", THOUSAND)]] * 2


def test_a_team_of_six_owes_six_times(event: Event) -> None:
    category = make_category(event)
    people = [make_nominee(event) for _ in range(6)]
    guests = [make_coming(event, nominee=person) for person in people]
    nomination = make_nomination(category, *people)

    win(category, nomination)

    assert all(states(guest) == [("due", THOUSAND)] for guest in guests)


def test_exempt_tags_owe_nothing(event: Event) -> None:
    event.exempt_tags = ["Presenter"]
    event.save(update_fields=["exempt_tags"])
    category = make_category(event)
    guest = make_nominated_guest(event, category, tags=["presenter"])

    win(category, guest)

    assert states(guest) == []


@pytest.mark.parametrize(
    ("plus_one_pays", "tags", "owed"),
    [
        (False, [], []),
        (True, [], [("due", THOUSAND)]),
        (True, ["presenter"], []),
    ],
)
def test_a_winners_plus_one_pays_where_the_house_says_so(
    event: Event, plus_one_pays: bool, tags: list[str], owed: list[tuple[str, int]]
) -> None:
    event.plus_one_pays, event.exempt_tags = plus_one_pays, ["presenter"]
    event.save(update_fields=["plus_one_pays", "exempt_tags"])
    category = make_category(event)
    winner = make_nominated_guest(event, category, tags=tags)
    plus_one = make_plus_one(winner)

    win(category, winner)

    assert states(plus_one) == owed


def test_somebody_taken_off_the_list_owes_nothing(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category, removed_at=timezone.now())

    win(category, guest)

    assert states(guest) == []


def test_bringing_up_to_date_twice_changes_nothing(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    before = list(Obligation.objects.values())

    brought = obligations.bring_up_to_date(event, timezone.now())

    assert brought == obligations.Brought()
    assert list(Obligation.objects.values()) == before


def test_a_correction_voids_and_adds_and_deletes_nothing(event: Event) -> None:
    category = make_category(event)
    first, second = (make_nominated_guest(event, category) for _ in range(2))

    win(category, first)
    win(category, second)
    win(category, first)

    assert states(first) == [("void", THOUSAND), ("due", THOUSAND)]
    # Lost (its dormant row void), won (due, then void).
    assert states(second) == [("void", THOUSAND), ("void", THOUSAND)]


def test_a_waiver_stands_while_its_cause_stands(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    win(first, guest)
    guest.obligations.update(state=Obligation.State.WAIVED)

    win(second, guest)
    assert states(guest) == [("waived", THOUSAND)]

    win(first)
    win(second)
    assert states(guest) == [("void", THOUSAND)]


def test_money_given_before_a_correction_carries_over(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    pay(guest)

    win(category)
    assert paid_cents(guest) == 0
    win(category, guest)

    assert paid_cents(guest) == THOUSAND
    assert not Obligation.objects.unpaid().filter(guest=guest).exists()


def test_money_that_was_given_back_does_not_carry_over(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    donation = pay(guest)

    win(category)
    give_back(donation)
    win(category, guest)

    assert paid_cents(guest) == 0


@pytest.mark.parametrize("corrected_first", [True, False])
def test_money_for_a_win_that_was_none_counts_for_another_win(
    event: Event, corrected_first: bool
) -> None:
    event.charge_per = WIN
    event.save(update_fields=["charge_per"])
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    win(first, guest)
    pay(guest)

    if corrected_first:
        win(first)
        win(second, guest)
    else:
        win(second, guest)
        win(first)

    live = Obligation.objects.live().filter(guest=guest)
    assert [row.amount_cents for row in live] == [THOUSAND]
    assert paid_cents(guest) == THOUSAND


def test_one_gift_never_counts_twice(event: Event) -> None:
    event.charge_per = WIN
    event.save(update_fields=["charge_per"])
    categories = [make_category(event) for _ in range(3)]
    guest = make_nominated_guest(event, *categories)
    win(categories[0], guest)
    pay(guest)

    win(categories[0])
    for category in categories[1:]:
        win(category, guest)
    win(categories[0], guest)

    assert paid_cents(guest) == THOUSAND
    assert Obligation.objects.unpaid().filter(guest=guest).count() == 2


def test_a_new_price_under_a_cap_keeps_what_was_given(event: Event) -> None:
    event.charge_per, event.cap_cents = WIN, 150_000
    event.save(update_fields=["charge_per", "cap_cents"])
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    win(first, guest, at=AT)
    win(second, guest, at=AT.replace(hour=4))
    pay(guest)
    assert paid_cents(guest) == 150_000

    win(first, at=AT.replace(hour=5))

    (row,) = Obligation.objects.live().with_paid_cents().filter(guest=guest)
    assert (row.amount_cents, row.state) == (THOUSAND, "due")
    assert paid_cents(guest) == THOUSAND


def test_what_is_foreseen_is_what_happens_and_writes_nothing(event: Event) -> None:
    category = make_category(event)
    first, second = (make_nominated_guest(event, category) for _ in range(2))
    win(category, first)
    before = list(Obligation.objects.order_by("pk").values())
    won = {row.nominees.get().pk: row.pk for row in category.nominations.all()}
    outcomes = {
        won[first.nominee_id]: Nomination.Outcome.LOST,
        won[second.nominee_id]: Nomination.Outcome.WON,
    }

    foreseen = obligations.foresee(event, list(won), outcomes)

    assert [guest for guest, _due in foreseen.falls_due] == [second]
    assert [row.guest for row in foreseen.voided] == [first]
    assert list(Obligation.objects.order_by("pk").values()) == before


def test_reading_many_people_takes_as_many_queries_as_few(
    event: Event, django_assert_max_num_queries: Any
) -> None:
    category = make_category(event)
    for _ in range(12):
        make_nominated_guest(event, category)

    with django_assert_max_num_queries(3):
        obligations.bring_up_to_date(event, timezone.now())
