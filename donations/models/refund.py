from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from losers_lounge.links import make_lookup


class RefundQuerySet(models.QuerySet):
    def owed(self) -> Self:
        """Asked for, and nobody knows yet that Stripe has it."""
        return self.filter(state__in=Refund.OWED)

    def gone_wrong(self) -> Self:
        """Refused, or come back, and nobody has taken note of it."""
        return self.filter(state__in=Refund.GONE_WRONG, seen_at=None)


class Refund(models.Model):
    """Money on its way back to a donor: the row first, then the call.

    `origin` is where it was asked for; one made in Stripe's own dashboard gets its
    row when it is found there. The money itself is in the ledger.
    """

    class State(models.TextChoices):
        WISHED = "wished", _("Asked for by the donor")
        REQUESTED = "requested", _("Asking Stripe")
        UNKNOWN = "unknown", _("No answer from Stripe")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Given back")
        FAILED = "failed", _("Came back to the charity")
        REFUSED = "refused", _("Refused by Stripe")
        DROPPED = "dropped", _("Not carried out")

    class Origin(models.TextChoices):
        HERE = "here", _("Here")
        STRIPE = "stripe", _("Stripe's dashboard")

    OWED = (State.REQUESTED, State.UNKNOWN)
    # Somebody thinks that the donor has the money, and the donor has not.
    GONE_WRONG = (State.FAILED, State.REFUSED)

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="refunds")
    public_id = models.CharField(
        max_length=16, unique=True, default=make_lookup, editable=False
    )
    origin = models.CharField(max_length=6, choices=Origin, default=Origin.HERE)
    amount_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    reason = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    # The press that asked: pressed twice, it is one refund.
    nonce = models.CharField(max_length=90, null=True, blank=True, unique=True)
    account = models.CharField(max_length=255, blank=True)
    refund_id = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Refused, or the money came back: who has taken note of it.
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by_name = models.CharField(max_length=200, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["requested", "unknown"]),
                name="refund_owed",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="refund_amount_positive", condition=Q(amount_cents__gt=0)
            ),
            models.UniqueConstraint(
                fields=["account", "refund_id"],
                condition=~Q(refund_id=""),
                name="refund_known_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}, {self.get_state_display()}"

    @property
    def needs_a_look(self) -> bool:
        """It went wrong, and nobody has taken note of that."""
        return self.state in self.GONE_WRONG and self.seen_at is None

    @property
    def idempotency_key(self) -> str:
        """The same question to Stripe always carries the same key."""
        return f"lounge:refund:{self.public_id}"
