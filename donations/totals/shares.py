"""Each entry's share of the winners' entry; what is left of it is the free gift."""

from django.db.models import (
    BigIntegerField,
    Case,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from donations.models import Donation, DonationPart, LedgerEntry

Kind = LedgerEntry.Kind
ADMISSION = Donation.Purpose.ADMISSION
CENTS = BigIntegerField()
NOTHING = Value(0, output_field=CENTS)
TAKEN, RETURNED = Q(kind=Kind.CHARGE), Q(kind__in=[Kind.REFUND, Kind.DISPUTE])


def with_shares(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Entries with `entry_gross_cents` and `entry_fee_cents`, the winners' entry's.

    All entries of a donation must be among them: shares are counted in the order in
    which the money moved (__init__.py says by which rule).
    """
    return with_grounds(entries).annotate(
        entry_gross_cents=entry_gross(),
        entry_fee_cents=entry_fee(),
        covered_cents=covered(),
    )


def with_grounds(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Entries with all that their shares are reckoned from.

    A sum of shares aggregates entry_gross() and its like over these: as annotations
    they would each hold the query for the parts again, six times for every entry.
    """
    return entries.annotate(
        admission_cents=_admission_cents(),
        all_taken=_over_donation(_if(TAKEN, F("gross_cents")), so_far=False),
        taken=_over_donation(_if(TAKEN, F("gross_cents")), so_far=True),
        returned=_over_donation(_if(RETURNED, -F("gross_cents")), so_far=True),
    )


def entry_gross() -> Case:
    """Of what an entry with grounds moved, the winners' entry's share."""
    free = Greatest(F("all_taken") - F("admission_cents"), NOTHING)
    before = F("returned") + F("gross_cents")
    from_the_gift = Least(F("returned"), free) - Least(before, free)
    entry = Least(F("taken"), F("admission_cents")) - Least(
        F("taken") - F("gross_cents"), F("admission_cents")
    )
    return Case(
        When(TAKEN, then=entry),
        When(RETURNED, then=F("gross_cents") + from_the_gift),
        default=_in_proportion("gross_cents"),
        output_field=CENTS,
    )


def entry_fee() -> Expression:
    """Of what an entry with grounds cost, the winners' entry's share."""
    return _in_proportion("fee_cents")


def covered() -> Expression:
    """Of a donation's first payment, what the donor added to cover the fees."""
    is_first = TAKEN & Q(taken=F("gross_cents")) & Q(donation__isnull=False)
    return _if(is_first, Cast("donation__fee_cover_cents", CENTS))


def _admission_cents() -> Expression:
    """What a donation's parts say is admission; one without parts says it itself."""
    parts = DonationPart.objects.filter(donation=OuterRef("donation_id")).order_by()
    of_parts = parts.values("donation").annotate(
        cents=Sum(
            Case(When(purpose=ADMISSION, then=F("amount_cents")), default=Value(0))
        )
    )
    whole = F("donation__amount_cents") - F("donation__fee_cover_cents")
    return Coalesce(
        Cast(Subquery(of_parts.values("cents")), CENTS),
        Case(
            When(donation__purpose=ADMISSION, then=Cast(whole, CENTS)), default=NOTHING
        ),
        output_field=CENTS,
    )


def _if(condition: Q, column: Expression) -> Case:
    return Case(When(condition, then=column), default=NOTHING, output_field=CENTS)


def _over_donation(column: Case, *, so_far: bool) -> Cast:
    order = [F("occurred_at"), F("pk")] if so_far else None
    window = Window(
        Sum(column), partition_by=[F("donation_id"), F("source")], order_by=order
    )
    return Cast(window, CENTS)


def _in_proportion(column: str) -> Expression:
    # Integers divide to integers, rounded towards zero, in both databases.
    amount = Coalesce(Cast("donation__amount_cents", CENTS), Value(1))
    return Cast(F(column) * F("admission_cents") / amount, CENTS)
