from typing import Self

from django.conf import settings
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
    # Each invariant of the books by name (invariants.py), and Stripe's clock.
    checks = models.JSONField(default=dict)

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


class ReconciledDay(models.Model):
    """One day (UTC) of an account on both sides, as last compared."""

    account = models.CharField(max_length=255, blank=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    stripe_entries = models.PositiveIntegerField()
    stripe_gross_cents = models.BigIntegerField()
    stripe_fee_cents = models.BigIntegerField()
    stripe_net_cents = models.BigIntegerField()
    ledger_entries = models.PositiveIntegerField()
    ledger_gross_cents = models.BigIntegerField()
    ledger_fee_cents = models.BigIntegerField()
    ledger_net_cents = models.BigIntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "currency"], name="reconciled_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account or 'own'} {self.day}"

    @property
    def agrees(self) -> bool:
        """Both sides are the same, to the cent and in number."""
        names = ("entries", "gross_cents", "fee_cents", "net_cents")
        return all(
            getattr(self, f"stripe_{name}") == getattr(self, f"ledger_{name}")
            for name in names
        )


class DiscrepancyQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Not gone, and nobody has given a reason yet."""
        return self.filter(closed_at=None)

    def differences(self) -> Self:
        """Those by which the two books are not the same."""
        return self.exclude(kind__in=Discrepancy.NOTICES)


class Discrepancy(models.Model):
    """One named disagreement between the ledger and Stripe, until it is explained."""

    class Kind(models.TextChoices):
        UNKNOWN_AT_STRIPE = "unknown_at_stripe", _("In our ledger, not at Stripe")
        UNKNOWN_HERE = "unknown_here", _("At Stripe, not in our ledger")
        AMOUNT_DIFFERS = "amount_differs", _("Amounts differ")
        CHARGE_WITHOUT_DONATION = (
            "charge_without_donation",
            _("A payment at Stripe that no donation here explains"),
        )
        DONATION_AMOUNT_DIFFERS = (
            "donation_amount_differs",
            _("Paid a different amount than the donation's"),
        )
        CHARGED_TWICE = "charged_twice", _("One donation, two payments")
        PAYMENT_NOT_BOOKED = (
            "payment_not_booked",
            _("Donation paid, its payment not in the ledger"),
        )
        REFUND_DIFFERS = "refund_differs", _("Refunds differ from the donation's")
        DISPUTE_DIFFERS = "dispute_differs", _("Disputes differ from the donation's")
        FEE_DIFFERS = "fee_differs", _("Fees differ")
        REFUNDED_OUTSIDE = "refunded_outside", _("Refunded in Stripe's dashboard")
        DISPUTED = "disputed", _("Disputed by the donor's bank")
        BALANCE_DIFFERS = "balance_differs", _("Stripe's balance differs")
        PAYOUT_UNEXPLAINED = (
            "payout_unexplained",
            _("A payout whose items do not add up"),
        )
        PAYOUT_MANUAL = "payout_manual", _("A manual payout, which has no items")
        PAYOUT_FAILED = "payout_failed", _("A payout that the bank sent back")
        WRONG_MODE = "wrong_mode", _("From the wrong mode, test or live")
        WRONG_CURRENCY = "wrong_currency", _("In a currency other than the event's")
        WRONG_ACCOUNT = "wrong_account", _("On an account other than the charity's")
        ACCOUNT_FEE = "account_fee", _("A fee that no payment explains")
        UNMATCHED_MONEY = "unmatched_money", _("Money that nobody here asked for")

    # For a person to look into, while both books say the same.
    NOTICES = (
        Kind.REFUNDED_OUTSIDE,
        Kind.DISPUTED,
        Kind.PAYOUT_MANUAL,
        Kind.PAYOUT_FAILED,
        Kind.ACCOUNT_FEE,
    )

    account = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=25, choices=Kind)
    # The balance transaction or the donation's public id.
    subject = models.CharField(max_length=255)
    # How far apart the two sides are.
    cents = models.BigIntegerField()
    # The last comparison that found it; empty: another room of the money did.
    found_in = models.ForeignKey(
        Reconciliation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="discrepancies",
    )
    found_at = models.DateTimeField()
    # Who looks into it.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = DiscrepancyQuerySet.as_manager()

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

    @property
    def is_notice(self) -> bool:
        """Somebody should look at it, while both books say the same."""
        return self.kind in self.NOTICES
