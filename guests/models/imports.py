from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event


class ImportRun(models.Model):
    """One upload: first a dry run, then exactly the rows that were shown.

    `rows` holds the parsed file between the two and is emptied when it is done;
    the file itself is never stored. `added` names what can be taken back.
    """

    class Kind(models.TextChoices):
        GUESTS = "guests", _("Guests")
        NOMINATIONS = "nominations", _("Nominations")

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("Looked at")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")

    event = models.ForeignKey(Event, models.CASCADE, related_name="import_runs")
    kind = models.CharField(max_length=11, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.PREVIEWED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    rows = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    added = models.JSONField(default=list)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.state}"
