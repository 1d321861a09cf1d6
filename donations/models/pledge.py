from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from events.models import Event
from losers_lounge.links import make_lookup

# Stripe still has a card of it, which is owed to be forgotten once it is over.
CARD_KEPT = ~Q(payment_method_id="") & Q(detached_at=None)


class PledgeQuerySet(models.QuerySet):
    def live(self) -> Self:
        """A card is saved, or about to be, and nothing has ended it."""
        return self.filter(state__in=Pledge.LIVE)


class Pledge(models.Model):
    """A promise to give if something happens: a saved card, and leave to charge it.

    The mandate is frozen as it was agreed to. What charges the card is a donation
    with off-session attempts; the pledge only says whether there may be one.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("Card not saved yet")
        CARD_SAVED = "card_saved", _("Card saved")
        CHARGING = "charging", _("Being charged")
        PAID = "paid", _("Paid")
        NEEDS_ACTION = "needs_action", _("The bank asks the donor")
        DECLINED = "declined", _("Card declined")
        RELEASED = "released", _("Released")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    # Ended: nothing may ever be charged on it again.
    OVER = (State.PAID, State.RELEASED, State.WITHDRAWN)
    LIVE = (
        State.OFFERED,
        State.CARD_SAVED,
        State.CHARGING,
        State.NEEDS_ACTION,
        State.DECLINED,
    )

    public_id = models.CharField(
        max_length=16, unique=True, default=make_lookup, editable=False
    )
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="pledges", db_index=False
    )
    donor_name = models.CharField(max_length=200)
    donor_email = models.EmailField(blank=True)
    credit_name = models.CharField(max_length=200, blank=True)
    # At most this is charged; what is owed then may be less.
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    stripe_account = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OFFERED)

    # The mandate, as it was agreed to.
    mandate_version = models.CharField(max_length=20)
    mandate_text = models.TextField()
    last_charge_at = models.DateTimeField()
    agreed_at = models.DateTimeField()
    agreed_ip = models.GenericIPAddressField(null=True, blank=True)

    # The page on which the card is saved; its number is in the idempotency key.
    setup_number = models.PositiveSmallIntegerField(default=0)
    setup_session_id = models.CharField(max_length=255, blank=True)
    setup_url = models.URLField(max_length=2000, blank=True)
    setup_expires_at = models.DateTimeField(null=True, blank=True)

    customer_id = models.CharField(max_length=255, blank=True)
    payment_method_id = models.CharField(max_length=255, blank=True)
    card_brand = models.CharField(max_length=30, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)

    # What it was charged for, in the end: one donation, ever.
    donation = models.OneToOneField(
        Donation, models.PROTECT, null=True, blank=True, related_name="pledge"
    )
    # Who let the card be charged, after the win: a host's press, or the house rule.
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_name = models.CharField(max_length=200, blank=True)
    # What the host saw beside the press: more is not charged without another.
    approved_cents = models.PositiveIntegerField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The card is forgotten at Stripe; empty with a payment method: still owed.
    detached_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = PledgeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["event", "state"], name="pledge_by_state"),
            models.Index(
                fields=["ended_at"],
                condition=CARD_KEPT,
                name="pledge_card_kept",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="pledge_amount_positive", condition=Q(amount_cents__gt=0)
            ),
            models.CheckConstraint(
                name="pledge_charged_has_a_card",
                condition=~Q(state__in=["card_saved", "charging", "needs_action"])
                | ~Q(payment_method_id=""),
            ),
            models.CheckConstraint(
                name="pledge_over_has_a_time",
                condition=~Q(state__in=["paid", "released", "withdrawn"])
                | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}, {self.get_state_display()}"

    @property
    def keeps_card(self) -> bool:
        """Of one row what CARD_KEPT is in a query."""
        return bool(self.payment_method_id) and self.detached_at is None
