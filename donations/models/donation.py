from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from losers_lounge.links import make_lookup


class DonationQuerySet(models.QuerySet):
    def for_account(self, account: str) -> Self:
        """Donations whose money is on this Stripe account ("": the own keys')."""
        return self.filter(source=Donation.Source.STRIPE, stripe_account=account)

    def locked(self) -> Self:
        """Locked until the transaction ends.

        no_key lets entries and settlements that refer to one be written meanwhile: who
        books a movement waits for whoever books it too, and never for its donation.
        """
        return self.select_for_update(of=("self",), no_key=True)


class Donation(models.Model):
    """Money from one donor to one event's charity, from the wish to Stripe's word.

    The state is only ever what a fresh answer of Stripe says (settlement.py); of a
    gift by hand, what two people have signed (manual_gifts.py).
    """

    class Source(models.TextChoices):
        STRIPE = "stripe", _("Stripe")
        MANUAL = "manual", _("By hand")

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

    # Somebody is paying, or the bank is at work: it comes to an end by itself.
    UNDER_WAY = (State.CHECKOUT_OPEN, State.PROCESSING)
    # Stands good for a door, as far as it is kept: a lost dispute does not.
    SETTLING = (State.PAID, State.PARTIALLY_REFUNDED, State.DISPUTED)
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
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="donations", db_index=False
    )
    donor_name = models.CharField(max_length=200)
    donor_email = models.EmailField()
    # How the donor is named in public; empty: not named.
    credit_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(
        max_length=6, choices=Source, default=Source.STRIPE, editable=False
    )
    purpose = models.CharField(max_length=9, choices=Purpose)
    # All that is charged; `parts` say for whom, and what of it covers the fees.
    amount_cents = models.PositiveIntegerField()
    fee_cover_cents = models.PositiveIntegerField(default=0)
    # No bottle, please: then it is no benefit, and the receipt says so.
    declines_reward = models.BooleanField(default=False)
    # Of the donor's own page (donations/donor_realm.py); raised, old links are dead.
    link_version = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3, default="usd")
    stripe_account = models.CharField(max_length=255, blank=True)
    payment_intent_id = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=18, choices=State, default=State.CREATED)
    refunded_cents = models.PositiveIntegerField(default=0)
    # What banks took back for good, by disputes that were lost.
    charged_back_cents = models.PositiveIntegerField(default=0)
    # How much less came than was asked for, where a person accepted that.
    short_cents = models.PositiveIntegerField(default=0, db_default=0)
    paid_at = models.DateTimeField(null=True, blank=True)
    # When the answer of Stripe that made this state was asked for: an older answer
    # that arrives later is not applied.
    checked_at = models.DateTimeField(null=True, blank=True)
    # Who gave has been forgotten; cents and Stripe's ids stay.
    donor_erased_at = models.DateTimeField(null=True, blank=True, editable=False)
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
                name="donation_fee_cover_within_amount",
                condition=Q(fee_cover_cents__lt=models.F("amount_cents")),
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

    def get_state_display(self) -> str:
        """The state in words; of a gift by hand, who is still to look at it."""
        if self.is_by_hand and self.state == self.State.PROCESSING:
            return _("Waits for a second name")
        if self.is_by_hand and self.state == self.State.REFUNDED:
            return _("Taken back")
        return str(self.State(self.state).label)

    @property
    def is_by_hand(self) -> bool:
        """Cash or a cheque: Stripe never hears of it."""
        return self.source == self.Source.MANUAL

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
        """What the charity keeps after refunds and lost disputes, before fees."""
        return max(0, self.amount_cents - self.refunded_cents - self.charged_back_cents)

    @property
    def is_whole(self) -> bool:
        """All that was asked for came, and nothing of it went back."""
        return self.kept_cents == self.amount_cents and not self.short_cents


class DonationPart(models.Model):
    """One line of a donation: for whom, what for, how much. One payment, many lines.

    A name and no guest: the charity sees who is thanked, never the guest list.
    """

    donation = models.ForeignKey(
        Donation, models.CASCADE, related_name="parts", db_index=False
    )
    order = models.PositiveSmallIntegerField()
    for_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=9, choices=Donation.Purpose)
    amount_cents = models.PositiveIntegerField()
    # What might stand on the bottle, as whoever knows the win proposes it.
    engraving = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["donation", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "order"], name="donation_part_order_once"
            ),
            models.CheckConstraint(
                name="donation_part_positive", condition=Q(amount_cents__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}, {self.purpose}"
