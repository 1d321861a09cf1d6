"""The donations of an event, as somebody asks for them; page by page, by key."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from donations.models import Donation, DonationPart, Receipt
from events.models import Event

PAGE = 50


@dataclass(frozen=True)
class GiftFilter:
    """What is looked for; empty means all."""

    state: str = ""
    purpose: str = ""
    source: str = ""
    first_day: date | None = None
    last_day: date | None = None
    name: str = ""

    @property
    def is_set(self) -> bool:
        return self != GiftFilter()

    def donations(self, event: Event) -> QuerySet[Donation]:
        """The event's donations that fit; days are the event's own."""
        found = event.donations.all()
        if self.state:
            found = found.filter(state=self.state)
        if self.source:
            found = found.filter(source=self.source)
        if self.purpose:
            found = found.filter(Exists(_parts_for(self.purpose)))
        if self.first_day:
            found = found.filter(created_at__gte=_midnight(event, self.first_day))
        if self.last_day:
            after = self.last_day + timedelta(days=1)
            found = found.filter(created_at__lt=_midnight(event, after))
        if self.name:
            found = found.filter(donor_name__icontains=self.name)
        return found


def page(
    donations: QuerySet[Donation], before: int | None
) -> tuple[list[Donation], int | None]:
    """One page, newest first, and the key the next one starts before.

    By key, so that page 2,000 costs what page 1 costs.
    """
    if before is not None:
        donations = donations.filter(pk__lt=before)
    rows = list(
        donations.prefetch_related(
            "parts",
            "rewards",
            Prefetch("receipts", Receipt.objects.valid(), to_attr="valid_receipts"),
        ).order_by("-pk")[: PAGE + 1]
    )
    shown = rows[:PAGE]
    return shown, shown[-1].pk if len(rows) > PAGE else None


def _parts_for(purpose: str) -> QuerySet[DonationPart]:
    return DonationPart.objects.filter(donation=OuterRef("pk"), purpose=purpose)


def _midnight(event: Event, day: date) -> datetime:
    return datetime.combine(day, time(), event.zone)
