"""The ledger as a journal for the accountant's program: debits equal credits, always.

Each movement is one document of two to four lines. What the charity has at Stripe
moves by the net, the fee is an expense, income is credited by scope; a refund or a
dispute is charged to the scope that gave it back. What a payout took of the event's
net moves to the bank. Gifts by hand stand on accounts of their own.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from donations import statements, totals
from donations.models import LedgerEntry
from donations.statements.lines import Line
from donations.totals.scopes import with_payouts
from events.models import Event

Kind = LedgerEntry.Kind
COLUMNS = ("date", "document", "account", "debit", "credit", "reference", "text")
Posting = tuple[str, int]  # an account, and its debit; a credit is negative


def rows(event: Event) -> Iterator[list[str]]:
    """The journal's lines, in two queries and constant memory; amounts "1000.00"."""
    for line in statements.lines(event):
        day = datetime.fromisoformat(line["created"]).astimezone(event.zone)
        # Of a charge the kind is Stripe's own word already.
        words = dict.fromkeys((line["kind"], line["type"]))
        text = " ".join(filter(None, words))
        postings = _postings(line)
        yield from _document(
            f"{day:%Y-%m-%d}", line["id"], postings, line["donation"], text
        )
    yield from _payouts(event)


def _postings(line: Line) -> list[Posting]:
    is_by_hand = line["source"] == LedgerEntry.Source.MANUAL
    asset = _("Cash and checks") if is_by_hand else _("Stripe balance")
    entry = line["entry_gross"]
    entry_account, gift_account = _income(line["kind"], is_by_hand=is_by_hand)
    return [
        (asset, line["net"]),
        (_("Stripe fees"), line["fee"]),
        (entry_account, -entry),
        (gift_account, entry - line["gross"]),
    ]


def _income(kind: str, *, is_by_hand: bool) -> tuple[str, str]:
    """The accounts of both scopes that a kind of movement is booked against."""
    if is_by_hand:
        return _("Winners' entry by hand"), _("Free gifts by hand")
    return {
        Kind.CHARGE: (_("Winners' entry"), _("Free gifts")),
        Kind.REFUND: (_("Refunds of winners' entry"), _("Refunds of free gifts")),
        Kind.DISPUTE: (_("Disputed winners' entry"), _("Disputed free gifts")),
    }.get(kind, (_("Other movements"), _("Other movements")))


def _payouts(event: Event) -> Iterator[list[str]]:
    entries = with_payouts(totals.counted(event).from_stripe()).exclude(in_payout="")
    paid_out = (
        entries.order_by()
        .values("in_payout")
        .annotate(
            cents=Sum("net_cents"), at=Max("available_at"), moved=Max("occurred_at")
        )
    )
    for payout in paid_out.order_by("in_payout"):
        day = (payout["at"] or payout["moved"]).astimezone(event.zone)
        cents = int(payout["cents"])
        postings = [(_("Bank"), cents), (_("Stripe balance"), -cents)]
        name = payout["in_payout"]
        yield from _document(f"{day:%Y-%m-%d}", name, postings, "", _("payout"))


def _document(
    day: str, name: str, postings: list[Posting], reference: str, text: str
) -> Iterator[list[str]]:
    for account, cents in postings:
        if cents:
            debit, credit = (cents, 0) if cents > 0 else (0, -cents)
            amounts = [_amount(debit), _amount(credit)]
            yield [day, name, account, *amounts, reference, text]


def _amount(cents: int) -> str:
    """Plain decimal text, as programs read it; nothing is an empty cell."""
    return f"{cents // 100}.{cents % 100:02}" if cents else ""
