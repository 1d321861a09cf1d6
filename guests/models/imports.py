from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from guests.models.guest import Guest


class ImportRun(models.Model):
    """One upload: first a dry run, then exactly the rows that were shown.

    `rows` holds the parsed file between the two and is emptied when it is done; the
    file itself is never stored. What it added bears its name (Guest.added_by), what
    it changed stands in ImportChange: a whole run can be taken back.
    """

    class Kind(models.TextChoices):
        GUESTS = "guests", _("Guests")
        NOMINATIONS = "nominations", _("Nominations")

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("Looked at")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")
        UNDONE = "undone", _("Undone")

    event = models.ForeignKey(Event, models.CASCADE, related_name="import_runs")
    kind = models.CharField(max_length=11, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.PREVIEWED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    rows = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    # The file's own titles, and which of our columns each was taken for.
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    done_rows = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.state}"


class ImportChange(models.Model):
    """What one guest was before an import changed them."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="changes")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "guest"], name="import_changes_a_guest_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.guest_id} before {self.run_id}"
