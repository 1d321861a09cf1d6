"""A wave in which everything goes wrong at once, and the books still agree.

`CHAOS_WAVE=1000 python3 manage.py test tests/events/test_mail_chaos.py` sends more.
Workers are killed at every step, the relay fails in every way, the broker is emptied;
two workers and two beats run all the while. The chances of each phase are seeded.
"""

import os
import random
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.utils import timezone

from events import outbox
from events.models import Event, Message
from tests.events.mails import make_draft, make_due, use_relay
from tests.relay import HANG_UP, Relay, Visit, relay
from tests.workers import (
    drain,
    eventually,
    kill_group,
    kill_owner,
    start_beat,
    start_worker,
)

pytestmark = pytest.mark.django_db(transaction=True)

State = Message.State
WAVE = int(os.environ.get("CHAOS_WAVE", "200"))
PHASES = ("ehlo", "mail", "rcpt", "data", "body", "dot", "taken")
# In a thousand visits to a phase.
FAULTS = {"421 4.3.2 closing": 6, "450 4.2.0 later": 6, HANG_UP: 5, "slow": 8}
REFUSED = "nobody@mail.example"
KILLS_PER_PHASE = max(2, WAVE // 100)
WHOLE_WORKERS_KILLED = max(1, WAVE // 250)
BROKERS_EMPTIED = 3
SLOW_SECONDS = 0.2
PATIENCE_SECONDS = 60 + WAVE


class Mischief:
    """What the relay does at a phase: mostly nothing, and now and then everything."""

    def __init__(self, phase: str) -> None:
        self.phase = phase
        self.chance = random.Random(phase)
        self.kills = KILLS_PER_PHASE
        self.seen: Counter[str] = Counter()

    def __call__(self, visit: Visit) -> str | float | None:
        if self.phase == "data" and (reply := refuse_nobody(visit)):
            return reply
        if self.kills and self.chance.random() < 5 * KILLS_PER_PHASE / WAVE:
            self.kills -= 1
            self.seen["killed"] += 1
            threading.Thread(target=kill_owner, args=visit.ends).start()
            return SLOW_SECONDS
        draw = self.chance.randrange(1000)
        for fault, share in FAULTS.items():
            if (draw := draw - share) < 0:
                return self.fault(fault)
        return None

    def fault(self, fault: str) -> str | float | None:
        self.seen[fault] += 1
        if fault == "slow":
            return SLOW_SECONDS
        # Bytes in the middle of a body get no reply; after the mail was taken, a
        # "later" would be a lie that no relay tells.
        if self.phase in ("body", "taken") and fault != HANG_UP:
            return None
        return fault


def refuse_nobody(visit: Visit) -> str | None:
    """Who does not exist is refused, whatever else goes wrong."""
    return "550 5.1.1 nobody" if REFUSED in visit.envelope.rcpt_tos else None


@pytest.fixture
def it(settings: Any) -> Iterator[Relay]:
    with relay() as started:
        use_relay(settings, started)
        yield started


@contextmanager
def crew(environment: dict[str, str], folder: Path) -> Iterator[list[subprocess.Popen]]:
    """Two workers and two beats; the first worker may be killed and replaced."""
    running = [
        *(start_worker("-n", f"w{n}@chaos", "-c", "2", **environment) for n in (1, 2)),
        *(start_beat(folder / f"beat{n}", **environment) for n in (1, 2)),
    ]
    readers = [
        threading.Thread(target=drain, args=[process], daemon=True)
        for process in running
    ]
    for reader in readers:
        reader.start()
    try:
        yield running
    finally:
        for process in running:
            kill_group(process)


def sent() -> int:
    return Message.objects.filter(state=State.SENT).count()


def is_settled() -> bool:
    """Nothing left to do; what a relay put off is due at once."""
    make_due()
    unsettled = [State.QUEUED, State.CLAIMED, State.HANDING_OVER]
    return not Message.objects.filter(state__in=unsettled).exists()


def when_sent(share: float) -> Callable[[], bool]:
    def reached() -> bool:
        make_due()
        return sent() >= WAVE * share

    return reached


def check_the_books(event: Event, it: Relay, nobodies: set[Message]) -> None:
    """Nothing is lost, no copy is uncounted, and the host's figures are the relay's."""
    copies = Counter({key: len(found) for key, found in it.by_id.items() if found})
    for message in event.messages.all():
        taken = copies[message.message_id]
        if message in nobodies:
            assert (message.state, taken) == (State.FAILED, 0)
            continue
        assert message.state in (State.SENT, State.UNKNOWN), message
        assert taken <= message.copies_possible <= 2, message
        assert taken or message.state == State.UNKNOWN, message
        assert len(set(it.by_id.get(message.message_id, []))) <= 1, message
    progress = outbox.progress(event)
    arrived = sum(
        bool(copies[message.message_id])
        for message in event.messages.filter(state=State.UNKNOWN)
    )
    assert len(copies) == progress[State.SENT] + arrived
    again = sum(count > 1 for count in copies.values())
    assert again <= progress["copies_possible"]
    print(f"{progress=} {again=} {dict(Counter(copies.values()))=}")


def test_a_wave_in_which_everything_goes_wrong_loses_nothing(
    event: Event, it: Relay, tmp_path: Path
) -> None:
    broker = redis.Redis.from_url(django_settings.CELERY_BROKER_URL)
    broker.flushdb()
    outbox.create([make_draft(event) for _ in range(WAVE)], timezone.now())
    nobodies = set(Message.objects.order_by("?")[: WAVE // 50])
    Message.objects.filter(pk__in={one.pk for one in nobodies}).update(
        recipient_email=REFUSED
    )
    mischief = {phase: Mischief(phase) for phase in PHASES}
    it.at.update(mischief)
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.chaos_settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{it.port}",
        "EMAIL_TIMEOUT": "1",
        "EMAIL_DOT_TIMEOUT": "2",
    }
    with crew(environment, tmp_path) as running:
        for step in range(BROKERS_EMPTIED):
            eventually(when_sent((step + 1) / 5), PATIENCE_SECONDS)
            broker.flushdb()
            if step < WHOLE_WORKERS_KILLED:
                kill_group(running[0])
                running[0] = start_worker("-n", "w1@chaos", "-c", "2", **environment)
                threading.Thread(target=drain, args=[running[0]], daemon=True).start()
        eventually(is_settled, PATIENCE_SECONDS)
        check_the_books(event, it, nobodies)
        it.at.clear()
        it.at["data"] = refuse_nobody
        outbox.send_again(event.messages.filter(state=State.UNKNOWN))
        eventually(is_settled, PATIENCE_SECONDS)

    assert sent() == WAVE - len(nobodies) == sum(map(bool, it.by_id.values()))
    assert all(fault.seen["killed"] for fault in mischief.values()), mischief
