from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from events.models import Event


class LedgerEntryQuerySet(models.QuerySet):
    def for_event(self, event: Event) -> Self:
        return self.filter(event=event)

    def from_stripe(self) -> Self:
        """Movements in Stripe's books; gifts by hand are never mixed into them."""
        return self.filter(source=LedgerEntry.Source.STRIPE)


class LedgerEntry(models.Model):
    """One movement of money, as its balance transaction says. Never changed.

    Triggers refuse DELETE and any change of a money column (0002); an entry may only
    learn later which donation it belongs to. A correction is a new entry.
    """

    class Source(models.TextChoices):
        STRIPE = "stripe", _("Stripe")
        MANUAL = "manual", _("By hand")

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Payment")
        REFUND = "refund", _("Refund")
        DISPUTE = "dispute", _("Dispute")
        FEE = "fee", _("Fee")
        PAYOUT = "payout", _("Payout")
        OTHER = "other", _("Other")

    source = models.CharField(max_length=6, choices=Source)
    account = models.CharField(max_length=255, blank=True)
    # Stripe's txn_..., or a manual gift's own id.
    balance_transaction_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=7, choices=Kind)
    stripe_type = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    gross_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    # What moved the money: a charge, refund, dispute or payout.
    source_id = models.CharField(max_length=255, blank=True)
    charge_id = models.CharField(max_length=255, blank=True)
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="entries"
    )
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_entries",
        db_index=False,
    )
    occurred_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True, blank=True)
    reporting_category = models.CharField(max_length=100, blank=True)
    # The payout that took it to the bank; known once Stripe has made one.
    payout_id = models.CharField(max_length=255, blank=True)
    recorded_at = models.DateTimeField()

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "pk"]
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["event", "occurred_at"], name="entry_by_event"),
            models.Index(fields=["account", "occurred_at"], name="entry_by_account"),
            models.Index(fields=["charge_id"], name="entry_by_charge"),
            models.Index(
                fields=["account", "payout_id"],
                condition=~Q(payout_id=""),
                name="entry_by_payout",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "balance_transaction_id"],
                name="entry_movement_booked_once",
            ),
            models.CheckConstraint(
                name="entry_net_is_gross_less_fee",
                condition=Q(net_cents=F("gross_cents") - F("fee_cents")),
            ),
            models.CheckConstraint(
                name="entry_of_a_donation_has_its_event",
                condition=Q(donation__isnull=True) | Q(event__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.balance_transaction_id}"
