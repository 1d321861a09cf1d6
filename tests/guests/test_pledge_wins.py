"""A confirmed win is charged after the hold, for what is owed then, once."""

import time
from datetime import timedelta
from threading import Event as Gate

import pytest
from django.db import transaction
from django.utils import timezone

from donations import checkout
from donations.models import Donation, DonationAttempt, Pledge
from events.models import Event
from guests import pledges, results_night
from guests.door import waivers
from guests.models import Guest, Obligation
from guests.payments import donation_for
from guests.pledges import (
    TooLateToWithdraw,
    Verdict,
    winning,
)
from losers_lounge.stand_in.server import StandIn
from tests import racing
from tests.donations.pledging import charges, kept, save_card
from tests.factories import make_category, make_event, make_user
from tests.guests.night import make_nominated_guest, pay, propose, win
from tests.guests.pledging import (
    approve,
    category_of,
    follow,
    loses,
    pledge_of,
    pledged,
    press,
    state,
    wins,
)

pytestmark = pytest.mark.django_db(transaction=True)
State = Pledge.State
URL = "http://testserver/back/"


def test_a_win_is_charged_after_the_hold_and_a_press_once(
    stand_in: StandIn, event: Event
) -> None:
    guest, other = pledged(stand_in, event), pledged(stand_in, event)
    now = timezone.now()
    win(category_of(guest), guest, at=now)
    letter = event.messages.get(kind="win")
    assert letter.context["card"] == pledge_of(guest).card_last4
    (one, two) = pledges.review(event, now)
    assert {one.verdict, two.verdict} == {Verdict.HELD, Verdict.WAITING}
    assert approve(event, guest) == [], "it can still be undone"
    later = now + timedelta(minutes=10)
    assert pledges.review(event, later)[0].verdict == Verdict.CHARGEABLE
    follow(later)
    assert state(guest) == State.CARD_SAVED, "nobody has pressed"

    event.categories.update(official_at=now - timedelta(minutes=11))
    with pytest.raises(TooLateToWithdraw):
        pledges.withdraw(guest.pk, press())
    assert approve(event, guest, other) == [pledge_of(guest)]
    assert approve(event, guest) == []
    follow()
    follow()

    assert (state(guest), state(other)) == (State.PAID, State.CARD_SAVED)
    assert len(charges(stand_in)) == 1
    (donation,) = Donation.objects.all()
    assert donation.settlements.get().obligation.guest == guest
    assert donation.parts.get().for_name == guest.name
    assert Obligation.objects.satisfied().filter(guest=guest).exists()
    assert not kept(stand_in, pledge_of(guest))
    assert "approved charging the pledge of" in event.activities.values_list(
        "verb", flat=True
    )


