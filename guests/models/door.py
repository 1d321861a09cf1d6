from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event, Nomination
from guests.models.guest import Guest


class Admission(models.Model):
    """The door's log. Rows are added; only an open row is ever closed."""

    class Action(models.TextChoices):
        IN = "in", _("came in")
        OUT = "out", _("went out")
        DENIED = "denied", _("was not admitted")
        UNDONE = "undone", _("was not here after all")

    event = models.ForeignKey(Event, models.CASCADE, related_name="admissions")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="admissions")
    action = models.CharField(max_length=6, choices=Action)
    # The press that made it, told by the phone: a repeated press is one row.
    nonce = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    colour = models.CharField(max_length=5)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guest"],
                condition=Q(action="in", closed_at=None),
                name="admission_open_once_per_guest",
            )
        ]
        indexes = [
            models.Index(
                fields=["event"],
                condition=Q(action="in", closed_at=None),
                name="admission_inside",
            )
        ]

    def __str__(self) -> str:
        return f"{self.guest_id} {self.action}"


class Trophy(models.Model):
    """A statue in custody, under a tag, until its owner takes it home."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="trophies")
    guest = models.ForeignKey(Guest, models.PROTECT, related_name="trophies")
    nomination = models.ForeignKey(
        Nomination, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    tag = models.CharField(max_length=20)
    shelf = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    released_to = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["tag"]
        verbose_name_plural = "trophies"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "tag"],
                condition=Q(released_at=None),
                name="trophy_tag_in_use_once_per_event",
            ),
            models.CheckConstraint(
                name="trophy_released_to_somebody",
                condition=Q(released_at=None) | ~Q(released_to=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Tag {self.tag}"
