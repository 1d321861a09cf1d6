"""Numbers without gaps, per charity and year, and the proof that there are none."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Max
from django.db.models.functions import Substr

from donations.models import Receipt, ReceiptSeries
from events.models import Charity
from losers_lounge.compiled_rows import Changes, compiled_update

PREFIX = "LL-"
YEAR_AT, YEAR_LENGTH = len(PREFIX) + 1, 4


@dataclass(frozen=True)
class NumberCheck:
    """One year's numbers: the last one given out, and how many receipts there are."""

    year: int
    last_number: int
    receipts: int
    highest: str

    @property
    def is_whole(self) -> bool:
        """Every number up to the last has its receipt, and there is none beyond."""
        is_last = self.highest == _number(self.year, self.last_number)
        return self.receipts == self.last_number and (is_last or not self.receipts)


def next_number(charity: Charity, year: int) -> str:
    """Without gaps: the series row is locked until the receipt is committed."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A receipt is numbered inside the transaction it is made in")
    counted = _count_on(charity.pk, year)
    if not counted:
        first = ReceiptSeries(charity=charity, year=year)
        ReceiptSeries.objects.bulk_create([first], ignore_conflicts=True)
        counted = _count_on(charity.pk, year)
    [(number,)] = counted
    return _number(year, number)


@compiled_update("last_number")
def _count_on(charity: int, year: int) -> Changes:
    series = ReceiptSeries.objects.filter(charity=charity, year=year)
    return series, {"last_number": F("last_number") + 1}


def number_checks(charity: Charity) -> list[NumberCheck]:
    """Each year in which this charity gave out a number, the latest first."""
    grouped = (
        Receipt.objects.filter(charity=charity)
        .order_by()
        .annotate(year=Substr("number", YEAR_AT, YEAR_LENGTH))
        .values("year")
        .annotate(n=Count("pk"), highest=Max("number"))
    )
    found = {row["year"]: (row["n"], row["highest"]) for row in grouped}
    every = ReceiptSeries.objects.filter(charity=charity).order_by("-year")
    return [
        NumberCheck(row.year, row.last_number, *found.get(str(row.year), (0, "")))
        for row in every
    ]


def _number(year: int, number: int) -> str:
    return f"{PREFIX}{year}-{number:06d}"
