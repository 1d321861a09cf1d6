from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models import log_words
from events.models.event import Event
from losers_lounge.stored import told


class Activity(models.Model):
    """Who did what for whom, and when. Written once; it may only forget names."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="activities", db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    object_name = models.CharField(max_length=300, blank=True)
    # Whom or what it is about, e.g. "guest/12": apps above find theirs by it.
    about = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    # Whom it names has been forgotten; a trigger lets nothing else be changed.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "activities"
        indexes = [
            models.Index(
                fields=["about"], condition=~Q(about=""), name="activity_by_subject"
            ),
            models.Index(fields=["event", "-at", "-id"], name="activity_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.object_name}"

    @property
    def told_verb(self) -> str:
        """What was done, in its reader's language."""
        return told(self.verb)

    @property
    def told_object(self) -> str:
        """What it was done to; names and typed words stay as they are."""
        return log_words.thing(self.verb, self.object_name)
