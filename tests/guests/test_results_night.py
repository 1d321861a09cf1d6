"""A change of results with all that follows: obligations, letters, the impact sheet."""

from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from donations.models import Donation, Reward
from events import results, running_order
from events.models import Category, Event, Message, Nomination
from guests import door, impact, letters, results_night, trophies
from guests.models import Guest, Obligation
from tests.factories import make_event, make_user
from tests.guests.night import (
    make_category,
    make_coming,
    make_nominated_guest,
    make_nomination,
    nomination_of,
    pay,
    win,
)
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST


def mails(guest: Guest) -> list[str]:
    rows = Message.objects.filter(about=guest.invitation.about).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def propose(category: Category, *winners: Guest) -> Category:
    chosen = [nomination_of(guest, category).pk for guest in winners]
    results.announce(category.pk, chosen, by=make_user(), at=timezone.now())
    return running_order.with_entries(category.event).get(pk=category.pk)


def test_a_winner_is_told_why_and_what(event: Event) -> None:
    category = make_category(event, "Outstanding Drama Series")
    guest = make_nominated_guest(event, category)

    win(category, guest)

    (message,) = Message.objects.filter(kind="win")
    assert message.context["why"] == guest.obligations.get().why
    assert message.context["amount_cents"] == 100_000
    assert mails(guest) == ["win"]


def test_a_loser_is_congratulated_when_the_last_category_has_gone(
    event: Event,
) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)

    win(first, make_nomination(first))
    assert mails(guest) == []
    win(second, make_nomination(second))
    assert mails(guest) == ["loss"]


def test_who_won_once_is_not_congratulated_on_losing_the_rest(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)

    win(first, guest)
    win(second, make_nomination(second))

    assert mails(guest) == ["win"]


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [("yes", ["loss"]), ("waiting", ["loss"]), ("no", []), ("waitlisted", [])],
)
def test_nobody_without_a_seat_is_told_to_come_on_in(
    event: Event, answer: str, kinds: list[str]
) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category, answer=answer)

    win(category, make_nomination(category))

    assert mails(guest) == kinds


def test_a_correction_writes_to_both_sides_once(event: Event) -> None:
    category = make_category(event)
    first, second = (make_nominated_guest(event, category) for _ in range(2))

    win(category, first)
    win(category, second)

    assert mails(first) == ["win", "correction"]
    assert mails(second) == ["loss", "win"]


