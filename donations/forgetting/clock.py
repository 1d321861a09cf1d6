"""How long the books keep a donor's name: the law's clock, not the party's."""

from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from donations.forgetting.donors import forget_donors
from donations.forgetting.unsettled import unsettled
from donations.models import Donation, LedgerEntry

LEAP_DAY = (2, 29)


def books_end_at(donation: Donation) -> datetime:
    """Until then the law wants the books kept; of unpaid money it wants nothing."""
    since = donation.paid_at or donation.created_at
    return _years(since, settings.KEEP_DONORS_YEARS)


def due_donations(at: datetime) -> QuerySet[Donation]:
    """Settled donations whose donor is still named, after the books' years."""
    before = _years(at, -settings.KEEP_DONORS_YEARS)
    rows = Donation.objects.filter(donor_erased_at=None)
    rows = rows.annotate(since=Coalesce("paid_at", "created_at"))
    return rows.filter(since__lt=before).exclude(unsettled())


def forget_due(at: datetime) -> int:
    """Forget the donors whose years are over; the number of donations."""
    return forget_donors(due_donations(at), at)


def never_paid(rows: QuerySet[Donation]) -> QuerySet[Donation]:
    """No money ever moved for these: the books have nothing to keep."""
    entries = LedgerEntry.objects.filter(donation=OuterRef("pk"))
    moved = Q(state__in=Donation.MONEY_MOVED) | Exists(entries)
    return rows.exclude(moved).exclude(unsettled())


def _years(moment: datetime, years: int) -> datetime:
    """The same day so many years away; 29 February becomes the 28th."""
    moment = moment.astimezone(UTC)
    day = 28 if (moment.month, moment.day) == LEAP_DAY else moment.day
    return moment.replace(year=moment.year + years, day=day)
