from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event


class Mailing(models.Model):
    """One kind of letter to everybody who fits a filter, now or at a time.

    The row is the queue: beat finds what is due and goes on after the last
    invitation that was written for.
    """

    class Kind(models.TextChoices):
        SAVE_THE_DATE = "save_the_date", _("Save the date")
        INVITATION = "invitation", _("Invitation")
        REMINDER = "reminder", _("Reminder")
        DETAILS = "details", _("Where, when, what to bring")
        THANKS = "thanks", _("Thank you")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        WRITING = "writing", _("Being written")
        DONE = "done", _("In the outbox")
        CANCELLED = "cancelled", _("Canceled")

    event = models.ForeignKey(Event, models.CASCADE, related_name="mailings")
    kind = models.CharField(max_length=13, choices=Kind)
    # The filters of the guest list, as its address holds them (listing/filtering.py).
    audience = models.TextField(blank=True)
    # Ids of invitations where they were picked by hand; empty: whoever fits.
    chosen = models.JSONField(default=list, blank=True)
    wave = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    send_at = models.DateTimeField()
    last_invitation = models.PositiveBigIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # What all its letters state alike, however long the writing takes: the total.
    stated = models.JSONField(default=dict, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    # The press that made it: pressed twice, it is one mailing.
    nonce = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-send_at", "-pk"]

    UNFINISHED = (State.PLANNED, State.WRITING)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display()}"
