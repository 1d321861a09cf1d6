from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from guests.models.guest import Guest


class ImportRun(models.Model):
    """One upload: first a dry run, then exactly the rows that were shown.

    Between the two its rows wait in `parts`, and are gone when it is done; the file
    itself is never stored. What it added bears its name (Guest.added_by), what it
    changed stands in ImportChange: a whole run can be taken back.
    """

    class Kind(models.TextChoices):
        GUESTS = "guests", _("Guests")
        NOMINATIONS = "nominations", _("Nominations")
        RESULTS = "results", _("Official results")

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
    summary = models.JSONField(default=dict)
    # The file's own titles, and the place of each of our columns among them.
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    # What a host said of near names, by line: "guest/12", "line/5", or "" for two
    # people.
    choices = models.JSONField(default=dict)
    done_rows = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.state}"


class ImportPart(models.Model):
    """A stretch of an upload: as many rows as are written in one transaction."""

    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="parts", db_index=False
    )
    number = models.PositiveIntegerField()
    # [[line, cell, ...], ...], the cells in the order of the file's own titles.
    rows = models.JSONField(default=list)
    # What a look found, by place in `rows`; a row that is not here is simply new.
    looks = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"], name="import_part_once_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}, part {self.number}"


class ImportChange(models.Model):
    """What one guest was before an import changed them."""

    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="changes", db_index=False
    )
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
