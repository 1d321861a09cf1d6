from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event


class SavedView(models.Model):
    """A search of the guest list under a name, for all hosts of the event."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="saved_views", db_index=False
    )
    name = models.CharField(max_length=60)
    # Filters and order as the list's address holds them (guests/listing/filtering.py).
    query = models.CharField(max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "name"], name="saved_view_name_once_per_event"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListChange(models.Model):
    """One press on many guests; `before` is what undoing puts back."""

    class Kind(models.TextChoices):
        TAG = "tag", _("Tagged")
        UNTAG = "untag", _("Tag taken off")
        WAVE = "wave", _("Moved to a wave")
        REMOVE = "remove", _("Taken off the list")
        INVITE = "invite", _("Invited")
        REMIND = "remind", _("Reminded")

    event = models.ForeignKey(Event, models.CASCADE, related_name="list_changes")
    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField()
    before = models.JSONField(default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # The press that made it: pressed twice, it is one change.
    nonce = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.size}"
