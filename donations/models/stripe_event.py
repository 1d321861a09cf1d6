from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StripeEventQuerySet(models.QuerySet):
    def owed(self, at: datetime) -> Self:
        """Stored, not done, and in nobody's hands."""
        return self.filter(state__in=StripeEvent.OWED, not_before__lte=at)


class StripeEvent(models.Model):
    """A verified webhook, stored before anything is done about it: the row is owed.

    The payload names what to fetch and is never believed beyond that.
    """

    class State(models.TextChoices):
        NEW = "new", _("New")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Not for us")
        FAILED = "failed", _("Will be tried again")
        DEAD = "dead", _("Given up")

    OWED = (State.NEW, State.FAILED)

    event_id = models.CharField(max_length=255)
    account = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=100)
    api_version = models.CharField(max_length=60, blank=True)
    livemode = models.BooleanField()
    # The body as it was signed: JSON text, never written anew.
    payload = models.TextField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Due from here on; a worker that takes it moves this ahead, and if it dies the
    # event falls due again.
    not_before = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=Q(state__in=["new", "failed"]),
                name="stripe_event_owed",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "event_id"], name="stripe_event_stored_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class EventsRead(models.Model):
    """How far Stripe's own list of an account's events was read to its end."""

    account = models.CharField(max_length=255, unique=True, blank=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "events read"

    def __str__(self) -> str:
        return f"{self.account or 'own'} {self.until:%F %T}"
