"""The invariants find what a fault could have broken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from donations import settlement
from events import delivery, outbox
from events.models import Event, Message
from guests import rsvp
from guests.models import Admission, Guest
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, stray_entry
from tests.events.mails import make_message, use_relay
from tests.factories import make_event
from tests.faults.invariants import Told, at_any_moment, when_healed
from tests.guests.factories import make_guest
from tests.relay import Relay, relay

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Evening:
    event: Event
    guest: Guest
    letter: Message
    told: Told
    relay: Relay


@pytest.fixture
def evening(settings: Any, stand_in: StandIn) -> Any:
    """An answer, a mail and a payment, all of them told and all of them done."""
    with relay() as post:
        use_relay(settings, post)
        event = make_event()
        guest, letter = make_guest(event), make_message(event)
        rsvp.answer(guest.pk, rsvp.Reply(Guest.Answer.YES), at=timezone.now())
        donation = make_donation(event)
        pay(stand_in, donation)
        settlement.settle(donation.pk)
        told = Told(answers={guest.pk: "yes"}, paid={donation.pk})
        told.letters.add(letter.about)
        delivery.drain(10, lambda: False)
        yield Evening(event, guest, letter, told, post)


def forget_an_answer(evening: Evening) -> None:
    evening.event.guests.update(answer="no")


def forget_a_letter(evening: Evening) -> None:
    evening.letter.delete()


def let_in_twice(evening: Evening) -> None:
    row = {"event": evening.event, "guest": evening.guest, "action": "in"}
    for nonce in ("in-1", "in-2"):
        at = timezone.now()
        named = {"by_name": "Dot", "nonce": nonce, "at": at, "closed_at": at}
        Admission.objects.create(**row | named)


def lose_seats(evening: Evening) -> None:
    make_guest(evening.event, answer="yes")
    Event.objects.update(capacity=1)


def send_twice(evening: Evening) -> None:
    evening.relay.by_id[evening.letter.message_id] *= 2


def claim_to_have_sent(evening: Evening) -> None:
    del evening.relay.by_id[evening.letter.message_id]


def leave_a_claim(evening: Evening) -> None:
    make_message(evening.event)
    outbox.claim()


def book_what_stripe_has_not(evening: Evening) -> None:
    stray_entry(occurred_at=timezone.now())


def forget_a_payment(evening: Evening) -> None:
    evening.told.paid.add(make_donation(evening.event).pk)


def lose_a_press(evening: Evening) -> None:
    evening.told.presses["a nonce"] = evening.guest.pk


def lose_a_webhook(evening: Evening) -> None:
    evening.told.webhooks.add("evt_nobody_has")


def check(evening: Evening, stand_in: StandIn) -> None:
    seen = {"relay": evening.relay, "stand_in": stand_in}
    when_healed(evening.event, evening.told, **seen)


@pytest.mark.parametrize(
    "breach",
    [
        forget_an_answer,
        forget_a_letter,
        let_in_twice,
        lose_seats,
        send_twice,
        claim_to_have_sent,
        leave_a_claim,
        book_what_stripe_has_not,
        forget_a_payment,
        lose_a_press,
        lose_a_webhook,
    ],
)
def test_a_planted_breach_is_found(
    evening: Evening, stand_in: StandIn, breach: Callable[[Evening], None]
) -> None:
    at_any_moment(evening.event, evening.told)
    check(evening, stand_in)

    breach(evening)

    with pytest.raises(AssertionError):
        check(evening, stand_in)
