from django.conf import settings
from django.db import models

from events.models.event import Event


class LetterText(models.Model):
    """A host's own words for one kind of letter; rows are added, the newest counts.

    Plain text with placeholders such as [name]; never a template.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="letter_texts", db_index=False
    )
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["event", "kind", "-id"], name="letter_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.event_id}"


class DomainPace(models.Model):
    """When the next bulk mail may go to one domain (events/outbox/pace.py)."""

    domain = models.CharField(max_length=255, unique=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.domain
