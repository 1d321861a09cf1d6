from functools import cache

from django.db import models
from django.db.models import (
    Case,
    CharField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import GreaterThan
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from donations.models import Donation, DonationPart
from guests.models import reasons
from guests.models.guest import Guest


class ObligationQuerySet(models.QuerySet):
    def live(self) -> "ObligationQuerySet":
        """Not void: what still stands, or may still come."""
        return self.exclude(state=Obligation.State.VOID)

    def due(self) -> "ObligationQuerySet":
        return self.filter(state=Obligation.State.DUE)

    def with_paid_cents(self) -> "ObligationQuerySet":
        """Adds `paid_cents`, the live money that settles each obligation.

        Of money that was given back in part, or came short, settlements stand oldest
        first as far as what is kept covers them: what was given freely went back
        first. One for what is no longer owed stands behind all others.
        """
        return self.annotate(paid_cents=_paid_cents())

    def satisfied(self) -> "ObligationQuerySet":
        return self.due().with_paid_cents().filter(paid_cents__gte=F("amount_cents"))

    def unpaid(self) -> "ObligationQuerySet":
        return self.due().with_paid_cents().filter(paid_cents__lt=F("amount_cents"))


@cache
def _paid_cents() -> Coalesce:
    """What `with_paid_cents` adds; put together once, for that takes a millisecond."""
    is_live = Q(settlements__donation__state__in=Donation.SETTLING)
    return Coalesce(Sum(_standing_cents(), filter=is_live), 0)


def _sum_of(rows: models.QuerySet) -> Coalesce:
    """The cents of these rows of one donation, as a subquery; 0 without any."""
    sums = rows.order_by().values("donation").annotate(sum=Sum("amount_cents"))
    return Coalesce(Subquery(sums.values("sum")), 0)


def _standing_cents() -> Case:
    """What of a settlement still stands; looked up only where money is missing."""
    row, donation = "settlements", "settlements__donation"
    older = Q(pk__lt=OuterRef(f"{row}__pk")) | Q(outer=Obligation.State.VOID)
    before = (
        Settlement.objects.filter(donation=OuterRef(donation))
        .exclude(obligation__state=Obligation.State.VOID)
        .annotate(outer=ExpressionWrapper(OuterRef("state"), CharField()))
        .filter(older)
    )
    gone = ("refunded_cents", "charged_back_cents")
    kept = F(f"{donation}__amount_cents")
    for name in gone:
        kept -= F(f"{donation}__{name}")
    untouched = {f"{donation}__{name}": 0 for name in (*gone, "short_cents")}
    whole = F(f"{row}__amount_cents")
    left = Least(whole, kept - _sum_of(before), output_field=IntegerField())
    return Case(
        When(**untouched, then=whole),
        default=Greatest(0, left, output_field=IntegerField()),
        output_field=IntegerField(),
    )


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
    # What `why` says, in no language; None in a row of the release before.
    facts = models.JSONField(null=True, default=None)
    # The sentence in the event's language, which is all that the release before reads.
    written = models.CharField(max_length=600, db_column="why")
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
    def why(self) -> str:
        """The reason in one sentence, in its reader's language."""
        return reasons.why(self.facts, self.amount_cents, self.written)

    def why_in(self, language: str) -> str:
        """The same in this language, for a letter."""
        with translation.override(language):
            return self.why

    @property
    def left_cents(self) -> int:
        """What is still to give, on a row read `with_paid_cents`."""
        return max(0, self.amount_cents - self.paid_cents)


class SettlementQuerySet(models.QuerySet):
    def idle(self) -> "SettlementQuerySet":
        """For what is void, of a donation that keeps more than it was given for."""
        spent = Settlement.objects.filter(donation=OuterRef("donation")).exclude(
            obligation__state=Obligation.State.VOID
        )
        gifts = DonationPart.objects.filter(
            donation=OuterRef("donation"), purpose=Donation.Purpose.GIFT
        )
        free = F("donation__amount_cents") - _sum_of(gifts)
        for name in ("refunded_cents", "charged_back_cents", "fee_cover_cents"):
            free -= F(f"donation__{name}")
        return self.filter(
            obligation__state=Obligation.State.VOID,
            donation__state__in=Donation.SETTLING,
        ).filter(GreaterThan(free, _sum_of(spent)))


class Settlement(models.Model):
    """The part of a donation that settles one obligation."""

    obligation = models.ForeignKey(
        Obligation,
        models.CASCADE,
        related_name="settlements",
        db_index=False,
    )
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="settlements")
    amount_cents = models.PositiveIntegerField()

    objects = SettlementQuerySet.as_manager()

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
