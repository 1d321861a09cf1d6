"""Drain the outbox: claim a mail, write it, hand it over, record what became of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from django.conf import settings

from events import mail, outbox, smtp
from events.models import Message
from losers_lounge import chaos
from losers_lounge.periodic import only_one

logger = structlog.get_logger(__name__)


@dataclass
class Crew:
    """The processes of one worker, of which `most` may send mail at a time.

    One is left for everything else. A second worker brings a crew of its own.
    """

    name: str = "alone"
    most: int = 2


crew = Crew()


def drain(seconds: float, is_stopping: Callable[[], bool]) -> int:
    """Hand over what is due, one mail after another; the number sent.

    It ends when nothing is due, when the time is up or the worker stops (the mail
    in hand is finished first), or when the relay cannot be reached. Finding more to
    do than one mail, it calls another process of its crew.
    """
    ends_at = time.monotonic() + seconds
    sent, has_called = 0, False
    with one_of_the_crew() as may_drain, smtp.open_transport() as transport:
        while may_drain and time.monotonic() < ends_at and not is_stopping():
            message = outbox.claim()
            if message is None:
                break
            has_called = has_called or (not sent and call_if_due())
            try:
                sent += deliver(message, transport)
            except smtp.RelayDown:
                logger.warning("mail.relay_down", **named(message))
                return sent
    # The one called waits for a free process, perhaps for this one; but where one is
    # left for everything else, that one has found no place and gone.
    if may_drain and not (has_called and crew.most == 1):
        call_if_due()
    return sent


def call_if_due() -> bool:
    """Have somebody else look at the outbox, if there is something in it."""
    is_due = outbox.is_due()
    if is_due:
        outbox.ring()
    return is_due


@contextmanager
def one_of_the_crew() -> Iterator[bool]:
    with ExitStack() as places:
        yield any(
            places.enter_context(only_one(f"outbox.drain.{crew.name}.{place}"))
            for place in range(crew.most)
        )


def deliver(message: Message, transport: smtp.Transport) -> bool:
    """Hand over one claimed mail; whether the relay took it.

    Every ending is recorded but one: after a dot without an answer the row stays as
    it is until its lease ends. RelayDown is recorded and raised again.
    """
    chaos.strike(f"in_hand/{message.pk}")
    try:
        code = _hand_over(message, transport)
    except mail.NotRendered as error:
        logger.error("mail.broken", **named(message), why=str(error))
        outbox.settle_broken(message, str(error))
    except smtp.RelayDown as error:
        outbox.settle_relay_down(message, error.code, error.detail, error.words)
        raise
    except smtp.Deferred as error:
        outbox.settle_deferred(message, error.code, error.detail, error.words)
    except smtp.Refused as error:
        outbox.settle_refused(message, error.code, error.detail, error.words)
    except smtp.Unknown:
        logger.warning("mail.no_answer", **named(message))
        outbox.settle_unanswered(message)
    except outbox.ClaimLost:
        logger.warning("mail.claim_lost", **named(message))
    else:
        is_recorded = outbox.settle_sent(message, code)
        chaos.strike("after_sent")
        logger.info("mail.sent", **named(message), code=code)
        return is_recorded
    return False


def _hand_over(message: Message, transport: smtp.Transport) -> int:
    """The relay's word that it has the mail; raises as the transport and mail do."""
    return transport.hand_over(
        mail.bare_address(settings.DEFAULT_FROM_EMAIL),
        mail.bare_address(message.recipient_email),
        mail.render(message),
        partial(outbox.begin_handover, message),
    )


def named(message: Message) -> dict[str, object]:
    """How a line of the log names a mail: by its row, and by what wrote it."""
    return {"message": message.pk, "kind": message.kind, "origin": message.request_id}
