"""A change of results with all that follows: obligations, letters, the impact sheet."""

from unittest.mock import patch

import pytest
from django.utils import timezone

from donations.models import Reward
from events.models import Category, Event, Message, Nomination
from guests import letters, results_night
from guests.models import Obligation, Settlement
from tests.factories import make_category, make_event, make_nomination, make_user
from tests.guests.night import (
    mails,
    make_nominated_guest,
    nomination_of,
    pay,
    propose,
    win,
)

WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST


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

    assert mails(guest) == ["win", "correction", "surplus"]


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


@pytest.mark.parametrize("broken", ["post", "fresh_wins"])
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


def test_the_bottle_of_a_corrected_winner_waits_and_the_gift_is_listed(
    event: Event,
) -> None:
    category = make_category(event)
    tina = make_nominated_guest(event, category)
    louis = make_nominated_guest(event, category)
    win(category, tina)
    donation = pay(tina)
    reward = Reward.objects.create(
        donation=donation, engraving="Tina", requested_at=timezone.now()
    )

    win(category, louis)
    reward.refresh_from_db()
    assert reward.state == Reward.State.ON_HOLD
    assert [row.obligation.guest for row in Settlement.objects.idle()] == [tina]

    win(category, tina)
    reward.refresh_from_db()
    assert reward.state == Reward.State.REQUESTED
    assert not Settlement.objects.idle().exists()
