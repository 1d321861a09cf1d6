from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from guests.models.guest import Guest
from guests.models.invitation import Invitation


class SeatOffer(models.Model):
    """Seats kept for somebody on the waiting list until they answer or time is up.

    While it is open its heads count as taken: nobody else is given them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Offered")
        TAKEN = "taken", _("Taken")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("Not answered in time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    event = models.ForeignKey(Event, models.CASCADE, related_name="seat_offers")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="seat_offers")
    heads = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["offered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guest"],
                condition=Q(state="open"),
                name="seat_offer_open_once_per_guest",
            )
        ]
        indexes = [
            models.Index(
                fields=["event", "expires_at"],
                condition=Q(state="open"),
                name="seat_offers_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.heads} for {self.guest_id}, {self.state}"


class SeatMove(models.Model):
    """Seats that were taken or given back; those of an event sum to its heads.

    Triggers write them, whoever changes a guest's row; guests.seats alone reads them,
    and makes one of many.
    """

    # As the guest's own row names it: there is nothing to be checked.
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="seat_moves", db_constraint=False
    )
    heads = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.heads:+} in {self.event_id}"


class NameRequest(models.Model):
    """After the lock a guest asks for another name; a host grants or refuses it."""

    class State(models.TextChoices):
        OPEN = "open", _("Asked")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")

    event = models.ForeignKey(Event, models.CASCADE, related_name="name_requests")
    principal = models.ForeignKey(
        Guest, models.CASCADE, related_name="name_requests_made"
    )
    # The plus-one to be renamed; empty for one who has no name yet.
    plus_one = models.ForeignKey(
        Guest, models.CASCADE, null=True, blank=True, related_name="name_requests"
    )
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plus_one"],
                condition=Q(state="open"),
                name="name_request_open_once_per_plus_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class GuestMerge(models.Model):
    """Two rows found to be one person; `before` is what unmerging puts back."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="guest_merges")
    kept = models.ForeignKey(Guest, models.CASCADE, related_name="merges_kept")
    gone = models.ForeignKey(Guest, models.CASCADE, related_name="merges_gone")
    before = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at=None),
                name="guest_is_merged_away_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class KnownApart(models.Model):
    """Two rows that look like one person, and a host has said that they are two."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="known_apart")
    # The row with the lower id stands first, so that a pair is one row.
    first = models.ForeignKey(Guest, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Guest, models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], name="known_apart_once_per_pair"
            ),
            models.CheckConstraint(
                name="known_apart_in_order", condition=Q(first__lt=models.F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"


class LinkUse(models.Model):
    """A browser in which somebody pressed a button behind an invitation's link."""

    invitation = models.ForeignKey(
        Invitation, models.CASCADE, related_name="link_uses", db_index=False
    )
    # Random, from the guest's own cookie; it names no device outside this row.
    device = models.CharField(max_length=16)
    link_version = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["first_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "device"], name="link_use_once_per_device"
            )
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} on {self.device}"
