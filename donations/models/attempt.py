from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class DonationAttemptQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Attempts whose payment page is open, or may be for all that is known."""
        return self.filter(state__in=DonationAttempt.LIVE)


class DonationAttempt(models.Model):
    """One Checkout session or off-session charge, committed before Stripe is called.

    Everything that goes into the request stands in the row, so that asking again
    with the same key is the same question.
    """

    class Kind(models.TextChoices):
        CHECKOUT = "checkout", _("Payment page")
        OFF_SESSION = "off_session", _("Saved card")

    class State(models.TextChoices):
        CREATED = "created", _("Asking Stripe")
        OPEN = "open", _("Open")
        UNKNOWN = "unknown", _("No answer from Stripe")
        FAILED = "failed", _("Refused by Stripe")
        COMPLETED = "completed", _("Completed")
        EXPIRED = "expired", _("Expired")

    LIVE = (State.CREATED, State.OPEN, State.UNKNOWN)

    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.CHECKOUT)
    state = models.CharField(max_length=9, choices=State, default=State.CREATED)
    success_url = models.URLField(max_length=500, blank=True)
    cancel_url = models.URLField(max_length=500, blank=True)
    # Whether Stripe's page shows the donor's address, and does not ask for one.
    tells_email = models.BooleanField(default=True)
    session_id = models.CharField(max_length=255, blank=True)
    payment_intent_id = models.CharField(max_length=255, blank=True)
    # Stripe's word for a refused card, e.g. "authentication_required".
    decline_code = models.CharField(max_length=100, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = DonationAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["created", "open", "unknown"]),
                name="attempt_live",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "number"], name="attempt_number_once_per_donation"
            ),
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(state__in=["created", "open", "unknown"]),
                name="attempt_one_live_per_donation",
            ),
            models.CheckConstraint(
                name="attempt_open_has_a_page",
                condition=~Q(state="open") | (~Q(session_id="") & ~Q(url="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idempotency_key}, {self.get_state_display()}"

    @staticmethod
    def number_after(attempts: Iterable["DonationAttempt"]) -> int:
        """What comes next, of a donation that has tried these and is locked."""
        return max((attempt.number for attempt in attempts), default=0) + 1

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def idempotency_key(self) -> str:
        """The same question to Stripe always carries the same key."""
        verb = "charge" if self.kind == self.Kind.OFF_SESSION else "checkout"
        return f"lounge:{verb}:{self.donation.public_id}:{self.number}"

    def is_usable(self, at: datetime) -> bool:
        """Whether its payment page can still be shown to the donor."""
        return self.state == self.State.OPEN and at < self.expires_at
