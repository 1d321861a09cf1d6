"""Every word a relay may say at every step: what follows is known, and once only."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from events import delivery
from events.models import Event, Message
from tests.events.mails import make_due, make_message, use_relay
from tests.factories import make_event
from tests.faults.invariants import Told, when_healed
from tests.relay import HANG_UP, Relay, once, relay, say

pytestmark = pytest.mark.django_db(transaction=True)

State = Message.State
# A mail relay's own disk is full: 452 (RFC 5321 4.2.3), and 4.3.1 (RFC 3463).
LATER = (
    "421 4.3.2 closing",
    "450 4.2.0 grey",
    "451 4.3.0 later",
    "452 4.3.1 no room",
    HANG_UP,
)
NEVER = ("550 5.1.1 nobody", "552 5.2.2 mailbox full", "554 5.7.1 spam")


@pytest.fixture
def it(settings: Any) -> Iterator[Relay]:
    with relay() as started, patch("events.doorbell.ring"):
        use_relay(settings, started)
        yield started


def drained() -> None:
    delivery.drain(10, lambda: False)


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
def test_later_is_later_and_never_is_never(it: Relay, phase: str) -> None:
    """At the dot a connection that ends says nothing: that is told elsewhere.

    A sender who is refused is our fault and nobody's address: it is tried again.
    """
    event = make_event()
    later = [reply for reply in LATER if (phase, reply) != ("dot", HANG_UP)]
    never = NEVER
    if phase == "mail":
        later, never = [*later, *NEVER], ()
    put_off = [answered(event, it, phase, reply) for reply in later]
    assert {one.state for one in put_off} == {State.QUEUED}
    for reply in never:
        one = answered(event, it, phase, reply)
        assert (one.state, one.smtp_code) == (State.FAILED, int(reply[:3]))
        assert one.explanation
    assert it.taken == []

    others = [make_message(event) for _ in range(2)]
    make_due()
    drained()
    drained()

    for one in (*put_off, *others):
        assert it.copies(one.message_id) == 1
    when_healed(event, Told(), relay=it)


def answered(event: Event, it: Relay, phase: str, reply: str) -> Message:
    """A mail that met with this reply, as its row is afterwards."""
    message = make_message(event)
    it.at[phase] = once(say(reply))
    drained()
    it.at.clear()
    message.refresh_from_db()
    assert message.attempts == 1
    return message
