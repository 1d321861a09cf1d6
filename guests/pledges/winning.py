"""When a win is confirmed and can no longer be undone, the saved card is charged.

By a host's press on the review page, or by the house rule. A press only says that a
card may be charged; whether there is still something to charge it for is looked at
again, under the guest's lock, at the moment the charge is committed to.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as noop

from donations import checkout, open_pages, pledges
from donations.donor import Donor
from donations.models import Donation, DonationAttempt, Pledge
from donations.pledges import NotChargeable
from events import activity
from events.models import Event, User
from events.outbox import epoch
from guests.bottle_words import proposals
from guests.models import Guest, GuestPledge, Obligation, Settlement
from guests.payments import Wish
from guests.payments.asked import (
    NothingOwed,
    PaymentPending,
    asked_for,
    hold_money,
    is_pending,
    live_ones,
)
from guests.pledges import standing
from guests.pledges.standing import Standing, Verdict

logger = structlog.get_logger(__name__)

State = Pledge.State
RELATED = ("guest__event__charity", "guest__invitation__contact", "pledge__donation")
BATCH = 200


def review(event: Event, at: datetime) -> list[Standing]:
    """Every pledge with a card for which something is owed or may still come."""
    rows = _rows().filter(guest__event=event).exclude(pledge__state=State.OFFERED)
    live = rows.filter(pledge__state__in=Pledge.LIVE)
    found = standing.of(list(live.order_by("guest__name_key", "pk")), at)
    return sorted(found, key=lambda one: one.verdict != Verdict.CHARGEABLE)


def may_be_pressed(one: Standing) -> bool:
    """Whether a host may let this card be charged now."""
    pledge = one.row.pledge
    return (
        one.verdict == Verdict.CHARGEABLE
        and pledge.approved_at is None
        and pledges.may_be_charged(pledge, one.at)
    )


def approve(
    event: Event, wanted: Mapping[str, int], *, by: User, at: datetime
) -> list[Pledge]:
    """Let these cards be charged with exactly these amounts; those that now may be.

    By public id, in minor units as the host saw them: who owes another amount since,
    or nothing, is left out.
    """
    rows = _rows().filter(guest__event=event, pledge__public_id__in=wanted)
    done = []
    for one in standing.of(list(rows), at):
        pledge = one.row.pledge
        as_seen = wanted[pledge.public_id] == one.charge_cents
        if as_seen and may_be_pressed(one) and _approve(one, by.name, at):
            done.append(pledge)
            verb = noop("approved charging the pledge of")
            activity.record(event, by, verb, one.guest.name, at=at)
    return done


def charge_owed(at: datetime) -> int:
    """Charge every card that a host, or the house rule, lets be charged; how many.

    One that cannot be charged now keeps nobody waiting, and is owed again; and none is
    in a database brought back from a backup.
    """
    if epoch.is_held():
        return 0
    charged, last = 0, 0
    while rows := list(_let(at).filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        for one in standing.of(rows, at):
            if _is_outdated(one):
                pledges.disapprove(one.row.pledge_id)
            elif one.verdict == Verdict.CHARGEABLE:
                charged += charge(one.row.pk, at)
    return charged


def _let(at: datetime) -> QuerySet[GuestPledge]:
    """Pledges whose cards a host, or the house rule, lets be charged by now."""
    return (
        _rows()
        .filter(
            Q(pledge__approved_at__isnull=False)
            | Q(guest__event__charges_pledges_by_rule=True),
            pledge__state__in=[State.CARD_SAVED, State.DECLINED],
            pledge__tries__lt=pledges.MOST_TRIES,
        )
        .filter(Q(pledge__next_try_at=None) | Q(pledge__next_try_at__lte=at))
    )


def _is_outdated(one: Standing) -> bool:
    """A host's press that was for something else: not this win, not so much."""
    if one.row.pledge.approved_at is None:
        return False
    is_gone = not one.owed or one.verdict not in (Verdict.CHARGEABLE, Verdict.HELD)
    return is_gone or one.is_more_than_approved


def charge(row_id: int, at: datetime) -> bool:
    """Charge one guest's card for what they owe now; whether it was asked for.

    Their open payment pages are closed first. Nothing is charged for what was paid,
    waived or corrected until this moment.
    """
    row = _rows().get(pk=row_id)
    try:
        pages = set(live_ones([row.guest_id]).values_list("donation", flat=True))
        open_pages.close(pages, at=at)
        attempt = _claim(row_id, at)
    except (NotChargeable, NothingOwed, PaymentPending):
        return False
    except checkout.CheckoutFailed as error:
        logger.warning("pledge_not_charged", pledge=row.pledge_id, error=str(error))
        return False
    pledges.charge(attempt.pk, at)
    return True


@transaction.atomic(durable=True)
def _claim(row_id: int, at: datetime) -> DonationAttempt:
    row = _rows().get(pk=row_id)
    Guest.objects.locked().get(pk=row.guest_id)
    hold_money([row.guest_id])
    # Read anew behind the locks: a correction or a payment may just have been made.
    (one,) = standing.of([_rows().get(pk=row_id)], at)
    if one.verdict != Verdict.CHARGEABLE or one.is_more_than_approved:
        raise NotChargeable
    if is_pending([owed.pk for owed in one.owed], live_ones([row.guest_id])):
        raise PaymentPending
    donation = _donation(one, at)
    return pledges.claim(one.row.pledge_id, donation.pk, at)


def _donation(one: Standing, at: datetime) -> Donation:
    """The donation for what is owed, the same that the guest's own page would be for;
    where less was pledged than is owed now, one for so much."""
    pledge = one.row.pledge
    if one.owed_cents <= pledge.amount_cents:
        wish = Wish.of_guest(one.guest).more(credit_name=pledge.credit_name)
        return asked_for(wish, at)
    shares = list(_shares(one.owed, pledge.amount_cents))
    if pledge.donation is not None and pledge.donation.is_payable:
        rows = pledge.donation.settlements.values_list("obligation", "amount_cents")
        if dict(rows) == {row.pk: cents for row, cents in shares}:
            return pledge.donation
    words = proposals(one.event, [one.guest])[one.guest.pk]
    purpose = Donation.Purpose.ADMISSION
    email = one.guest.invitation.contact.email
    donation = checkout.create_donation(
        one.event,
        Donor(one.guest.name, email, pledge.credit_name),
        [checkout.Part(one.guest.name, purpose, one.charge_cents, words)],
        at=at,
    )
    Settlement.objects.bulk_create(
        Settlement(obligation=row, donation=donation, amount_cents=cents)
        for row, cents in shares
    )
    return donation


def _shares(owed: Iterable[Obligation], cents: int) -> Iterable[tuple[Obligation, int]]:
    for row in owed:
        share = min(row.left_cents, cents)
        if share:
            yield row, share
        cents -= share


@transaction.atomic
def _approve(one: Standing, name: str, at: datetime) -> bool:
    return pledges.approve(one.row.pledge_id, one.charge_cents, name, at)


def _rows() -> QuerySet[GuestPledge]:
    return GuestPledge.objects.select_related(*RELATED)
