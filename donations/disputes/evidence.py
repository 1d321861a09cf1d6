"""What speaks for a gift whose donor's bank doubts it: collected, and handed over once.

From the money's books alone. What the evening knows (who came, when, what was signed
for) only hosts may see: the pack says whom to ask.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations import returns, settlement, stripe_gateway
from donations.log_and_continue import log_and_continue
from donations.models import Dispute, Donation
from donations.stripe_gateway import StripeError, StripeRefused
from events import activity
from events.models import Message, User
from losers_lounge.languages import ENGLISH
from losers_lounge.moments import in_zone
from losers_lounge.telling import told_cents

logger = structlog.get_logger(__name__)

# Stripe takes no more in one field.
LONGEST_FIELD = 20_000
IN_FLIGHT = timedelta(minutes=2)
BATCH = 50

Line = tuple[str, str]


class EvidenceRefused(Exception):
    """It cannot be handed over; the text says why."""


@dataclass(frozen=True)
class Pack:
    """Everything about a gift that a bank may want to know, by heading."""

    title: str
    sections: tuple[tuple[str, tuple[Line, ...]], ...]

    def as_text(self) -> str:
        """The pack in plain text, as the bank reads it."""
        parts = [self.title]
        for heading, lines in self.sections:
            told = "\n".join(f"- {label}: {value}" for label, value in lines)
            parts.append(f"{heading}\n{told}")
        return "\n\n".join(parts)


def collect(donation: Donation, page_url: str) -> Pack:
    """The pack of one donation, with times in the event's zone; reads only.

    `page_url` is where the team finds all of it again. In English, whoever looks: the
    banks it goes to read that, and the team sees what they will read.
    """
    with translation.override(ENGLISH):
        return _collected(donation, page_url)


def _collected(donation: Donation, page_url: str) -> Pack:
    sections = (
        (_("The gift"), _gift(donation)),
        (_("How it was paid"), _payments(donation)),
        (_("What the donor agreed to"), _mandate(donation)),
        (_("Receipts"), _receipts(donation)),
        (_("Mail to the donor"), _mails(donation)),
        (_("What the donor was thanked with"), _bottles(donation)),
        (_("Given back so far"), _refunds(donation)),
        (_("Our records"), ((_("Page"), page_url),)),
    )
    title = _("Donation %(id)s to %(charity)s, %(event)s") % {
        "id": donation.public_id,
        "charity": donation.event.charity.legal_name,
        "event": donation.event.name,
    }
    return Pack(title, tuple(section for section in sections if section[1]))


def hand_over(
    dispute_id: int, words: str, page_url: str, *, by: User, at: datetime
) -> Dispute:
    """Send the pack and these words to the donor's bank, once.

    The row first, then Stripe. Pressed again while it is on its way, or when it is
    there, nothing is sent. Raises EvidenceRefused when nobody asks any more.
    """
    with transaction.atomic():
        dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id)
        if dispute.evidence_state in (
            Dispute.Evidence.SENDING,
            Dispute.Evidence.SENT,
        ):
            return dispute
        if dispute.outcome != Dispute.Outcome.OPEN or dispute.donation is None:
            over = _("This dispute is over. The bank has no more questions.")
            raise EvidenceRefused(over)
        with translation.override(ENGLISH):
            dispute.evidence = _for_stripe(dispute.donation, words, page_url)
        _freeze(dispute, by, at)
    return _send(dispute)


def _freeze(dispute: Dispute, by: User, at: datetime) -> None:
    """What is sent stands in the row, with a name, before Stripe is called."""
    dispute.evidence_state = Dispute.Evidence.SENDING
    dispute.evidence_by_name = str(by)[:200]
    dispute.evidence_sent_at = at
    dispute.evidence_error = ""
    dispute.save()
    activity.record(
        dispute.donation.event,
        by,
        noop("sent evidence to a bank"),
        dispute.donation.public_id,
        at=at,
        about=f"donation/{dispute.donation_id}",
    )


def hand_over_owed(at: datetime) -> int:
    """Find out what became of evidence whose answer was lost; how many were looked at.

    Stripe is asked whether it has it, before it is sent anew with the same key.
    """
    owed = Dispute.objects.filter(
        evidence_state=Dispute.Evidence.SENDING, evidence_sent_at__lte=at - IN_FLIGHT
    )
    rows = list(owed.order_by("pk")[:BATCH])
    for dispute in rows:
        with log_and_continue("evidence_unknown", dispute_pk=dispute.pk):
            facts, asked_at = _ask(dispute)
            row = returns.record_dispute(
                dispute.account, facts, dispute.donation, asked_at=asked_at
            )
            if row.evidence_state == Dispute.Evidence.SENDING:
                _send(row)
    return len(rows)


def _ask(dispute: Dispute) -> tuple[stripe_gateway.DisputeFacts, datetime]:
    asked_at = timezone.now()
    facts = stripe_gateway.fetch_dispute(dispute.dispute_id, account=dispute.account)
    return facts, asked_at


def _send(dispute: Dispute) -> Dispute:
    asked_at = timezone.now()
    try:
        facts = stripe_gateway.submit_evidence(
            dispute.dispute_id,
            dispute.evidence,
            account=dispute.account,
            key=_key(dispute),
        )
    except StripeRefused as error:
        # One of another press may have gone through meanwhile: that one stands.
        Dispute.objects.filter(
            pk=dispute.pk, evidence_state=Dispute.Evidence.SENDING
        ).update(
            evidence_state=Dispute.Evidence.REFUSED, evidence_error=str(error)[:300]
        )
        logger.error("evidence_refused", error=str(error))
    except StripeError as error:
        logger.warning("evidence_unknown", error=str(error))
    else:
        returns.record_dispute(
            dispute.account, facts, dispute.donation, asked_at=asked_at
        )
        _settle(dispute)
    dispute.refresh_from_db()
    return dispute


def _settle(dispute: Dispute) -> None:
    try:
        settlement.settle(dispute.donation_id)
    except StripeError as error:
        logger.warning("settle_failed", dispute=dispute.pk, error=str(error))


def _key(dispute: Dispute) -> str:
    """The same question to Stripe always carries the same key."""
    told = json.dumps(dispute.evidence, sort_keys=True).encode()
    mark = hashlib.sha256(told).hexdigest()[:16]
    return f"lounge:dispute:{dispute.dispute_id}:evidence:{mark}"


def _for_stripe(donation: Donation, words: str, page_url: str) -> dict[str, str]:
    """By the names of Stripe's fields; what we do not know is left out."""
    event = donation.event
    day = event.starts_at.astimezone(event.zone)
    text = collect(donation, page_url).as_text()
    pledge = getattr(donation, "pledge", None)
    fields = {
        "customer_name": donation.donor_name,
        "customer_email_address": donation.donor_email,
        "customer_purchase_ip": (pledge.agreed_ip or "") if pledge else "",
        "product_description": _("Donation to %(charity)s, a charity, at %(event)s.")
        % {"charity": event.charity.legal_name, "event": event.name},
        "service_date": date_format(day, "DATE_FORMAT"),
        "uncategorized_text": "\n\n".join(filter(None, [words.strip(), text])),
    }
    return {name: value[:LONGEST_FIELD] for name, value in fields.items() if value}


