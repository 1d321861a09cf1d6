"""When work was last seen done: the proof that somebody does it.

Beat writes a ping and sends it to the workers; whoever takes it from the queue
answers with a row. A worker that lives and hears nothing answers nothing.
"""

from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from events.models import Heartbeat

BEAT = "beat"
WORKER = "worker"
# The oldest ping that waits for its answer.
PING = "ping"
# The ledger was compared with Stripe's books, every account of it to the end.
RECONCILE = "reconcile"
LONGEST_SILENCE = timedelta(minutes=3)


def note(name: str, at: datetime | None = None) -> None:
    """Write down that this was just done; by default at the database's own time."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at or Now()})


def age(name: str) -> timedelta | None:
    """How long ago, by the database's clock; None if never."""
    return ages().get(name)


def ages() -> dict[str, timedelta]:
    """Every heartbeat and how long ago it was: one query, by the database's clock."""
    since = ExpressionWrapper(Now() - F("at"), output_field=DurationField())
    rows = Heartbeat.objects.annotate(since=since)
    return dict(rows.values_list("name", "since"))


def ping() -> None:
    """Beat's word that it asks the workers now."""
    note(BEAT)
    found = dict(Heartbeat.objects.values_list("name", "at"))
    asked, answered = found.get(PING), found.get(WORKER)
    if asked is None or (answered is not None and answered >= asked):
        note(PING)


def answer() -> None:
    """A worker's word that it has taken a ping from the queue."""
    note(WORKER)


def is_deaf() -> bool:
    """Whether a ping has waited for its answer for too long, although beat pings."""
    found = dict(Heartbeat.objects.values_list("name", "at"))
    asked, answered = found.get(PING), found.get(WORKER)
    if asked is None or (answered is not None and answered >= asked):
        return False
    return is_silent(age(PING)) and not is_silent(age(BEAT))


def is_silent(since: timedelta | None) -> bool:
    """Whether a heartbeat of this age is one too old, or none."""
    return since is None or since > LONGEST_SILENCE
