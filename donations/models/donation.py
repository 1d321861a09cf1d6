from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from losers_lounge.links import make_lookup


class DonationQuerySet(models.QuerySet):
    def for_account(self, account: str) -> Self:
        """Donations whose money is on this Stripe account ("": the own keys')."""
        return self.filter(stripe_account=account)


class Donation(models.Model):
    """Money from one donor to one event's charity, from the wish to Stripe's word.

    The state is only ever what a fresh answer of Stripe says (settlement.py).
    """

    class State(models.TextChoices):
        CREATED = "created", _("Not started")
        CHECKOUT_OPEN = "checkout_open", _("Payment page open")
        PROCESSING = "processing", _("With the bank")
        PAID = "paid", _("Paid")
        PARTIALLY_REFUNDED = "partially_refunded", _("Refunded in part")
        REFUNDED = "refunded", _("Refunded")
        DISPUTED = "disputed", _("Disputed")
        CHARGED_BACK = "charged_back", _("Charged back")
        EXPIRED = "expired", _("Not completed")
        CANCELED = "canceled", _("Canceled")
        FAILED = "failed", _("Bank refused")
        REVIEW = "review", _("Being checked")

    class Purpose(models.TextChoices):
        ADMISSION = "admission", _("Winner's donation")
        GIFT = "gift", _("Free gift")

    # Stands good for a door: a refund or a lost dispute does not.
    SETTLING = (State.PAID, State.DISPUTED)
    # Money has moved: no late word about a page or a card leads back from here.
    MONEY_MOVED = (
        State.PAID,
        State.PARTIALLY_REFUNDED,
        State.REFUNDED,
        State.DISPUTED,
        State.CHARGED_BACK,
        State.REVIEW,
    )
    # A new payment page may be opened from here.
    PAYABLE = (
        State.CREATED,
        State.CHECKOUT_OPEN,
        State.EXPIRED,
        State.CANCELED,
        State.FAILED,
    )

    public_id = models.CharField(
        max_length=16, unique=True, default=make_lookup, editable=False
    )
    event = models.ForeignKey(Event, models.PROTECT, related_name="donations")
    donor_name = models.CharField(max_length=200)
    donor_email = models.EmailField()
    # How the donor is named in public; empty: not named.
    credit_name = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=9, choices=Purpose)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="usd")
    stripe_account = models.CharField(max_length=255, blank=True)
    payment_intent_id = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=18, choices=State, default=State.CREATED)
    refunded_cents = models.PositiveIntegerField(default=0)
    paid_at = models.DateTimeField(null=True, blank=True)
    # When the answer of Stripe that made this state was asked for: an older answer
    # that arrives later is not applied.
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = DonationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["event", "-id"], name="donation_by_event"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["checkout_open", "processing"]),
                name="donation_under_way",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="donation_amount_positive", condition=Q(amount_cents__gt=0)
            ),
            models.CheckConstraint(
                name="donation_refund_within_amount",
                condition=Q(refunded_cents__lte=models.F("amount_cents"))
                | Q(state="review"),
            ),
            models.CheckConstraint(
                name="donation_paid_has_a_time",
                condition=~Q(
                    state__in=[
                        "paid",
                        "partially_refunded",
                        "refunded",
                        "disputed",
                        "charged_back",
                    ]
                )
                | Q(paid_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["stripe_account", "payment_intent_id"],
                condition=~Q(payment_intent_id=""),
                name="donation_payment_intent_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}, {self.get_state_display()}"

    @property
    def settles(self) -> bool:
        """Whether this money stands good for a door right now."""
        return self.state in self.SETTLING

    @property
    def is_payable(self) -> bool:
        """Whether a payment page may still be opened for it."""
        return self.state in self.PAYABLE

    @property
    def kept_cents(self) -> int:
        """What the charity keeps after refunds, before fees."""
        return self.amount_cents - self.refunded_cents


class DonationAttemptQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Attempts whose payment page is open, or may be for all that is known."""
        return self.filter(state__in=DonationAttempt.LIVE)


class DonationAttempt(models.Model):
    """One Checkout session, committed before Stripe is called.

    Everything that goes into the request stands in the row, so that asking again
    with the same key is the same question.
    """

    class State(models.TextChoices):
        CREATED = "created", _("Asking Stripe")
        OPEN = "open", _("Open")
        UNKNOWN = "unknown", _("No answer from Stripe")
        FAILED = "failed", _("Refused by Stripe")
        COMPLETED = "completed", _("Completed")
        EXPIRED = "expired", _("Expired")

    LIVE = (State.CREATED, State.OPEN, State.UNKNOWN)

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.CREATED)
    success_url = models.URLField(max_length=500)
    cancel_url = models.URLField(max_length=500)
    # Whether Stripe's page shows the donor's address, and does not ask for one.
    tells_email = models.BooleanField(default=True)
    session_id = models.CharField(max_length=255, blank=True)
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

    @property
    def idempotency_key(self) -> str:
        """The same question to Stripe always carries the same key."""
        return f"lounge:checkout:{self.donation.public_id}:{self.number}"

    def is_usable(self, at: datetime) -> bool:
        """Whether its payment page can still be shown to the donor."""
        return self.state == self.State.OPEN and at < self.expires_at
