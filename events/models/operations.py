"""What the machine says of itself: when work was last done, and of which database."""

from django.db import models


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
