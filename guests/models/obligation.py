from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from donations.models import Donation
from guests.models.guest import Guest


class ObligationQuerySet(models.QuerySet):
    def live(self) -> "ObligationQuerySet":
        """Not void: what still stands, or may still come."""
        return self.exclude(state=Obligation.State.VOID)

    def due(self) -> "ObligationQuerySet":
        return self.filter(state=Obligation.State.DUE)

    def with_paid_cents(self) -> "ObligationQuerySet":
        """Adds `paid_cents`, the live money that settles each obligation."""
        money = Sum(
            "settlements__amount_cents",
            filter=Q(settlements__donation__state__in=Donation.SETTLING),
        )
        return self.annotate(paid_cents=Coalesce(money, 0))

    def paid_for_nothing(self) -> "ObligationQuerySet":
        """Void, with live money that settles nothing else: to be offered back."""
        owed = [Obligation.State.DUE, Obligation.State.WAIVED]
        # EXISTS, so that no plan reads every settlement for every row.
        spent = Settlement.objects.filter(
            donation=OuterRef("donation"), obligation__state__in=owed
        )
        idle = Settlement.objects.filter(
            ~Exists(spent),
            obligation=OuterRef("pk"),
            donation__state__in=Donation.SETTLING,
        )
        return self.filter(Exists(idle), state=Obligation.State.VOID)

    def satisfied(self) -> "ObligationQuerySet":
        return self.due().with_paid_cents().filter(paid_cents__gte=F("amount_cents"))

    def unpaid(self) -> "ObligationQuerySet":
        return self.due().with_paid_cents().filter(paid_cents__lt=F("amount_cents"))


class Obligation(models.Model):
    """What one person owes tonight, or may come to owe, and why.

    `guests/obligations/` brings the rows to match the results; a host's word on them,
    waived or still to be asked for, is written in `guests/door/`. A row is voided,
    never deleted. Satisfied is derived from settlements.
    """

    class State(models.TextChoices):
        DORMANT = "dormant", _("May come to be owed")
        DUE = "due", _("Due")
        WAIVED = "waived", _("Waived")
        VOID = "void", _("Void")

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="obligations")
    # "person", or "nomination/12" where the house rules charge for every win.
    key = models.CharField(max_length=40)
    amount_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State)
    cause = models.JSONField(default=list)
    why = models.CharField(max_length=600)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by_name = models.CharField(max_length=200, blank=True)
    waived_reason = models.CharField(max_length=300, blank=True)
    # At the closing a host decided to go on asking.
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by_name = models.CharField(max_length=200, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["guest"], condition=Q(state="due"), name="obligation_due"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["guest", "key"],
                condition=~Q(state="void"),
                name="obligation_lives_once_per_guest_and_key",
            ),
            models.CheckConstraint(
                name="obligation_amount_positive", condition=Q(amount_cents__gt=0)
            ),
            models.CheckConstraint(
                name="obligation_void_has_a_time",
                condition=Q(state="void", void_at__isnull=False)
                | (~Q(state="void") & Q(void_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.why

    @property
    def left_cents(self) -> int:
        """What is still to give, on a row read `with_paid_cents`."""
        return max(0, self.amount_cents - self.paid_cents)


class Settlement(models.Model):
    """The part of a donation that settles one obligation."""

    obligation = models.ForeignKey(
        Obligation, models.CASCADE, related_name="settlements"
    )
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="settlements")
    amount_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "donation"],
                name="settlement_once_per_obligation_and_donation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} cents of {self.donation_id}"

    @property
    def is_void(self) -> bool:
        """Whether it is for what is no longer owed; reads the obligation."""
        return self.obligation.state == Obligation.State.VOID
