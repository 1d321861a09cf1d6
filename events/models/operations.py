"""What the machine says of itself: when work was last done, and of which database."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.db import connection, models, transaction
from django.db.models import Sum


class Heartbeat(models.Model):
    """When some work was last seen done, e.g. "beat", "worker" or "reconcile"."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at.isoformat()}"


class Epoch(models.Model):
    """The database server's own mark, as it was when mail was last let go.

    A copy restored elsewhere carries another one: until somebody has looked, nothing
    leaves it (DELIVERY: what was sent after the backup looks as if it still waits).
    """

    mark = models.CharField(max_length=200)
    released_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.mark


class Tombstone(models.Model):
    """That somebody was erased, so that a restored backup forgets them again.

    It holds a keyed hash of what was erased, never the thing itself.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        EVENT = "event"

    kind = models.CharField(max_length=6, choices=Kind)
    mac = models.CharField(max_length=64)
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "mac"], name="tombstone_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mac}"


class TallyQuerySet(models.QuerySet):
    def add(self, counted: Mapping[str, int], minute: datetime) -> None:
        """So many more of each in that minute: one statement, whoever else adds."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        rows = ", ".join(["(%s, %s, %s)"] * len(counted))
        # S608: the table's name is the model's; every value is a parameter.
        sql = f"""
            INSERT INTO {table} (name, minute, count) VALUES {rows}
            ON CONFLICT (name, minute)
            DO UPDATE SET count = {table}.count + excluded.count
        """  # noqa: S608
        # As the column has it: SQLite compares times as words.
        at = connection.ops.adapt_datetimefield_value(minute)
        # In one order: two that write the same rows in two would wait for each other.
        given = [v for name in sorted(counted) for v in (name, at, counted[name])]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)

    def totals(self) -> dict[str, int]:
        """How many there ever were of each."""
        rows = self.order_by().values_list("name").annotate(sum=Sum("count"))
        return {name: int(sum_) for name, sum_ in rows}

    def most_in_a_minute(self, name: str, since: datetime) -> int:
        found = self.filter(name=name, minute__gte=since)
        return max(found.values_list("count", flat=True), default=0)

    @transaction.atomic
    def fold(self, at: datetime) -> None:
        """Keep single minutes of the last hours only; what was before stays a sum."""
        old = self.filter(minute__lt=at - Tally.MINUTES_KEPT, minute__gt=Tally.BEFORE)
        locked = list(old.select_for_update().order_by("name", "minute"))
        if not locked:
            return
        sums: dict[str, int] = {}
        for row in locked:
            sums[row.name] = sums.get(row.name, 0) + row.count
        self.filter(pk__in=[row.pk for row in locked]).delete()
        self.add(sums, Tally.BEFORE)


class Tally(models.Model):
    """How often something happened in a minute that leaves no row of its own."""

    # Where minutes that are over are added up, so that a sum never shrinks.
    BEFORE: ClassVar[datetime] = datetime(2000, 1, 1, tzinfo=UTC)
    MINUTES_KEPT: ClassVar[timedelta] = timedelta(hours=2)

    name = models.CharField(max_length=60)
    minute = models.DateTimeField()
    count = models.BigIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "minute"], name="tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"
