"""What somebody in finance should look at now, the most pressing first.

Collected from the rows, never stored: an alert is gone when its cause is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations import card_testing, disputes
from donations.models import (
    Discrepancy,
    Dispute,
    Donation,
    Payout,
    Refund,
    StripeEvent,
)
from events.models import Event
from losers_lounge.names import at_end
from losers_lounge.telling import told_cents

# Of each kind, so many by name; a list says the rest.
MOST = 5


@dataclass(frozen=True)
class Alert:
    """One thing to look at: tone as of a notice, a sentence, and where to go."""

    tone: str  # error, warning
    words: str
    url: str


def alerts(event: Event, at: datetime) -> list[Alert]:
    """The event's open alerts; a constant number of queries, no network."""
    account = event.charity.stripe_account_id
    return [
        *_disputes(event, at),
        *_refunds(event),
        *_reviews(event),
        *_warnings(event),
        *_account(event, account),
    ]


def _disputes(event: Event, at: datetime) -> Iterator[Alert]:
    sent = (Dispute.Evidence.SENDING, Dispute.Evidence.SENT)
    for row in disputes.open_ones(event).exclude(evidence_state__in=sent)[:MOST]:
        words = {
            "name": row.donation.donor_name,
            "amount": told_cents(row.amount_cents),
        }
        if row.evidence_due_at:
            words["left"] = timeuntil(row.evidence_due_at, at)
            text = _(
                "%(name)s's bank disputes %(amount)s: evidence is due in %(left)s."
            )
        else:
            text = _("%(name)s's bank disputes %(amount)s.")
        yield Alert("error", text % words, _gift(row.donation, event))


def _refunds(event: Event) -> Iterator[Alert]:
    rows = Refund.objects.filter(donation__event=event).select_related("donation")
    for row in rows.gone_wrong()[:MOST]:
        words = {
            "name": row.donation.donor_name,
            "amount": told_cents(row.amount_cents),
        }
        if row.state == Refund.State.FAILED:
            text = _("A refund of %(amount)s to %(name)s came back.")
        else:
            text = _("Stripe refused a refund of %(amount)s to %(name)s.")
            words["name"] = at_end(words["name"])
        yield Alert("error", text % words, _gift(row.donation, event))
    for row in rows.filter(state=Refund.State.WISHED)[:MOST]:
        words = {
            "name": row.donation.donor_name,
            "amount": told_cents(row.amount_cents),
        }
        text = _("%(name)s asks for %(amount)s back.")
        yield Alert("warning", text % words, _gift(row.donation, event))


def _reviews(event: Event) -> Iterator[Alert]:
    for row in event.donations.filter(state=Donation.State.REVIEW)[:MOST]:
        text = _("%(name)s's payment is not what was asked for: somebody must look.")
        yield Alert("error", text % {"name": row.donor_name}, _gift(row, event))


def _warnings(event: Event) -> Iterator[Alert]:
    for row in disputes.open_warnings(event)[:MOST]:
        text = _("The bank of %(name)s's card suspects fraud.")
        words = {"name": row.donation.donor_name}
        yield Alert("warning", text % words, _gift(row.donation, event))


def _account(event: Event, account: str) -> Iterator[Alert]:
    """What concerns the whole account: payouts, exceptions, webhooks, the brake."""
    reconciliation = reverse("donations:reconciliation", args=[event.slug])
    if failed := Payout.objects.filter(account=account, status="failed").count():
        text = ngettext(
            "The bank sent %(n)d payout back.",
            "The bank sent %(n)d payouts back.",
            failed,
        )
        payouts = reverse("donations:payouts", args=[event.slug])
        yield Alert("error", text % {"n": failed}, payouts)
    if count := Discrepancy.objects.open().filter(account=account).count():
        text = ngettext(
            "%(n)d exception is open in the books.",
            "%(n)d exceptions are open in the books.",
            count,
        )
        yield Alert("warning", text % {"n": count}, reconciliation)
    given_up = StripeEvent.objects.filter(account=account, state=StripeEvent.State.DEAD)
    if dead := given_up.count():
        text = ngettext(
            "%(n)d message from Stripe could not be processed.",
            "%(n)d messages from Stripe could not be processed.",
            dead,
        )
        yield Alert("error", text % {"n": dead}, reconciliation)
    if card_testing.gifts_are_closed():
        text = _("So many payment pages are being opened that free gifts are paused.")
        yield Alert("warning", text, reverse("donations:dashboard", args=[event.slug]))


def _gift(donation: Donation, event: Event) -> str:
    return reverse("donations:gift", args=[event.slug, donation.public_id])
