"""Pledges and the results: charged after the hold, released when lost, told of."""

import time
from datetime import datetime, timedelta
from threading import Event as Gate

import pytest
from django.db import transaction
from django.utils import timezone

from donations import checkout, settlement
from donations.models import Donation, DonationAttempt, Pledge
from events.models import Event, Nomination
from guests import pledges, results_night
from guests.door import waivers
from guests.models import Guest, GuestPledge, Obligation
from guests.payments import donation_for
from guests.pledges import (
    NotOffered,
    Press,
    TooLateToWithdraw,
    Verdict,
    standing,
    winning,
)
from losers_lounge.stand_in.server import StandIn
from tests import racing
from tests.donations.pledging import charges, kept, save_card
from tests.factories import make_category, make_event, make_user
from tests.guests.factories import make_contact, make_invitation
from tests.guests.night import mails, make_nominated_guest, pay, propose, win

pytestmark = pytest.mark.django_db(transaction=True)
State = Pledge.State
URL = "http://testserver/back/"


def press(**fields: object) -> Press:
    return Press(timezone.now(), "192.0.2.7", **fields)


def pledged(stand_in: StandIn, event: Event, choice: str = "good") -> Guest:
    """A nominee in a category of their own, with a card saved."""
    guest = make_nominated_guest(event, make_category(event))
    save_card(stand_in, pledges.agree(guest.pk, press()), choice)
    return guest


def category_of(guest: Guest) -> object:
    return guest.nominee.nominations.get().category


def wins(guest: Guest, at: datetime | None = None) -> None:
    """The win, confirmed so long ago that it cannot be undone any more."""
    win(category_of(guest), guest, at=at or timezone.now() - timedelta(minutes=11))


def loses(guest: Guest, at: datetime | None = None) -> None:
    win(category_of(guest), at=at or timezone.now() - timedelta(minutes=11))


def pledge_of(guest: Guest) -> Pledge:
    return guest.pledges.latest("pk").pledge


def state(guest: Guest) -> str:
    return pledge_of(guest).state


def follow(at: datetime | None = None) -> None:
    pledges.follow(at or timezone.now())


def approve(event: Event, *guests: Guest, cents: int = 100_000) -> list[Pledge]:
    wanted = {pledge_of(guest).public_id: cents for guest in guests}
    return pledges.approve(event, wanted, by=make_user("Amy"), at=timezone.now())


