"""What goes wrong on a random night: processes die, queues are emptied, wires break."""

import psutil
import redis
from django.conf import settings
from django.db import connection

from losers_lounge.stand_in import events
from losers_lounge.stand_in.faults import Fault
from tests.faults.killing import AFTER, BEFORE
from tests.rehearsal.real_night import RealNight
from tests.relay import HANG_UP, Visit, hang_up, once, say
from tests.workers import kill_owner

FAULTS = [fault for fault in Fault if fault is not Fault.HANG]
QUESTIONS = (
    ("POST", "/v1/checkout/sessions"),
    ("POST", "/v1/payment_intents"),
    ("POST", "/v1/refunds"),
    ("GET", "/v1/payment_intents"),
    ("GET", "/v1/balance_transactions"),
    ("GET", "/v1/events"),
)


class Nemesis:
    """Adds its mishaps to the night's; each says what it did."""

    def __init__(self, night: RealNight) -> None:
        self.night, self.chance, self.stage = night, night.chance, night.stage
        self.stack = night.stage.stack
        self.may_stop_all = self.starts = 1
        night.mishaps |= {
            self._web_worker: 4,
            self._pool_process: 4,
            self._whole_worker: 2,
            self._broker_is_flushed: 3,
            self._database_is_cut: 3,
            self._stripe_fails: 4,
            self._whoever_asks_stripe: 5,
            self._relay_fails: 4,
            self._webhooks_are_lost: 4,
            self._webhooks_are_odd: 3,
        }

    def _children(self, name: str) -> list[psutil.Process]:
        main = psutil.Process(self.stack.processes[name].popen.pid)
        return sorted(main.children(), key=lambda one: one.pid)

    def _kill(self, processes: list[psutil.Process]) -> str:
        if not processes:
            return "nobody was there to be killed"
        chosen = self.chance.choice(processes)
        chosen.kill()
        return f"kill -9 {chosen.pid}"

    def _web_worker(self) -> str:
        return f"gunicorn: {self._kill(self._children('web'))}"

    def _pool_process(self) -> str:
        """Once the worker is up: of one that still forks, Celery itself gives up."""
        said = self.stack.processes["worker"].written()
        if said.count("ready.") < self.starts:
            return "celery is still starting"
        return f"celery: {self._kill(self._children('worker'))}"

    def _whole_worker(self) -> str:
        """A machine loses its power; what its supervisor does there is done here."""
        if not self.may_stop_all:
            return self._pool_process()
        self.may_stop_all -= 1
        self.starts += 1
        start = {"worker": self.stack.start_worker, "beat": self.stack.start_beat}
        for name in start:
            self.stack.processes[name].kill()
        flushed = self._broker_is_flushed()
        for name in start:
            start[name]()
        return f"the worker and beat are killed and started again, {flushed}"

    def _broker_is_flushed(self) -> str:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()
        return "the broker has forgotten everything"

    def _database_is_cut(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return f"{cursor.fetchone()[0]} connections to the database are cut"

    def _stripe_fails(self) -> str:
        fault, count = self.chance.choice(FAULTS), self.chance.choice([1, 3])
        self.stage.stand_in.fail(fault, count=count)
        return f"Stripe: {fault} {count} times"

    def _whoever_asks_stripe(self) -> str:
        method, path = self.chance.choice(QUESTIONS)
        when = self.chance.choice([BEFORE, AFTER])
        self.stage.killing.next(method, path, when)
        return f"whoever asks {method} {path} dies {when} it is done"

    def _relay_fails(self) -> str:
        def dies(visit: Visit) -> str:
            kill_owner(*visit.ends)
            return HANG_UP

        acts = {"hangs up": hang_up, "its visitor dies": dies}
        phase = self.chance.choice(["mail", "rcpt", "dot", "taken"])
        if phase != "taken":
            # Whoever has taken it says so, or nothing at all.
            acts["451"] = say("451 4.3.0 later")
        name = self.chance.choice(sorted(acts))
        self.stack.relay.at[phase] = once(acts[name])
        return f"the relay at {phase}: {name}"

    def _webhooks_are_lost(self) -> str:
        """Whatever is on its way at this moment never arrives."""
        store = self.stage.stand_in._store
        with store.transaction():
            owed = [row for _at, row in store.due(events.DELIVERY, 0)]
            for row in owed:
                store.drop("", events.DELIVERY, row["id"])
        return f"{len(owed)} webhooks are lost"

    def _webhooks_are_odd(self) -> str:
        how = {
            "paused": self.chance.random() < 0.4,
            "copies": self.chance.choice([1, 2, 3]),
            "shuffle": self.chance.random() < 0.5,
        }
        self.stage.stand_in.deliver(**how)
        return f"webhooks: {how}"
