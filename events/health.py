"""Whether this is up to date and work gets done, cheaply enough to be asked often.

Five short queries, whatever the size. What stops only the quick way (the broker: beat
finds what nobody rang for) or stands still on purpose (a restored database) makes it
degraded; what leaves work undone makes it unready.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from events import heartbeats, outbox
from events.models import Epoch
from events.outbox import epoch
from losers_lounge import doorbell

LONGEST_WAIT = timedelta(minutes=10)
LONGEST_UNCOMPARED = timedelta(minutes=30)
LIMITS = {
    heartbeats.BEAT: heartbeats.LONGEST_SILENCE,
    heartbeats.WORKER: heartbeats.LONGEST_SILENCE,
    heartbeats.RECONCILE: LONGEST_UNCOMPARED,
}


@dataclass(frozen=True)
class Health:
    """What was found: `checks` by name, whether mail is held, whether Redis answers."""

    checks: dict[str, bool]
    is_held: bool = False
    hears_bell: bool = True

    @property
    def is_ready(self) -> bool:
        return all(self.checks.values())

    @property
    def status(self) -> str:
        if not self.is_ready:
            return "unready"
        return "degraded" if self.is_held or not self.hears_bell else "ok"


def check() -> Health:
    """How things stand now; never raises for a database that is away."""
    try:
        is_migrated = _is_migrated()
        if not is_migrated:
            return Health({"database": True, "migrations": False})
        silent = silences()
        checks = {
            "database": True,
            "migrations": True,
            "outbox": not is_mail_late(),
            **{name: name not in silent for name in LIMITS},
        }
        return Health(checks, epoch.is_held(), doorbell.is_heard())
    except Error:
        return Health({"database": False})


def silences() -> dict[str, timedelta]:
    """Heartbeats that are too old, and how old. One that never was is as old as this
    database, so that what has just been set up is given its time."""
    known = heartbeats.ages()
    if missing := LIMITS.keys() - known.keys():
        known |= dict.fromkeys(missing, _age_of_epoch())
    return {name: known[name] for name, most in LIMITS.items() if known[name] > most}


def is_mail_late() -> bool:
    """Whether mail that may leave has waited for too long."""
    return outbox.due().filter(not_before__lt=Now() - LONGEST_WAIT).exists()


def _age_of_epoch() -> timedelta:
    since = ExpressionWrapper(Now() - F("released_at"), output_field=DurationField())
    return Epoch.objects.values_list(since, flat=True).first() or timedelta()


def _is_migrated() -> bool:
    """One query: what this code wants is known from the start, and does not change."""
    done = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    try:
        return _wanted() <= set(done)
    except Error:
        if connection.is_usable():
            return False  # There is no such table: nothing was ever migrated.
        raise


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    return frozenset(
        MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes()
    )
