from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event, Nominee
from guests.models.guest import Guest
from losers_lounge.links import make_lookup


class Device(models.Model):
    """A phone that a host paired with one event, for one desk, until an hour.

    Its cookie is a realm of its own: a device is nobody's account.
    """

    class Role(models.TextChoices):
        DOOR = "door", _("Door")
        TROPHIES = "trophies", _("Trophy desk")

    event = models.ForeignKey(Event, models.CASCADE, related_name="devices")
    role = models.CharField(max_length=8, choices=Role)
    name = models.CharField(max_length=100)
    public_id = models.CharField(max_length=16, default=make_lookup, unique=True)
    paired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    paired_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When a phone took the code; a code is taken once.
    claimed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_name = models.CharField(max_length=200, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # What the phone said of itself when it was last seen.
    queued_scans = models.PositiveIntegerField(default=0)
    snapshot_at = models.DateTimeField(null=True, blank=True)
    clock_skew_ms = models.IntegerField(null=True, blank=True)
    # Raw P-256 point, base64url: what its offline list is sealed for.
    public_key = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Admission(models.Model):
    """The door's log. Rows are added; what they come to together is derived.

    The derived columns (`closed_at`, `counts`, `exception`) follow from all rows of
    one guest in the order of `at`: the same scans make the same rows, in whatever
    order phones deliver them.
    """

    class Action(models.TextChoices):
        IN = "in", _("came in")
        OUT = "out", _("went out")
        HOME = "home", _("went home")
        DENIED = "denied", _("was not admitted")
        UNDONE = "undone", _("was not here after all")

    class ExceptionKind(models.TextChoices):
        NONE = "", _("as it should be")
        SECOND = "second", _("let in twice")
        NOT_INSIDE = "not_inside", _("went out without having come in")
        RULES = "rules", _("the rules said otherwise")
        WORD = "word", _("let in on somebody's word")
        REVOKED = "revoked", _("by a phone that was shut out")

    event = models.ForeignKey(Event, models.CASCADE, related_name="admissions")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="admissions")
    action = models.CharField(max_length=6, choices=Action)
    # The press that made it, told by the phone: a repeated press is one row.
    nonce = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    device = models.ForeignKey(
        Device, models.SET_NULL, null=True, blank=True, related_name="admissions"
    )
    colour = models.CharField(max_length=5)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # A scan that waited in a phone: when it came, its place there, what it knew.
    received_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    priced_at = models.DateTimeField(null=True, blank=True)
    allowed_by = models.CharField(max_length=200, blank=True)
    # The rules said no to it when it came.
    is_refused = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)
    exception = models.CharField(
        max_length=10, choices=ExceptionKind, blank=True, default=""
    )
    # A host has looked at the exception and lets it stand.
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guest"],
                condition=Q(action="in", closed_at=None),
                name="admission_open_once_per_guest",
            ),
            models.CheckConstraint(
                name="admission_that_does_not_count_is_closed",
                condition=Q(counts=True) | Q(closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["event"],
                condition=Q(action="in", closed_at=None),
                name="admission_inside",
            ),
            models.Index(
                fields=["event", "-at"],
                condition=~Q(exception=""),
                name="admission_exceptions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guest_id} {self.action}"


class DoorRequest(models.Model):
    """What a checker asks of a host: let this person in, or let them off."""

    class Kind(models.TextChoices):
        WALK_IN = "walk_in", _("Admit?")
        WAIVER = "waiver", _("Waive?")

    class State(models.TextChoices):
        OPEN = "open", _("Asked")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    event = models.ForeignKey(Event, models.CASCADE, related_name="door_requests")
    kind = models.CharField(max_length=7, choices=Kind)
    # Of somebody on the list; a walk-in is nobody's row until a host says yes.
    guest = models.ForeignKey(
        Guest, models.CASCADE, null=True, blank=True, related_name="door_requests"
    )
    nominee = models.ForeignKey(
        Nominee, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    nonce = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guest", "kind"],
                condition=Q(state="open", guest__isnull=False),
                name="door_request_open_once_per_guest_and_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["event"], condition=Q(state="open"), name="door_request_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class ClosingQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """The signature that nobody took back: at most one for an event."""
        return self.filter(reopened_at=None)


class Closing(models.Model):
    """The night, signed off: nothing open, and the figures as they stood.

    A host may open it again with a reason; what was signed stays on record.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="closings")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    signed_by_name = models.CharField(max_length=200)
    figures = models.JSONField(default=dict)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by_name = models.CharField(max_length=200, blank=True)
    reopened_reason = models.CharField(max_length=300, blank=True)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(reopened_at=None),
                name="closing_stands_once_per_event",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id}, signed by {self.signed_by_name}"