def test_a_nominee_agrees_to_words_that_are_kept_and_takes_them_back(
    stand_in: StandIn, event: Event
) -> None:
    guest = make_nominated_guest(event, make_category(event))
    pledge = pledges.agree(guest.pk, press())
    assert pledges.agree(guest.pk, press()).pk == pledge.pk, "pressed twice, made once"
    for words in (guest.name, "$1,000.00", event.name, event.charity.legal_name, "10"):
        assert words in pledge.mandate_text
    assert (pledge.agreed_ip, pledge.mandate_version) == ("192.0.2.7", "2026-11")
    assert pledge.last_charge_at == event.ends_at + timedelta(days=7)

    save_card(stand_in, pledge)
    follow()
    assert pledges.withdraw(guest.pk, press())
    assert not pledges.withdraw(guest.pk, press())
    follow()

    assert state(guest) == State.WITHDRAWN
    assert not kept(stand_in, pledge_of(guest))
    assert mails(guest) == ["pledge_saved", "pledge_withdrawn"]
    verbs = list(event.activities.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["agreed to a pledge", "took the pledge back"]
    # And once more, which is a pledge of its own.
    assert pledges.agree(guest.pk, press()).pk != pledge.pk


def test_other_terms_are_agreed_to_anew(stand_in: StandIn, event: Event) -> None:
    guest = make_nominated_guest(event, make_category(event))
    first = pledges.agree(guest.pk, press())
    Event.objects.filter(pk=event.pk).update(hold_minutes=20)

    second = pledges.agree(guest.pk, press())

    first.refresh_from_db()
    assert (first.state, second.state) == (State.RELEASED, State.OFFERED)
    assert "20 minutes" in second.mandate_text


@pytest.mark.parametrize(
    "why", ["decided", "exempt", "no", "closed", "cancelled", "none"]
)
def test_nothing_is_offered_where_nothing_can_come_to_be_owed(
    event: Event, why: str
) -> None:
    guest = make_nominated_guest(event, make_category(event))
    if why == "decided":
        loses(guest)
    elif why == "exempt":
        guest.obligations.update(state="void", void_at=timezone.now())
    elif why == "no":
        Guest.objects.filter(pk=guest.pk).update(answer="no")
    elif why in ("closed", "cancelled"):
        Event.objects.filter(pk=event.pk).update(status=why)
    else:
        Guest.objects.filter(pk=guest.pk).update(nominee=None)

    with pytest.raises(NotOffered):
        pledges.agree(guest.pk, press())
    assert not Pledge.objects.exists()


def test_an_assistant_pledges_only_while_their_principal_lets_them(
    event: Event,
) -> None:
    dana = make_contact(event, "Dana", is_assistant=True)
    row = make_invitation(event, dana)
    guest = make_nominated_guest(event, make_category(event), invitation=row)
    by_dana = press(by="Dana", contact_id=dana.pk)
    with pytest.raises(NotOffered):
        pledges.agree(guest.pk, by_dana)

    row.contact_may_give = True
    row.save(update_fields=["contact_may_give"])
    pledge = pledges.agree(guest.pk, by_dana)
    assert pledge.donor_email == dana.email
    assert event.activities.latest("pk").actor_name == f"Dana for {guest.name}"

    row.contact_may_give = False
    row.save(update_fields=["contact_may_give"])
    with pytest.raises(NotOffered):
        pledges.withdraw(guest.pk, by_dana)
    # The principal alone pledges: the assistant's mailbox hears nothing of it.
    Pledge.objects.update(state="withdrawn", ended_at=timezone.now())
    Pledge.objects.update(payment_method_id="pm_1", detached_at=timezone.now())
    assert pledges.agree(guest.pk, press()).donor_email == ""
    assert pledges.write_owed(timezone.now()) == 0


def test_a_win_is_charged_after_the_hold_and_a_press_once(
    stand_in: StandIn, event: Event
) -> None:
    guest, other = pledged(stand_in, event), pledged(stand_in, event)
    now = timezone.now()
    win(category_of(guest), guest, at=now)
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
    assert "let the pledge be charged of" in event.activities.values_list(
        "verb", flat=True
    )


def test_by_the_house_rule_nobody_presses(stand_in: StandIn, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(charges_pledges_by_rule=True)
    event.refresh_from_db()
    guest = pledged(stand_in, event)
    wins(guest)

    follow()

    assert state(guest) == State.PAID


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


def test_losing_releases_the_card_after_the_hold_and_tells_it_kindly(
    stand_in: StandIn, event: Event
) -> None:
    guest, now = pledged(stand_in, event), timezone.now()
    loses(guest, at=now)
    follow(now + timedelta(minutes=9))
    assert state(guest) == State.CARD_SAVED, "it could still be undone"

    follow(now + timedelta(minutes=10))

    assert state(guest) == State.RELEASED
    assert not kept(stand_in, pledge_of(guest))
    assert mails(guest) == ["loss", "pledge_saved", "pledge_released"]
    follow(now + timedelta(minutes=11))
    assert len(mails(guest)) == 3


def test_after_the_last_day_every_card_is_forgotten(
    stand_in: StandIn, event: Event
) -> None:
    open_yet, asked = pledged(stand_in, event), pledged(stand_in, event, "authenticate")
    wins(asked)
    approve(event, asked)
    follow()
    assert state(asked) == State.NEEDS_ACTION

    follow(event.ends_at + timedelta(days=7))

    for guest in (open_yet, asked):
        assert state(guest) == State.RELEASED
        assert not kept(stand_in, pledge_of(guest))


@pytest.mark.parametrize(
    ("choice", "ends", "letter"),
    [
        ("authenticate", State.NEEDS_ACTION, "pledge_bank"),
        ("decline", State.DECLINED, "pledge_declined"),
    ],
)
def test_a_bank_s_no_is_written_once_and_money_by_hand_ends_it(
    stand_in: StandIn, event: Event, choice: str, ends: str, letter: str
) -> None:
    guest = pledged(stand_in, event, choice)
    wins(guest)
    approve(event, guest)
    follow()
    follow()
    assert state(guest) == ends
    assert mails(guest)[-1] == letter and mails(guest).count(letter) == 1
    failed = Donation.objects.get()

    donation = donation_for(guest.pk)
    assert donation == failed, "the same donation"
    url = checkout.open_checkout(
        donation.pk, success_url=URL, cancel_url=URL, at=timezone.now()
    )
    stand_in.pay(url.rsplit("/", 1)[1])
    settlement.confirm_return(donation.pk)
    follow()

    assert state(guest) == State.PAID
    assert not kept(stand_in, pledge_of(guest))


def test_a_refused_card_is_tried_again_a_day_later_three_times_in_all(
    stand_in: StandIn, event: Event
) -> None:
    guest, now = pledged(stand_in, event, "decline"), timezone.now()
    wins(guest)
    approve(event, guest)
    for hours in (0, 23, 24, 47, 48, 72, 96):
        follow(now + timedelta(hours=hours))

    with stand_in._store.transaction():
        tried = list(stand_in._store.rows("", "payment_intent"))
    assert len(tried) == 3
    assert mails(guest).count("pledge_declined") == 3


def test_how_pledges_stand_is_read_in_a_constant_number_of_queries(
    stand_in: StandIn, event: Event, django_assert_num_queries: object
) -> None:
    for _ in range(3):
        pledged(stand_in, event)
    rows = list(GuestPledge.objects.select_related("guest__event", "pledge"))

    with django_assert_num_queries(2):
        found = standing.of(rows, timezone.now())

    assert [one.verdict for one in found] == [Verdict.WAITING] * 3
    assert Nomination.objects.count() == 3
