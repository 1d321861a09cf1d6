"""What became of a mail in hand, and what a dead worker left behind."""

import time
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from events.models import Message
from events.outbox.decisions import as_arrived
from events.outbox.holds import is_held
from events.outbox.statements import (
    NO_CLAIM,
    NO_CODE,
    NO_ROW,
    Statement,
    filled,
    run,
    update,
)
from events.server_words import cleaned

State = Message.State
Reason = Message.Reason

MOST_COPIES = 2
MOST_LOST_WORKERS = 5
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
# A relay that cannot be reached is asked again soon: the message is not at fault.
RELAY_DOWN_WAIT = timedelta(seconds=30)
MOST_AGE = timedelta(hours=24)
# Connect, greeting, two EHLO, STARTTLS, AUTH in three steps, MAIL, RCPT, DATA, body.
PHASES_BEFORE_THE_DOT = 12
MARGIN_SECONDS = 30
# For the one fact that must not be lost: together less than the margin.
PATIENCE_SECONDS = 1.0
MOST_TRIES = 15


class ClaimLost(Exception):
    """The lease ran out and the row was given back: stop, and do not send."""


def begin_handover(message: Message) -> None:
    """Commit that the dot comes next; ClaimLost if the row is no longer ours."""
    statement = _handing_over(lease_of_the_dot())
    if not run(filled(statement, pk=message.pk, claim_id=message.claim_id)):
        raise ClaimLost


@cache
def _handing_over(lease: timedelta) -> Statement:
    changes = {
        "state": State.HANDING_OVER,
        "handover_at": Now(),
        "lease_until": Now() + lease,
    }
    return update(_of_nobody().filter(state=State.CLAIMED), changes)


def settle_sent(message: Message, code: int) -> bool:
    """Record that the relay took it, even after our lease; False if not recorded.

    A database that is away for a moment is waited for: nobody else knows.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return _record_sent(message, code)
        except (InterfaceError, OperationalError):
            connection.close()
            time.sleep(PATIENCE_SECONDS)
    return _record_sent(message, code)


def _record_sent(message: Message, code: int) -> bool:
    own = {"pk": message.pk, "claim_id": message.claim_id, "code": code}
    return bool(run(filled(_sent(), **own)))


@cache
def _sent() -> Statement:
    late = [State.HANDING_OVER, State.QUEUED, State.HELD, State.UNKNOWN]
    changes = {
        "state": State.SENT,
        "sent_at": Now(),
        "smtp_code": NO_CODE,
        "last_error": "",
        "server_words": "",
        "lease_until": None,
    }
    return update(_of_nobody().filter(state__in=late), changes)


def settle_deferred(
    message: Message, code: int | None, detail: str, words: str = ""
) -> None:
    """Nothing was taken: again after 1, 5, 15, then every 60 minutes, for a day."""
    wait = BACKOFF[min(message.deferrals, len(BACKOFF) - 1)]
    _again(message, wait, code, f"{Reason.DEFERRED} {detail}", words)


def settle_relay_down(
    message: Message, code: int | None, detail: str, words: str = ""
) -> None:
    """No connection, so nothing was taken and nobody is at fault: again soon."""
    _again(message, RELAY_DOWN_WAIT, code, f"{Reason.RELAY_DOWN} {detail}", words)


def settle_refused(
    message: Message, code: int | None, detail: str, words: str = ""
) -> None:
    """A definite no (RFC 5321 4.2.1, 5yz): failed at once."""
    _in_hand(message).update(
        state=State.FAILED,
        smtp_code=code,
        last_error=f"{Reason.REFUSED} {detail}".strip(),
        server_words=cleaned(words, message),
        lease_until=None,
    )


def settle_broken(message: Message, detail: str) -> None:
    """It could not be written: again a few times, for a repair may be on its way."""
    wait = BACKOFF[min(message.attempts, len(BACKOFF) - 1)]
    _in_hand(message).update(
        state=_failed_if(_is_poisonous()),
        not_before=Now() + wait,
        last_error=f"{Reason.BROKEN} {detail}".strip(),
        lease_until=None,
    )


def settle_unanswered(message: Message) -> None:
    """Note the silence; the row stays until its lease ends, and is then swept."""
    silent = _in_hand(message).exclude(last_error=Reason.ARRIVED)
    silent.update(last_error=Reason.NO_ANSWER)


@transaction.atomic
def sweep() -> int:
    """Give back what a dead worker held, once its lease has ended; the number."""
    lapsed = Message.objects.filter(lease_until__lte=Now())
    claimed = lapsed.filter(state=State.CLAIMED).update(
        state=_failed_if(_is_poisonous()),
        last_error=Reason.WORKER_LOST,
        lease_until=None,
    )
    unanswered = lapsed.filter(state=State.HANDING_OVER)
    proven = unanswered.filter(last_error=Reason.ARRIVED).update(**as_arrived())
    twice = unanswered.filter(copies_possible__gte=MOST_COPIES).update(
        state=State.UNKNOWN, last_error=Reason.NO_ANSWER, lease_until=None
    )
    once = unanswered.update(
        state=State.QUEUED,
        copies_possible=MOST_COPIES,
        last_error=Reason.NO_ANSWER,
        lease_until=None,
    )
    # Made while a hold stood that was released before their commit.
    stranded = Message.objects.filter(~is_held(), state=State.HELD)
    forgotten = stranded.update(state=State.QUEUED)
    return claimed + proven + twice + once + forgotten


def lease_before_the_dot() -> timedelta:
    """Longer than every wait of one message before its hand-over, added up."""
    waits = PHASES_BEFORE_THE_DOT * settings.EMAIL_TIMEOUT
    return timedelta(seconds=waits + MARGIN_SECONDS)


def lease_of_the_dot() -> timedelta:
    """Longer than the wait for the answer to the dot."""
    return timedelta(seconds=settings.EMAIL_DOT_TIMEOUT + MARGIN_SECONDS)


def _again(
    message: Message, wait: timedelta, code: int | None, error: str, words: str
) -> None:
    too_old = Q(first_tried_at__lte=Now() - MOST_AGE)
    _in_hand(message).update(
        state=_failed_if(too_old),
        last_error=Case(
            When(too_old, then=Value(str(Reason.TOO_OLD))), default=Value(error.strip())
        ),
        not_before=Now() + wait,
        deferrals=F("deferrals") + 1,
        smtp_code=code,
        server_words=cleaned(words, message),
        lease_until=None,
    )


def _failed_if(condition: Q) -> Case:
    return Case(When(condition, then=Value(State.FAILED)), default=Value(State.QUEUED))


def _is_poisonous() -> Q:
    return Q(attempts__gte=F("deferrals") + MOST_LOST_WORKERS)


def _of_nobody() -> QuerySet[Message]:
    return Message.objects.filter(pk=NO_ROW, claim_id=NO_CLAIM)


def claimed(message: Message) -> QuerySet[Message]:
    """Its row while this claim of it holds; none once somebody else has claimed it."""
    return Message.objects.filter(pk=message.pk, claim_id=message.claim_id)


def _in_hand(message: Message) -> QuerySet[Message]:
    return claimed(message).filter(state__in=[State.CLAIMED, State.HANDING_OVER])
