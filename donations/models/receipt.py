from typing import Self

from django.db import models
from django.db.models import F, Q

from donations.models.donation import Donation
from events.models import Charity


class ReceiptSeries(models.Model):
    """The last number given out by a charity in a year: locked, so without gaps."""

    charity = models.ForeignKey(
        Charity, models.PROTECT, related_name="receipt_series", db_index=False
    )
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "receipt series"
        constraints = [
            models.UniqueConstraint(
                fields=["charity", "year"], name="receipt_series_once_per_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.charity}, {self.year}: {self.last_number}"


class ReceiptQuerySet(models.QuerySet):
    def valid(self) -> Self:
        return self.filter(void_at__isnull=True)


class Receipt(models.Model):
    """The charity's acknowledgement (IRS Publication 1771), frozen when issued.

    Only `void_at` is ever written again, and names may be forgotten; a change of the
    money voids it, and what is left is acknowledged by another receipt that names the
    one it replaces.
    """

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="receipts")
    charity = models.ForeignKey(
        Charity, models.PROTECT, related_name="receipts", db_index=False
    )
    number = models.CharField(max_length=20)
    donor_name = models.CharField(max_length=200)
    donor_email = models.EmailField()
    charity_name = models.CharField(max_length=200)
    charity_ein = models.CharField(max_length=20, blank=True)
    charity_address = models.TextField(blank=True)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    # Good-faith worth of what the donor got in return.
    fair_value_cents = models.PositiveIntegerField()
    deductible_cents = models.PositiveIntegerField()
    benefits = models.TextField(blank=True)
    # [for whom, what for, cents] for each part of the donation, as it then was.
    lines = models.JSONField(default=list)
    # Something was offered in return, and the donor would not have it.
    benefit_declined = models.BooleanField(default=False)
    void_reason = models.CharField(max_length=100, blank=True)
    wording = models.TextField()
    # What its event was called then, its clock, and the language of its letters; empty
    # where an older release issued it: then as the event is now.
    printed_in = models.JSONField(null=True, blank=True, editable=False)
    paid_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)
    # Who gave, or somebody in its lines, has been forgotten: never its figures.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["charity", "number"], name="receipt_number_once_per_charity"
            ),
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(void_at__isnull=True),
                name="receipt_one_valid_per_donation",
            ),
            models.CheckConstraint(
                name="receipt_deductible_within_amount",
                condition=Q(deductible_cents__lte=F("amount_cents")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_void(self) -> bool:
        return self.void_at is not None
