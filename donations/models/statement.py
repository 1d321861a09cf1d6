from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event


class Statement(models.Model):
    """What was said of the total, word for word and for good. Rows are only added.

    `body` is JSON text: of a closing statement every movement of money and the chain
    of hashes over them; of a press sheet the one number with its definition.
    """

    class Kind(models.TextChoices):
        CLOSING = "closing", _("Closing statement")
        PRESS = "press", _("Press sheet")

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="statements", db_index=False
    )
    kind = models.CharField(max_length=7, choices=Kind)
    number = models.PositiveSmallIntegerField()
    as_of = models.DateTimeField()
    raised_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_by_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    # Words and clock of its paper (donations/statements/labels.py), which thereby
    # prints alike for ever; None before they were kept, and where there is no paper.
    printed_in = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind", "number"], name="statement_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.event_id}"