def _gift(donation: Donation) -> tuple[Line, ...]:
    lines = [
        (_("Donor"), f"{donation.donor_name}, {donation.donor_email}"),
        (_("Amount"), told_cents(donation.amount_cents)),
    ]
    for part in donation.parts.all():
        words = f"{told_cents(part.amount_cents)}, {part.get_purpose_display()}"
        lines.append((part.for_name, words))
    if donation.fee_cover_cents:
        lines.append((_("To cover the fees"), told_cents(donation.fee_cover_cents)))
    if donation.paid_at:
        lines.append((_("Paid"), _when(donation, donation.paid_at)))
    lines.append((_("Payment at Stripe"), donation.payment_intent_id))
    return tuple(lines)


def _payments(donation: Donation) -> tuple[Line, ...]:
    return tuple(
        (
            _when(donation, attempt.created_at),
            f"{attempt.get_kind_display()}, {attempt.get_state_display()}",
        )
        for attempt in donation.attempts.order_by("number")
    )


def _mandate(donation: Donation) -> tuple[Line, ...]:
    pledge = getattr(donation, "pledge", None)
    if pledge is None:
        return ()
    lines = [
        (_("Words"), pledge.mandate_text),
        (_("Version"), pledge.mandate_version),
        (_("Agreed"), _when(donation, pledge.agreed_at)),
    ]
    if pledge.agreed_ip:
        lines.append((_("From the address"), str(pledge.agreed_ip)))
    return tuple(lines)


def _receipts(donation: Donation) -> tuple[Line, ...]:
    void = _("void")
    return tuple(
        (
            receipt.number,
            f"{told_cents(receipt.amount_cents)}, "
            f"{_when(donation, receipt.issued_at)}"
            + (f", {void}" if receipt.is_void else ""),
        )
        for receipt in donation.receipts.order_by("pk")
    )


def _mails(donation: Donation) -> tuple[Line, ...]:
    mails = Message.objects.filter(
        event=donation.event, about=f"donation/{donation.pk}"
    ).order_by("pk")
    return tuple(
        (
            mail.kind.replace("_", " ").capitalize(),
            f"{mail.recipient_email}, {mail.get_state_display()}"
            + (f", {_when(donation, mail.sent_at)}" if mail.sent_at else ""),
        )
        for mail in mails
    )


def _bottles(donation: Donation) -> tuple[Line, ...]:
    return tuple(
        (reward.for_name, f"{reward.engraving}, {reward.get_state_display()}")
        for reward in donation.rewards.all()
    )


def _refunds(donation: Donation) -> tuple[Line, ...]:
    return tuple(
        (
            _when(donation, refund.created_at),
            f"{told_cents(refund.amount_cents)}, {refund.get_state_display()}",
        )
        for refund in donation.refunds.order_by("pk")
    )


def _when(donation: Donation, at: datetime) -> str:
    return in_zone(at, donation.event.zone)
