"""When mail goes out, at the bell and with every sweep; and when it is fetched."""

import mmap
import os
from typing import Any

import structlog
from celery import shared_task
from celery.signals import (
    before_task_publish,
    celeryd_after_setup,
    worker_shutting_down,
)
from django.db import connection
from django.utils.timezone import now

from events import bounces, delivery, heartbeats, outbox, sessions
from events.models import Tally
from events.outbox import epoch
from losers_lounge.periodic import only_one

logger = structlog.get_logger(__name__)

DRAIN_SECONDS = 10.0
# One byte shared with the pool's processes, which are forked after this line and
# are not told themselves that the worker is about to stop.
_stopping = mmap.mmap(-1, 1)


@shared_task
def deliver_queued() -> int:
    """Hand over what is due, for a while; the number sent."""
    return delivery.drain(DRAIN_SECONDS, is_stopping)


@shared_task
def sweep_outbox() -> None:
    """Give back what dead workers held, and ring for whatever a lost bell left."""
    with only_one("outbox.sweep") as mine:
        if mine:
            outbox.sweep()
            if outbox.is_due():
                outbox.ring()


@shared_task
def read_bounces() -> None:
    """Fetch what came back from the mailbox; a mailbox that is down is asked later."""
    with only_one("bounces.read") as mine:
        if mine:
            try:
                bounces.read(now())
            except bounces.MailboxDown as error:
                logger.warning("bounces.mailbox_down", why=str(error))


@shared_task
def answer_ping() -> None:
    """Beat asks whether anybody listens: whoever takes this from the queue does."""
    heartbeats.answer()


@shared_task
def fold_tallies() -> None:
    """Keep the counted minutes few: those long over become one sum. Sessions go."""
    Tally.objects.fold(now())
    sessions.clear_over()


@before_task_publish.connect(sender="events.tasks.answer_ping")
def note_ping(**kwargs: Any) -> None:
    """In beat, before the broker is asked: beat lives, and a ping is on its way."""
    try:
        heartbeats.ping()
        epoch.begin_if_first(now())
    finally:
        connection.close()


def is_stopping() -> bool:
    return _stopping[0] != 0


@celeryd_after_setup.connect
def know_the_crew(sender: str, instance: Any, **kwargs: Any) -> None:
    """Before the pool's processes are forked: how many there are to be."""
    delivery.crew.name = f"{sender}.{os.getpid()}"
    delivery.crew.most = max(1, instance.concurrency - 1)


@worker_shutting_down.connect
def stop_claiming(**kwargs: Any) -> None:
    _stopping[0] = 1