def test_a_winner_who_has_given_already_is_not_asked_again(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    pay(guest)

    win(category)
    win(category, guest)

    assert mails(guest) == ["win", "correction"]


def test_another_price_is_no_correction_of_the_win(event: Event) -> None:
    event.charge_per, event.cap_cents = Event.ChargePer.WIN, 150_000
    event.save(update_fields=["charge_per", "cap_cents"])
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    win(first, guest)
    win(second, guest)

    win(first)

    corrected = Message.objects.filter(kind="correction")
    assert [row.context["category"] for row in corrected] == [first.name]


def test_recording_the_official_list_again_changes_nothing(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    winners = {category.pk: [nomination_of(guest, category).pk]}
    at, by = timezone.now(), make_user()

    assert results_night.record(event, winners, by=by, at=at) == 1
    assert results_night.record(event, winners, by=by, at=at) == 0
    assert mails(guest) == ["win"]


def test_an_official_list_touches_its_own_event_only(event: Event) -> None:
    foreign = make_category(make_event())

    changed = results_night.record(event, {foreign.pk: []}, by=None, at=timezone.now())

    foreign.refresh_from_db()
    assert (changed, foreign.state) == (0, Category.State.OPEN)


def test_one_organiser_announces_and_confirms_in_one_press(event: Event) -> None:
    event.second_confirmation_required = False
    event.save(update_fields=["second_confirmation_required"])
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    press = {"by": make_user(), "at": timezone.now(), "version": 0}
    chosen = [nomination_of(guest, category).pk]

    first = results_night.announce_alone(category.pk, chosen, **press)
    again = results_night.announce_alone(category.pk, chosen, **press)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert guest.obligations.get().state == Obligation.State.DUE
    assert mails(guest) == ["win"]


@pytest.mark.parametrize("broken", ["post", "wins"])
@pytest.mark.django_db(transaction=True)
def test_a_failure_in_between_leaves_nothing_behind(broken: str) -> None:
    event = make_event()
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    propose(category, guest)

    with (
        patch.object(letters, broken, side_effect=RuntimeError("the power went")),
        pytest.raises(RuntimeError),
    ):
        results_night.confirm(category.pk, by=make_user(), at=timezone.now())

    category.refresh_from_db()
    assert category.state == Category.State.ANNOUNCED
    assert nomination_of(guest, category).outcome == Nomination.Outcome.PENDING
    assert guest.obligations.get().state == Obligation.State.DORMANT
    assert not Message.objects.exists()


def two_categories_race() -> None:
    """A nominee of two categories wins both in the same moment."""
    event = make_event()
    pair = [make_category(event), make_category(event)]
    guest = make_nominated_guest(event, *pair)
    chosen = [[nomination_of(guest, category).pk] for category in pair]
    by = make_user()
    for category, winners in zip(pair, chosen, strict=True):
        results.announce(category.pk, winners, by=make_user(), at=timezone.now())

    outcomes = at_the_same_moment(
        2, lambda n: results_night.confirm(pair[n].pk, by=by, at=timezone.now())
    )

    assert all(isinstance(row, results.Change) for row in outcomes), outcomes
    row = guest.obligations.live().get()
    assert (row.state, len(row.cause)) == (Obligation.State.DUE, 2)
    assert mails(guest) == ["win"]


@pytest.mark.django_db(transaction=True)
def test_two_wins_in_the_same_moment_are_owed_once() -> None:
    two_categories_race()


@pytest.mark.django_db(transaction=True)
def test_two_wins_in_the_same_moment_need_the_guests_lock() -> None:
    seen_to_fail_without_lock(two_categories_race, Guest)


def two_desks_race() -> None:
    """Eight people press Confirm on one draft."""
    event = make_event()
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    seen = propose(category, guest).version
    desk = [make_user() for _ in range(8)]

    outcomes = at_the_same_moment(
        8,
        lambda n: results_night.confirm(
            category.pk, by=desk[n], at=timezone.now(), version=seen
        ),
    )

    made = [row for row in outcomes if isinstance(row, results.Change)]
    told = [row for row in outcomes if isinstance(row, results.StaleCategory)]
    assert (len(made), len(told)) == (1, 7), outcomes
    assert category.changes.filter(action="confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_confirmations_at_once_are_one() -> None:
    two_desks_race()


@pytest.mark.django_db(transaction=True)
def test_eight_confirmations_at_once_need_the_categorys_lock() -> None:
    seen_to_fail_without_lock(two_desks_race, Category)


# --- The impact sheet -----------------------------------------------------------------


def test_the_impact_sheet_says_what_a_correction_would_do(event: Event) -> None:
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    at, by = timezone.now(), make_user()
    win(category, old)
    donation = pay(old)
    Reward.objects.create(donation=donation, engraving=old.name, requested_at=at)
    trophies.receive(old.pk, "A1", by=by, at=at)
    door.admit(old.pk, nonce="n", by=by, at=at)

    sheet = impact.of(propose(category, new))

    assert sheet.new_winners == (new,)
    assert sheet.no_longer_winners == (old,)
    assert [guest for guest, _due in sheet.falls_due] == [new]
    assert [row.guest for row in sheet.voided] == [old]
    assert [(row.guest, row.cents) for row in sheet.paid] == [(old, 100_000)]
    assert sheet.bottles == 1
    assert [row.tag for row in sheet.trophies] == ["A1"]
    assert sheet.inside == (old,)
    assert (sheet.cents_falling_due, sheet.cents_voided) == (100_000, 100_000)


def test_the_letters_foreseen_are_the_letters_sent(event: Event) -> None:
    category, other = make_category(event), make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    make_nominated_guest(event, category, other)
    loser = make_nominated_guest(event, category)
    loser.invitation.contact.email = ""
    loser.invitation.contact.save()

    for winners in ((old,), (new,), (old, new), ()):
        foreseen = impact.of(propose(category, *winners)).letters
        before = Message.objects.count()
        results_night.confirm(category.pk, by=make_user(), at=timezone.now())
        assert Message.objects.count() - before == foreseen


def test_nothing_is_voided_for_who_still_wins_elsewhere(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    win(first, guest)
    win(second, guest)

    sheet = impact.of(propose(first))

    assert sheet.no_longer_winners == (guest,)
    assert sheet.voided == ()


def test_winners_who_are_not_invited_are_named(event: Event) -> None:
    category = make_category(event)
    absent = make_nomination(category)
    results.announce(category.pk, [absent.pk], by=make_user(), at=timezone.now())
    category.refresh_from_db()

    sheet = impact.of(category)

    assert sheet.winners_not_invited == (absent.nominees.get().name,)
    assert sheet.new_winners == ()


def test_looking_at_the_impact_changes_nothing(event: Event) -> None:
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    win(category, old)
    category = propose(category, new)
    before = list(Obligation.objects.order_by("pk").values())

    impact.of(category)

    assert list(Obligation.objects.order_by("pk").values()) == before
    assert nomination_of(old, category).outcome == WON
    assert nomination_of(new, category).outcome == LOST


def test_a_refund_is_never_automatic(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    donation = pay(guest)

    win(category)

    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert donation.settlements.count() == 1


def test_confirming_for_many_takes_few_queries_for_each(
    event: Event, django_assert_max_num_queries: Any
) -> None:
    """Reading does not grow with the people; each of them is written once or twice."""
    category = make_category(event)
    for _ in range(10):
        make_nominated_guest(event, category)
    stray = make_coming(event)
    propose(category)

    with django_assert_max_num_queries(60):
        results_night.confirm(category.pk, by=make_user(), at=timezone.now())
    assert mails(stray) == []
