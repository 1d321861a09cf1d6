"""Undo with all that follows: who owes, who is written to, what stands afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events import results
from events.models import Activity, Event, Message, Nomination
from guests import results_night
from guests.models import Obligation
from tests.factories import make_category, make_nomination, make_user
from tests.guests.night import (
    mails,
    make_nominated_guest,
    nomination_of,
    pay,
    propose,
    win,
)

State = Obligation.State


def undo(category: object) -> None:
    results_night.undo(category.pk, by=make_user("Ravi"), at=timezone.now())
    category.refresh_from_db()


def test_who_had_won_owes_nothing_and_hears_that_it_is_open_again(
    event: Event,
) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)

    undo(category)

    assert guest.obligations.live().get().state == State.DORMANT
    assert guest.obligations.filter(state=State.VOID).count() == 1
    assert mails(guest) == ["win", "correction"]
    assert Message.objects.get(kind="correction").context["is_open"] is True
    assert nomination_of(guest, category).outcome == Nomination.Outcome.PENDING
    line = Activity.objects.order_by("pk").last()
    assert (line.actor_name, line.verb) == ("Ravi", "undid the result of")


def test_an_undone_correction_brings_the_first_winner_back(event: Event) -> None:
    category = make_category(event)
    first, second = (make_nominated_guest(event, category) for _ in range(2))
    win(category, first)
    win(category, second)

    undo(category)

    assert first.obligations.live().get().state == State.DUE
    assert not second.obligations.live().exists()
    assert mails(first) == ["win", "correction", "win"]
    assert mails(second) == ["loss", "win", "correction"]


def test_who_has_paid_before_the_undo_is_not_asked_again_after_it(
    event: Event,
) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    donation = pay(guest)

    undo(category)
    win(category, guest)

    row = guest.obligations.live().with_paid_cents().get()
    assert (row.state, row.left_cents) == (State.DUE, 0)
    donation.refresh_from_db()
    assert donation.state == "paid", "no money moved"


def test_who_lost_before_and_was_told_it_is_open_again_hears_when_it_is_lost_again(
    event: Event,
) -> None:
    """Lost, won by a correction, lost again: each time the last letter is true."""
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first)
    win(first)
    make_nomination(second, guest.nominee)
    win(second, guest)
    undo(second)
    assert mails(guest) == ["loss", "win", "correction"]

    win(second)

    assert mails(guest) == ["loss", "win", "correction", "loss"]
    win(second)
    assert mails(guest).count("loss") == 2, "twice is once"


def test_after_the_hold_nothing_is_undone(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest, at=timezone.now() - timedelta(minutes=event.hold_minutes))

    with pytest.raises(results.TooLate):
        undo(category)
    assert guest.obligations.get().state == State.DUE
    assert mails(guest) == ["win"]


def test_one_press_of_one_organiser_is_undone_to_an_open_category(
    event: Event,
) -> None:
    event.second_confirmation_required = False
    event.save(update_fields=["second_confirmation_required"])
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    results_night.announce_alone(
        category.pk,
        [nomination_of(guest, category).pk],
        by=make_user(),
        at=timezone.now(),
        version=0,
    )

    undo(category)

    assert (category.state, category.has_draft) == ("open", False)


def test_an_undone_result_waits_for_its_second_person_again(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    propose(category, guest)
    confirmed = {"by": make_user(), "at": timezone.now()}
    results_night.confirm(category.pk, **confirmed)
    undo(category)
    results_night.confirm(category.pk, **confirmed)

    assert mails(guest) == ["win", "correction", "win"]
    assert guest.obligations.live().get().state == State.DUE
