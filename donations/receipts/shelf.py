"""The receipts of an event as finance looks for them, and what donors say of them."""

from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from donations.models import Receipt
from donations.receipts.issuing import ASKED, CORRECTED, LEFT
from events.models import Activity, Event

MOST_WISHES = 100


@dataclass(frozen=True)
class ReceiptFilter:
    """Which receipts are looked for; what is empty is not asked."""

    words: str = ""
    state: str = ""
    year: int | None = None

    def receipts(self, event: Event) -> QuerySet[Receipt]:
        """Those of this event, with all that a line of the list shows."""
        rows = Receipt.objects.filter(donation__event=event).select_related(
            "donation__event__charity", "replaces", "replaced_by"
        )
        if self.state:
            rows = rows.filter(void_at__isnull=self.state != "void")
        if self.year is not None:
            rows = rows.filter(number__startswith=f"LL-{self.year:04d}-")
        if self.words:
            rows = rows.filter(
                Q(number__icontains=self.words)
                | Q(donor_name__icontains=self.words)
                | Q(donor_email__icontains=self.words)
            )
        return rows


@dataclass(frozen=True)
class Wish:
    """A donor who says that something on their receipt is wrong."""

    words: str
    receipt: Receipt


def wishes(event: Event) -> list[Wish]:
    """What donors asked to have put right and nobody has answered, oldest first."""
    said = Activity.objects.filter(
        event=event, about__startswith="donation/", verb__in=[ASKED, CORRECTED, LEFT]
    )
    latest = said.order_by().values("about").annotate(last=Max("pk")).values("last")
    asked = Activity.objects.filter(pk__in=latest, verb=ASKED).order_by("pk")
    open_wishes = {row.about: row.object_name for row in asked[:MOST_WISHES]}
    ids = [about.removeprefix("donation/") for about in open_wishes]
    receipts = Receipt.objects.valid().filter(donation__in=ids, donation__event=event)
    return [
        Wish(open_wishes[f"donation/{receipt.donation_id}"], receipt)
        for receipt in receipts
    ]


def wish_for(receipt: Receipt) -> str:
    """What this donor asked to have put right, if nobody has answered yet."""
    said = Activity.objects.filter(
        about=f"donation/{receipt.donation_id}", verb__in=[ASKED, CORRECTED, LEFT]
    )
    last = said.order_by("pk").last()
    return last.object_name if last is not None and last.verb == ASKED else ""