def test_by_the_house_rule_nobody_presses(stand_in: StandIn, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(charges_pledges_by_rule=True)
    event.refresh_from_db()
    guest = pledged(stand_in, event)
    wins(guest)

    follow()

    assert state(guest) == State.PAID


def test_who_cannot_be_charged_yet_keeps_nobody_waiting(
    stand_in: StandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    Event.objects.filter(pk=event.pk).update(charges_pledges_by_rule=True)
    monkeypatch.setattr(winning, "BATCH", 1)
    waiting, winner = pledged(stand_in, event), pledged(stand_in, event)
    wins(winner)

    follow()

    assert (state(waiting), state(winner)) == (State.CARD_SAVED, State.PAID)


def test_an_undo_within_the_hold_means_that_nothing_was_charged(
    stand_in: StandIn, event: Event
) -> None:
    Event.objects.filter(pk=event.pk).update(charges_pledges_by_rule=True)
    guest, now = pledged(stand_in, event), timezone.now()
    win(category_of(guest), guest, at=now)
    follow(now + timedelta(minutes=9))

    results_night.undo(category_of(guest).pk, by=make_user(), at=now)
    follow(now + timedelta(minutes=30))

    assert state(guest) == State.CARD_SAVED
    assert charges(stand_in) == []


def test_a_proposed_correction_holds_the_charge(
    stand_in: StandIn, event: Event
) -> None:
    guest = pledged(stand_in, event)
    wins(guest)
    propose(category_of(guest))

    assert pledges.review(event, timezone.now())[0].verdict == Verdict.HELD
    assert approve(event, guest) == []


@pytest.mark.parametrize("what", ["corrected", "waived", "paid", "repriced", "no"])
def test_what_changed_between_press_and_charge_is_what_counts(
    stand_in: StandIn, event: Event, what: str
) -> None:
    guest = pledged(stand_in, event)
    wins(guest)
    assert approve(event, guest)
    if what == "corrected":
        loses(guest)
    elif what == "waived":
        row = guest.obligations.get()
        waivers.waive(row.pk, "Host", by=make_user(), at=timezone.now())
    elif what == "paid":
        pay(guest)
    elif what == "repriced":
        guest.obligations.update(amount_cents=40_000)
    else:
        Guest.objects.filter(pk=guest.pk).update(answer="no")

    follow()

    if what == "repriced":
        assert [row["amount"] for row in charges(stand_in)] == [40_000]
    else:
        assert charges(stand_in) == []
        wanted = State.CARD_SAVED if what == "no" else State.RELEASED
        assert state(guest) == wanted


@pytest.mark.parametrize("what", ["dearer", "lost and won again"])
def test_a_press_is_for_this_win_and_for_no_more_than_it_showed(
    stand_in: StandIn, event: Event, what: str
) -> None:
    guest = pledged(stand_in, event)
    Pledge.objects.update(amount_cents=200_000)
    wins(guest)
    assert approve(event, guest)
    if what == "dearer":
        guest.obligations.update(amount_cents=150_000)
    else:
        loses(guest, timezone.now())
        follow()
        wins(guest)
    row = guest.pledges.get()
    is_claimed = pledges.charge(row.pk, timezone.now()) if what == "dearer" else False

    follow()

    assert not is_claimed and charges(stand_in) == []
    (one,) = pledges.review(event, timezone.now())
    assert winning.may_be_pressed(one), "somebody has to press again"


def test_a_charge_waits_for_the_correction_that_is_being_made(
    stand_in: StandIn, event: Event
) -> None:
    def race() -> None:
        guest = pledged(stand_in, event)
        wins(guest)
        row, category, is_corrected = guest.pledges.get(), category_of(guest), Gate()

        def act(number: int) -> None:
            if number == 0:
                is_corrected.wait(5)
                winning._claim(row.pk, timezone.now())
            else:
                with transaction.atomic():
                    win(category)
                    is_corrected.set()
                    time.sleep(0.3)  # the correction is made, and not yet committed

        racing.at_the_same_moment(2, act)
        assert not DonationAttempt.objects.filter(donation__pledge=row.pledge).exists()

    race()
    racing.seen_to_fail_without_lock(race, Guest)


def test_two_workers_charge_one_winner_once(stand_in: StandIn, event: Event) -> None:
    def race() -> None:
        before = len(charges(stand_in))
        guest = pledged(stand_in, event)
        wins(guest)
        row = guest.pledges.get()
        racing.at_the_same_moment(4, lambda _: pledges.charge(row.pk, timezone.now()))
        assert len(charges(stand_in)) == before + 1
        assert (
            Donation.objects.filter(settlements__obligation__guest=guest).count() == 1
        )

    race()
    racing.seen_to_fail_without_lock(race, Guest, Pledge, Donation)


def test_an_open_payment_page_is_closed_before_the_card_is_charged(
    stand_in: StandIn, event: Event
) -> None:
    guest = pledged(stand_in, event)
    wins(guest)
    donation = donation_for(guest.pk)
    url = checkout.open_checkout(
        donation.pk, success_url=URL, cancel_url=URL, at=timezone.now()
    )
    session = url.rsplit("/", 1)[1]
    approve(event, guest)

    follow()

    assert state(guest) == State.PAID
    assert stand_in._store.get("", "checkout.session", session)["status"] == "expired"
    assert len(charges(stand_in)) == 1


def test_paid_on_the_page_in_that_moment_the_card_is_not_charged(
    stand_in: StandIn, event: Event
) -> None:
    guest = pledged(stand_in, event)
    wins(guest)
    donation = donation_for(guest.pk)
    url = checkout.open_checkout(
        donation.pk, success_url=URL, cancel_url=URL, at=timezone.now()
    )
    stand_in.pay(url.rsplit("/", 1)[1])
    approve(event, guest)

    follow()
    follow()

    assert state(guest) == State.RELEASED
    assert len(charges(stand_in)) == 1


def test_less_pledged_than_owed_is_charged_in_part(
    stand_in: StandIn, event: Event
) -> None:
    guest = pledged(stand_in, event)
    wins(guest)
    guest.obligations.update(amount_cents=150_000)
    approve(event, guest)

    follow()

    assert [row["amount"] for row in charges(stand_in)] == [100_000]
    (row,) = Obligation.objects.unpaid().filter(guest=guest)
    assert row.left_cents == 50_000


def test_who_owes_for_every_win_is_charged_once_when_all_is_decided(
    stand_in: StandIn,
) -> None:
    event = make_event(charge_per="win", charges_pledges_by_rule=True)
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    save_card(stand_in, pledges.agree(guest.pk, press()))
    assert pledge_of(guest).amount_cents == 200_000
    long_ago = timezone.now() - timedelta(minutes=11)
    win(first, guest, at=long_ago)
    follow()
    assert state(guest) == State.CARD_SAVED

    win(second, at=long_ago)
    follow()

    assert [row["amount"] for row in charges(stand_in)] == [100_000]
