"""Pledges are agreed to, taken back, released when lost, and told of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations import checkout, settlement
from donations.models import Donation, Pledge
from events.models import Event, Nomination
from guests import pledges
from guests.models import Guest, GuestPledge
from guests.payments import donation_for
from guests.pledges import (
    NotOffered,
    Verdict,
    standing,
)
from losers_lounge.stand_in.server import StandIn
from tests.donations.pledging import kept, save_card
from tests.factories import make_category
from tests.guests.factories import make_contact, make_invitation
from tests.guests.night import mails, make_nominated_guest
from tests.guests.pledging import (
    approve,
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
