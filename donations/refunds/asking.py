"""Who wants money back, how much can go, and a person's yes or no."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations.models import Dispute, Donation, LedgerEntry, Refund
from events import activity
from events.models import User
from losers_lounge.money import format_cents
from losers_lounge.telling import told_cents

State = Refund.State

# Money is there to be given back.
REFUNDABLE = (
    Donation.State.PAID,
    Donation.State.PARTIALLY_REFUNDED,
    Donation.State.DISPUTED,
)


class RefundRefused(Exception):
    """It cannot be given back; the text says why, for the person who asked."""


def left_cents(donation: Donation) -> int:
    """What can still be given back: neither gone nor on its way. Minor units."""
    moved = LedgerEntry.objects.filter(
        donation=donation, kind=LedgerEntry.Kind.REFUND
    ).values("source_id")
    on_its_way = Q(state__in=Refund.OWED) | (
        Q(state=State.PENDING) & ~Q(refund_id__in=moved)
    )
    # Given back, and the donation itself has not been looked at since.
    promised = Q(state__in=[*Refund.OWED, State.PENDING, State.SUCCEEDED])
    sums = donation.refunds.aggregate(
        on_its_way=Sum("amount_cents", filter=on_its_way, default=0),
        promised=Sum("amount_cents", filter=promised, default=0),
    )
    by_stripe = donation.kept_cents - sums["on_its_way"]
    by_us = donation.amount_cents - donation.charged_back_cents - sums["promised"]
    return max(0, min(by_stripe, by_us))


def why_not(donation: Donation) -> str:
    """Why nothing of it can be given back, in words; empty when something can."""
    if donation.source == Donation.Source.MANUAL:
        return _("It was given by hand: void it, and give it back by hand.")
    if donation.state not in REFUNDABLE:
        return _("There is no money here to give back.")
    disputes = donation.disputes.filter(outcome=Dispute.Outcome.OPEN)
    if disputes.filter(is_refundable=False).exists():
        return _("The donor's bank has already taken the money: it is disputed.")
    if donation.state == Donation.State.DISPUTED and not disputes.exists():
        return _("It is disputed: the donor's bank decides.")
    if not left_cents(donation):
        return _("Everything has been given back, or is on its way.")
    return ""


@transaction.atomic
def request(
    donation_id: int,
    cents: int,
    reason: str,
    *,
    by: User,
    nonce: str,
    at: datetime,
) -> Refund:
    """Write down a refund that Stripe is then asked for (`carry_out`).

    The same press is the same refund. Raises RefundRefused for what is disputed, for
    more than is left, and for money that Stripe does not have.
    """
    donation = _locked(donation_id)
    known = _pressed(donation, nonce)
    if known is not None:
        return known
    _check(donation, cents)
    refund = Refund.objects.create(
        donation=donation,
        amount_cents=cents,
        reason=reason,
        by_name=str(by)[:200],
        nonce=nonce,
        account=donation.stripe_account,
        created_at=at,
    )
    _note(refund, by, noop("asked for a refund"), at)
    return refund


def _pressed(donation: Donation, nonce: str) -> Refund | None:
    """What this very press asked for before."""
    known = Refund.objects.filter(nonce=nonce).first()
    if known is not None and known.donation_id != donation.pk:
        raise RefundRefused(_("This form was for another donation. Open it again."))
    return known


@transaction.atomic
def wish(
    donation: Donation, cents: int, by_name: str, at: datetime, *, reason: str = ""
) -> Refund:
    """The donor would have money back: a person carries it out, or drops it.

    Wished again, it is the same wish, by the amount of the last.
    """
    donation = _locked(donation.pk)
    wished = donation.refunds.filter(state=State.WISHED).first()
    if wished is None:
        wished = Refund(
            donation=donation,
            state=State.WISHED,
            account=donation.stripe_account,
            created_at=at,
        )
    wished.amount_cents = cents
    wished.by_name = by_name[:200]
    wished.reason = reason[:300]
    wished.save()
    return wished


@transaction.atomic
def grant(refund_id: int, *, by: User, at: datetime) -> Refund:
    """A wish is to be carried out; granted twice, it is one refund.

    Raises RefundRefused as `request` does.
    """
    refund = locked_refund(refund_id)
    if refund.state != State.WISHED:
        return refund
    _check(refund.donation, refund.amount_cents)
    refund.state = State.REQUESTED
    refund.created_at = at
    refund.save(update_fields=["state", "created_at"])
    _note(refund, by, noop("granted a refund"), at)
    return refund


@transaction.atomic
def drop(refund_id: int, words: str, *, by: User, at: datetime) -> Refund:
    """A wish is not carried out, and why; one that is under way stays so."""
    refund = locked_refund(refund_id)
    if refund.state == State.WISHED:
        refund.state, refund.error, refund.ended_at = State.DROPPED, words[:300], at
        refund.save(update_fields=["state", "error", "ended_at"])
        _note(refund, by, noop("did not carry out a refund"), at)
    return refund


@transaction.atomic
def take_note(refund_id: int, *, by: User, at: datetime) -> Refund:
    """Somebody knows that it went wrong: it is no alert any more."""
    refund = locked_refund(refund_id)
    if refund.needs_a_look:
        refund.seen_at, refund.seen_by_name = at, str(by)[:200]
        refund.save(update_fields=["seen_at", "seen_by_name"])
        _note(refund, by, noop("saw that a refund went wrong"), at)
    return refund


def locked_refund(refund_id: int) -> Refund:
    """The refund as it is, with its donation locked: that is the row that counts."""
    donation_id = Refund.objects.values_list("donation_id", flat=True).get(pk=refund_id)
    donation = _locked(donation_id)
    refund = Refund.objects.get(pk=refund_id)
    refund.donation = donation
    return refund


def _locked(donation_id: int) -> Donation:
    return Donation.objects.locked().select_related("event").get(pk=donation_id)


def _check(donation: Donation, cents: int) -> None:
    reason = why_not(donation)
    if reason:
        raise RefundRefused(reason)
    left = left_cents(donation)
    if not 0 < cents <= left:
        raise RefundRefused(
            _("Between one cent and %(left)s can be given back.")
            % {"left": told_cents(left)}
        )


def _note(refund: Refund, by: User, verb: str, at: datetime) -> None:
    donation = refund.donation
    activity.record(
        donation.event,
        by,
        verb,
        f"{donation.donor_name}, {format_cents(refund.amount_cents)}",
        at=at,
        about=f"donation/{donation.pk}",
    )
