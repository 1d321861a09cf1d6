from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reconciliation(models.Model):
    """One comparison of the ledger with Stripe's books, to the cent.

    A row is written when the comparison is finished; its `high_water_at` is where
    the next one starts from.
    """

    class Verdict(models.TextChoices):
        MATCHED = "matched", _("Equals Stripe to the cent")
        DIFFERS = "differs", _("Differs from Stripe")

    account = models.CharField(max_length=255, blank=True)
    verdict = models.CharField(max_length=7, choices=Verdict)
    # Movements compared: those created at Stripe since then.
    since = models.DateTimeField()
    high_water_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    imported = models.PositiveIntegerField(default=0)
    stripe_entries = models.PositiveIntegerField()
    stripe_gross_cents = models.BigIntegerField()
    stripe_fee_cents = models.BigIntegerField()
    stripe_net_cents = models.BigIntegerField()
    ledger_entries = models.PositiveIntegerField()
    ledger_gross_cents = models.BigIntegerField()
    ledger_fee_cents = models.BigIntegerField()
    ledger_net_cents = models.BigIntegerField()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["account", "-id"], name="reconciliation_latest")
        ]

    def __str__(self) -> str:
        return f"{self.account or 'own'} {self.finished_at:%F %T}: {self.verdict}"

    @property
    def difference_cents(self) -> int:
        """Net of the ledger less net of Stripe; 0 when they agree."""
        return self.ledger_net_cents - self.stripe_net_cents


class Discrepancy(models.Model):
    """One named disagreement between the ledger and Stripe, until it is explained."""

    class Kind(models.TextChoices):
        UNKNOWN_AT_STRIPE = "unknown_at_stripe", _("In our ledger, not at Stripe")
        UNKNOWN_HERE = "unknown_here", _("At Stripe, not in our ledger")
        AMOUNT_DIFFERS = "amount_differs", _("Amounts differ")
        CHARGE_WITHOUT_DONATION = (
            "charge_without_donation",
            _("Payment at Stripe that no donation here explains"),
        )
        DONATION_AMOUNT_DIFFERS = (
            "donation_amount_differs",
            _("Paid another amount than the donation's"),
        )
        CHARGED_TWICE = "charged_twice", _("One donation, two payments")
        PAYMENT_NOT_BOOKED = (
            "payment_not_booked",
            _("Donation paid, its payment not in the ledger"),
        )
        REFUND_DIFFERS = "refund_differs", _("Refunds differ from the donation's")

    account = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=25, choices=Kind)
    # The balance transaction or the donation's public id.
    subject = models.CharField(max_length=255)
    # How far apart the two sides are.
    cents = models.BigIntegerField()
    found_in = models.ForeignKey(
        Reconciliation, models.PROTECT, related_name="discrepancies"
    )
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "subject", "cents"],
                name="discrepancy_listed_once",
            ),
            models.CheckConstraint(
                name="discrepancy_closed_with_a_reason",
                condition=Q(closed_at__isnull=True) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
