"""Everything that happened to one donation, in order, read from its own rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.models import Donation
from events.models import Activity, Message
from losers_lounge.stored import told
from losers_lounge.telling import told_cents

# What the log says of these, the refund and the dispute say themselves.
TOLD_BY_ROWS = ("asked for a refund", "sent evidence to a bank")
MAILS = {
    "receipt": gettext_lazy("Receipt mailed"),
    "proof": gettext_lazy("Proof of a bottle mailed"),
    "surplus": gettext_lazy("Asked by mail: keep it, or have it back"),
}


@dataclass(frozen=True)
class Moment:
    """One thing that happened: when, what, and a word more; tone as of a status."""

    at: datetime
    words: str
    note: str = ""
    tone: str = "muted"


def of(donation: Donation) -> list[Moment]:
    """The moments of a donation, oldest first; a constant number of queries.

    Stripe's clock shows whole seconds: within one of them the usual course is told.
    """
    moments = [
        Moment(donation.created_at, _("Started"), donation.donor_name),
        *_payments(donation),
        *_papers(donation),
        *_returned(donation),
        *_doubts(donation),
        *_told(donation),
    ]
    return sorted(moments, key=lambda moment: moment.at.replace(microsecond=0))


def _payments(donation: Donation) -> Iterator[Moment]:
    for attempt in donation.attempts.all():
        words = f"{attempt.get_kind_display()}: {attempt.get_state_display()}"
        yield Moment(attempt.created_at, words, attempt.error)
    if donation.paid_at:
        amount = told_cents(donation.amount_cents)
        yield Moment(donation.paid_at, _("Paid"), amount, "good")


def _papers(donation: Donation) -> Iterator[Moment]:
    for receipt in donation.receipts.all():
        note = f"{receipt.number}, {told_cents(receipt.amount_cents)}"
        yield Moment(receipt.issued_at, _("Receipt issued"), note)
        if receipt.void_at:
            yield Moment(receipt.void_at, _("Receipt void"), receipt.number)
    for reward in donation.rewards.all():
        yield Moment(reward.requested_at, _("Bottle requested"), reward.for_name)
        if reward.stop_order_at:
            words = _("Engraver asked to stop")
            yield Moment(reward.stop_order_at, words, reward.for_name, "bad")
        if reward.handed_over_at:
            words = _("Bottle handed over")
            yield Moment(reward.handed_over_at, words, reward.handed_over_to, "good")


def _returned(donation: Donation) -> Iterator[Moment]:
    for refund in donation.refunds.all():
        amount = told_cents(refund.amount_cents)
        if refund.origin == refund.Origin.STRIPE:
            words = _("Refunded in Stripe's dashboard")
        elif refund.state in (refund.State.WISHED, refund.State.DROPPED):
            words = _("The donor asked for money back")
        else:
            words = _("Refund requested")
        note = ", ".join(filter(None, [amount, refund.by_name, told(refund.reason)]))
        yield Moment(refund.created_at, words, note)
        if refund.ended_at:
            tone = "good" if refund.state == refund.State.SUCCEEDED else "bad"
            yield Moment(refund.ended_at, refund.get_state_display(), amount, tone)


def _doubts(donation: Donation) -> Iterator[Moment]:
    for warning in donation.fraud_warnings.all():
        yield Moment(warning.warned_at, _("Early fraud warning"), tone="bad")
    for dispute in donation.disputes.all():
        amount = told_cents(dispute.amount_cents)
        yield Moment(dispute.opened_at, _("Disputed by the bank"), amount, "bad")
        if dispute.evidence_sent_at:
            words = dispute.get_evidence_state_display()
            note = dispute.evidence_by_name
            yield Moment(dispute.evidence_sent_at, f"{_('Evidence')}: {words}", note)
        if dispute.ended_at:
            is_good = dispute.outcome != dispute.Outcome.LOST
            tone = "good" if is_good else "bad"
            words = f"{_('Dispute')}: {dispute.get_outcome_display()}"
            yield Moment(dispute.ended_at, words, amount, tone)


def _told(donation: Donation) -> Iterator[Moment]:
    about = f"donation/{donation.pk}"
    mails = Message.objects.filter(event=donation.event_id, about=about)
    for mail in mails.only("sent_at", "kind", "recipient_email"):
        if mail.sent_at:
            words = MAILS.get(mail.kind, _("Mail sent"))
            yield Moment(mail.sent_at, str(words), mail.recipient_email)
    lines = Activity.objects.filter(event=donation.event_id, about=about)
    lines = lines.exclude(verb__in=TOLD_BY_ROWS)
    for line in lines:
        yield Moment(line.at, f"{line.actor_name} {line.told_verb}", line.told_object)
