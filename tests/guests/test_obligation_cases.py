"""The odd cases of an awards night: who owes, and who does not (PRODUCT.md 2.3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from guests import guest_list, rsvp
from guests.models import Guest, Obligation
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.factories import make_guest
from tests.guests.night import (
    mails,
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)
from tests.guests.people import AT, WAITLISTED, YES

pytestmark = pytest.mark.django_db

THOUSAND = 100_000


def owed(*guests: Guest) -> list[list[int]]:
    """What each of them owes now, in cents."""
    return [
        list(guest.obligations.due().values_list("amount_cents", flat=True))
        for guest in guests
    ]


@pytest.mark.parametrize("wins", [0, 1, 2, 3])
def test_nominated_in_three_owes_once_however_many_are_won(
    event: Event, wins: int
) -> None:
    categories = [make_category(event) for _ in range(3)]
    guest = make_nominated_guest(event, *categories)

    for number, category in enumerate(categories):
        if number < wins:
            win(category, guest)
        else:
            win(category, make_nomination(category))

    assert owed(guest) == [[THOUSAND] if wins else []]
    assert mails(guest) == (["win"] if wins else ["loss"])


def test_all_six_winners_of_a_jury_owe(event: Event) -> None:
    category = make_category(event)
    guests = [make_nominated_guest(event, category) for _ in range(7)]

    win(category, *guests[:6])

    assert owed(*guests) == [[THOUSAND]] * 6 + [[]]


def test_a_category_that_nobody_won_is_owed_by_nobody(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)

    win(category)

    assert owed(guest) == [[]]
    assert mails(guest) == ["loss"]


def test_of_a_team_of_twelve_the_four_who_are_guests_owe(event: Event) -> None:
    category = make_category(event)
    team = [make_nominee(event) for _ in range(12)]
    guests = [make_coming(event, nominee=person) for person in team[:4]]

    win(category, make_nomination(category, *team))

    assert owed(*guests) == [[THOUSAND]] * 4
    assert Obligation.objects.count() == 4


def test_somebody_nominated_under_two_spellings_is_one_person(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    person = make_nominee(event, "Louis Szekely", aliases=["Louis C.K."])
    entries = [make_nomination(category, person) for category in (first, second)]
    guest = make_coming(event, "LOUIS CK")
    guest_list.link_nominees(event)

    for category, entry in zip((first, second), entries, strict=True):
        win(category, entry)

    assert owed(guest) == [[THOUSAND]]


def test_two_people_of_one_name_do_not_owe_for_one_another(event: Event) -> None:
    category = make_category(event)
    dancer, singer = (make_coming(event, "Mandy Moore") for _ in range(2))
    person = make_nominee(event, "Mandy Moore")
    entry = make_nomination(category, person)
    assert guest_list.link_nominees(event) == set()
    guest_list.link(dancer.pk, person.pk, by=make_user(), at=AT)

    win(category, entry)

    assert owed(dancer, singer) == [[THOUSAND], []]


def test_a_winner_of_a_week_ago_may_have_paid_before_the_doors_open(
    event: Event,
) -> None:
    early, late = make_category(event), make_category(event)
    guest = make_nominated_guest(event, early, late)
    win(early, guest, at=timezone.now() - timedelta(days=7))
    pay(guest)

    win(late, guest)

    assert Obligation.objects.satisfied().get().guest == guest
    assert mails(guest) == ["win"]


def test_a_winner_of_an_earlier_year_owes_nothing(event: Event) -> None:
    last_year, name = make_event(), "Ty Burrell"
    won = make_category(last_year)
    then = make_nominated_guest(last_year, won, name=name)
    win(won, then)

    now = make_nominated_guest(event, make_category(event), name=name)

    assert owed(then, now) == [[THOUSAND], []]


def test_a_host_who_wins_owes_like_everybody(event: Event) -> None:
    category = make_category(event)
    host = make_nominated_guest(event, category, name="Jon Hamm", tags=["host"])

    win(category, host)

    assert owed(host) == [[THOUSAND]]


@pytest.mark.parametrize("plus_one_pays", [True, False])
def test_a_plus_one_who_wins_owes_once_for_themselves(plus_one_pays: bool) -> None:
    event = make_event(plus_one_pays=plus_one_pays)
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    friend = make_plus_one(winner, nominee=make_nominee(event))
    make_nomination(category, friend.nominee)

    win(category, winner, friend)

    assert owed(winner, friend) == [[THOUSAND], [THOUSAND]]


def test_who_waits_for_a_seat_owes_nothing_for_the_win_of_another() -> None:
    event = make_event(plus_one_pays=True, capacity=1)
    category = make_category(event)
    sitting = make_guest(event)
    rsvp.answer(sitting.pk, rsvp.Reply(YES, plus_ones=()), at=AT)
    winner = make_nominated_guest(event, category, plus_ones=1, answer="waiting")
    rsvp.answer(winner.pk, rsvp.Reply(WAITLISTED, plus_ones=("Ann",)), at=AT)
    win(category, winner)
    friend = winner.plus_one_guests.get()
    assert owed(winner, friend) == [[THOUSAND], []]

    Event.objects.update(capacity=3)
    rsvp.answer(winner.pk, rsvp.Reply(YES, plus_ones=("Ann",)), at=AT)

    assert owed(winner, friend) == [[THOUSAND], [THOUSAND]]
