"""A receipt on paper, described from what is frozen: it prints alike for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.models import Receipt
from donations.receipts.contents import WORTH, What
from events.models import Event
from losers_lounge.lazy import lazy_module
from losers_lounge.telling import told_cents

paper = lazy_module("losers_lounge.paper")
DAY = "CALENDAR_DAY"
# Whose name the books need not keep any more (donations/forgetting).
FORGOTTEN = gettext_lazy("a donor who is no longer named")


@dataclass(frozen=True)
class ShownLine:
    """One line in words: for whom, what for, how much."""

    for_name: str
    words: str
    cents: int
    is_worth: bool


def shown_lines(receipt: Receipt) -> list[ShownLine]:
    """The lines of money, then what was received in return."""
    labels = {
        What.ADMISSION: _("Winner's donation"),
        What.GIFT: _("Free gift"),
        What.FEES: _("Toward the processing fees"),
        What.REFUNDED: _("Given back"),
        What.WORTH_ADMISSION: _("Admission"),
        What.WORTH_BOTTLE: _("Engraved bottle"),
    }
    return [
        ShownLine(name, labels.get(what, what), cents, what in WORTH)
        for name, what, cents in receipt.lines
    ]


def printed_in(event: Event) -> dict[str, str]:
    """What a paper takes from its event: kept with it, so that it prints alike."""
    return {
        "event": event.name,
        "time_zone": event.time_zone,
        "language": event.language,
    }


def _setting(receipt: Receipt) -> dict[str, str]:
    return receipt.printed_in or printed_in(receipt.donation.event)


def paid_on(receipt: Receipt) -> str:
    """The day it was paid, as the event's own clock said."""
    return _day(receipt, receipt.paid_at)


def _day(receipt: Receipt, at: datetime) -> str:
    return date_format(at.astimezone(ZoneInfo(_setting(receipt)["time_zone"])), DAY)


def printed(receipt: Receipt) -> bytes:
    """The receipt as PDF; a void one says so across the page."""
    return paper.printed(describe(receipt))


def describe(receipt: Receipt) -> dict[str, Any]:
    """The sheet as plain values, for losers_lounge.paper and for a mail's context.

    In the language that its event's letters had then, whoever asks for it.
    """
    with translation.override(_setting(receipt)["language"]):
        return _described(receipt)


def _described(receipt: Receipt) -> dict[str, Any]:
    lines = shown_lines(receipt)
    title = _("Receipt %(number)s") % {"number": receipt.number}
    address = [line.strip() for line in receipt.charity_address.splitlines()]
    ein = _("EIN %(ein)s") % {"ein": receipt.charity_ein} if receipt.charity_ein else ""
    return {
        "title": title,
        "subject": _("Acknowledgment of a donation"),
        "footer": f"{receipt.charity_name} · {title}",
        "stamp": _("VOID") if receipt.is_void else "",
        "letterhead": [
            receipt.charity_name,
            [line for line in [*address, ein] if line],
        ],
        "blocks": [
            *_standing(receipt),
            ["facts", _facts(receipt)],
            *_table(_("Your donation"), [row for row in lines if not row.is_worth]),
            *_table(_("Received in return"), [row for row in lines if row.is_worth]),
            ["table", [[_("Total"), 6, False], ["", 1.4, True]], _sums(receipt)],
            ["paragraph", receipt.wording],
        ],
    }


def _standing(receipt: Receipt) -> list[list[Any]]:
    words = []
    if receipt.is_void:
        words.append(_("This receipt is void: %(why)s") % {"why": receipt.void_reason})
        if new := Receipt.objects.filter(replaces=receipt).first():
            words.append(_("It is replaced by %(number)s.") % {"number": new.number})
    if receipt.replaces:
        number = receipt.replaces.number
        words.append(_("It replaces receipt %(number)s.") % {"number": number})
    return [["paragraph", " ".join(words)]] if words else []


def _facts(receipt: Receipt) -> list[list[str]]:
    return [
        [_("Received from"), receipt.donor_name or str(FORGOTTEN)],
        [_("Paid on"), paid_on(receipt)],
        [_("For"), _setting(receipt)["event"]],
        [_("Issued on"), _day(receipt, receipt.issued_at)],
    ]


def _table(heading: str, lines: list[ShownLine]) -> list[list[Any]]:
    if not lines:
        return []
    columns = [[_("For"), 3, False], [_("What"), 3, False], [_("Amount"), 1.4, True]]
    rows = [[row.for_name, row.words, told_cents(row.cents)] for row in lines]
    return [["heading", heading], ["table", columns, rows]]


def _sums(receipt: Receipt) -> list[list[str]]:
    sums = [[_("Amount of the donation"), told_cents(receipt.amount_cents)]]
    value = told_cents(receipt.fair_value_cents)
    sums.append([_("Fair market value of what was received"), value])
    if receipt.charity_ein:
        deductible = told_cents(receipt.deductible_cents)
        sums.append([_("Deductible amount"), deductible])
    return sums
