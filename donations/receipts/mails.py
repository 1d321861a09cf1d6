"""Receipts leave through the outbox, each with its sheet and the donor's own link."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import ngettext

from donations import donor_realm
from donations.models import Receipt, Reward
from donations.receipts.sheet import describe, paid_on, shown_lines
from events import activity, outbox
from events.models import Event, Message, User
from events.outbox import Draft
from losers_lounge.telling import in_english

KIND = "receipt"


def queue(receipt: Receipt, at: datetime) -> None:
    """The mail of a receipt that was just issued."""
    outbox.create([_draft(receipt)], at=at)


def queue_void(receipt: Receipt, at: datetime) -> None:
    """Say that a receipt is void and nothing takes its place.

    Mail about this donation's receipts that has not left yet stays here; a donor who
    never got one is told nothing.
    """
    take_back(receipt)
    if not receipt.donor_email or not _has_left(receipt):
        return
    event = receipt.donation.event
    with translation.override(event.language):
        context = _head(receipt) | {"why": receipt.void_reason}
    draft = Draft(
        kind=KIND,
        about=f"donation/{receipt.donation_id}",
        dedupe_key=f"receipt-void:{receipt.charity_id}:{receipt.number}",
        event=event,
        recipient_name=receipt.donor_name,
        recipient_email=receipt.donor_email,
        template="donations/email/receipt_void",
        context=context,
    )
    outbox.create([draft], at=at)


def _has_left(receipt: Receipt) -> bool:
    mails = Message.objects.filter(kind=KIND, about=f"donation/{receipt.donation_id}")
    return mails.exclude(state=Message.State.SUPPRESSED).exists()


def take_back(receipt: Receipt) -> None:
    """Stop what is still here of this donation's receipts."""
    about = f"donation/{receipt.donation_id}"
    outbox.withdraw(Message.objects.filter(kind=KIND, about=about))


@transaction.atomic
def send_again(
    event: Event, receipts: QuerySet[Receipt], nonce: str, *, by: User, at: datetime
) -> int:
    """Send valid receipts once more; how many leave. Pressed twice, they go once.

    One without an address stays in the books. A press that sends any is a line of the
    event's log (ASVS 5.0, 16.3.3).
    """
    rows = receipts.prefetch_related("donation__rewards").order_by("pk")
    sent = outbox.create(_drafts(rows, nonce), at=at)
    if sent:
        one, many = "sent %(n)d receipt again", "sent %(n)d receipts again"
        verb = in_english(lambda: ngettext(one, many, sent)) % {"n": sent}
        activity.record(event, by, verb, at=at)
    return sent


def _drafts(receipts: Iterable[Receipt], nonce: str) -> Iterator[Draft]:
    for receipt in receipts:
        if receipt.donor_email and not receipt.is_void:
            yield _draft(receipt, nonce)


def _draft(receipt: Receipt, nonce: str = "") -> Draft:
    # Two charities may both have a number one.
    key = f"receipt:{receipt.charity_id}:{receipt.number}"
    event = receipt.donation.event
    with translation.override(event.language):
        context = _context(receipt)
    return Draft(
        kind=KIND,
        about=f"donation/{receipt.donation_id}",
        dedupe_key=f"{key}:{nonce}" if nonce else key,
        event=event,
        recipient_name=receipt.donor_name,
        recipient_email=receipt.donor_email,
        template="donations/email/receipt",
        context=context,
    )


def _head(receipt: Receipt) -> dict[str, Any]:
    return {
        "event": {"name": receipt.donation.event.name},
        "number": receipt.number,
        "donor_name": receipt.donor_name,
        "charity_name": receipt.charity_name,
        "amount_cents": receipt.amount_cents,
        "paid_on": paid_on(receipt),
        "donor_url": donor_realm.link_of(receipt.donation),
    }


def _context(receipt: Receipt) -> dict[str, Any]:
    """All that the mail says, and its sheet: frozen here, printed when it leaves."""
    # Not .owed(): many receipts are sent with their bottles fetched at once.
    bottles = [r for r in receipt.donation.rewards.all() if r.state in Reward.OWED]
    return _head(receipt) | {
        "replaces": receipt.replaces.number if receipt.replaces else "",
        "charity_ein": receipt.charity_ein,
        "charity_address": receipt.charity_address,
        "fair_value_cents": receipt.fair_value_cents,
        "deductible_cents": receipt.deductible_cents,
        "wording": receipt.wording,
        "lines": [
            {"for_name": row.for_name, "words": row.words, "cents": row.cents}
            for row in shown_lines(receipt)
            if not row.is_worth
        ],
        "engravings": [row.engraving.replace("\n", " / ") for row in bottles],
        "papers": [{"filename": f"{receipt.number}.pdf", "sheet": describe(receipt)}],
    }
