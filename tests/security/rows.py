"""One row of every kind for a scene; `mark` stands in each of its texts."""

from typing import Any

from django.utils import timezone

from donations import manual_gifts, receipts, statements
from donations.checkout import Part
from donations.donor import Donor
from donations.manual_gifts import Taken
from donations.models import (
    Discrepancy,
    Donation,
    Payout,
    ReceiptSeries,
    Reconciliation,
    Refund,
    Reward,
)
from events.models import Event, Nomination
from guests import imports
from guests.models import Admission, DoorRequest, Guest, GuestMerge, ImportRun, Trophy
from guests.models.trophy import HandOver, TrophyPhoto
from tests import factories
from tests.donations.factories import make_donation
from tests.guests.factories import make_contact, make_guest, make_invitation


def photo(trophy: Trophy, mark: str) -> TrophyPhoto:
    now = timezone.now()
    return trophy.photos.create(jpeg=b"\xff\xd8\xff", taken_at=now, by_name=mark)


def stopped_hand_over(trophy: Trophy, mark: str) -> HandOver:
    """Somebody came for it, and went to ask once more."""
    now = timezone.now()
    said = {"to": f"{mark} Courier", "identity": mark, "asked_by_name": mark}
    return trophy.hand_overs.create(
        **said, asked_by_key=mark, asked_at=now, cancelled_at=now
    )


def merge_taken_back(winner: Guest, companion: Guest) -> GuestMerge:
    """They were taken for one person, for a minute."""
    now = timezone.now()
    return GuestMerge.objects.create(
        event=winner.event, kept=winner, gone=companion, at=now, undone_at=now
    )


def official_win(event: Event, mark: str) -> Nomination:
    now = timezone.now()
    category = factories.make_category(
        event, f"{mark} Category", state="official", official_at=now
    )
    nominee = factories.make_nominee(event, f"{mark} Winner")
    return factories.make_nomination(
        category, nominee, work=f"{mark} Work", outcome="won"
    )


def official_list(event: Event, category: str) -> ImportRun:
    """The academy's list as somebody has just uploaded it."""
    data = f"category,work,outcome\n{category},Another Work,won\n".encode()
    kind, now = ImportRun.Kind.RESULTS, timezone.now()
    return imports.start(event, kind, data, by=None, at=now)


def party(event: Event, mark: str, nomination: Nomination) -> tuple[Guest, Guest]:
    email = f"{mark.lower()}@x.example"
    contact = make_contact(event, f"{mark} Agent", email=email, is_assistant=True)
    invitation = make_invitation(event, contact, plus_ones=2)
    winner = make_guest(
        name=f"{mark} Winner",
        invitation=invitation,
        nominee=nomination.nominees.get(),
        answer=Guest.Answer.YES,
        notes=f"{mark} Notes",
    )
    companion = make_guest(
        name=f"{mark} Companion",
        invitation=invitation,
        plus_one_of=winner,
        answer=Guest.Answer.YES,
    )
    Admission.objects.create(
        event=event,
        guest=companion,
        action="in",
        nonce=f"{mark}-nonce",
        by_name=f"{mark} Door",
        colour="green",
        at=timezone.now(),
    )
    return winner, companion


def receipt(event: Event, mark: str) -> str:
    """Its number, which is another one for every mark."""
    year, last = timezone.now().year, sum(map(ord, mark))
    ReceiptSeries.objects.bulk_create(
        ReceiptSeries(charity=event.charity, year=year + shift, last_number=last)
        for shift in (-1, 0, 1)
    )
    donation = make_donation(
        event,
        donor_name=f"{mark} Donor",
        donor_email=f"donor-{mark.lower()}@giver.example",
        state=Donation.State.PAID,
        paid_at=timezone.now(),
    )
    return receipts.bring_up_to_date(donation, at=timezone.now()).number


def asked_walk_in(event: Event, mark: str) -> DoorRequest:
    """Somebody the door asks a host about."""
    return event.door_requests.create(
        kind=DoorRequest.Kind.WALK_IN,
        name=f"{mark} Walk-in",
        nonce=f"{mark}-asked",
        asked_at=timezone.now(),
        asked_by_name=f"{mark} Door",
    )


def discrepancy(event: Event, mark: str) -> Discrepancy:
    now, account = timezone.now(), event.charity.stripe_account_id
    times = dict.fromkeys(("since", "high_water_at", "started_at", "finished_at"), now)
    sides = [
        f"{side}_{what}"
        for side in ("stripe", "ledger")
        for what in ("entries", "gross_cents", "fee_cents", "net_cents")
    ]
    run = Reconciliation.objects.create(
        account=account, verdict="differs", **times, **dict.fromkeys(sides, 0)
    )
    return Discrepancy.objects.create(
        account=account,
        kind="unknown_here",
        subject=f"txn_{mark}",
        cents=1,
        found_in=run,
        found_at=now,
    )


def statement(event: Event, mark: str) -> int:
    """Its number, which is another one for every mark."""
    row = statements.freeze(event.pk, by=mark, at=timezone.now())
    row.pk, row.number = None, sum(map(ord, mark))
    row.save(force_insert=True)
    return row.number


def payout(event: Event, mark: str) -> str:
    """Money that arrived at the bank; Stripe's id of it."""
    now = timezone.now()
    return Payout.objects.create(
        account=event.charity.stripe_account_id,
        # It stands in the address of its page, and so in that of the log-in before it.
        payout_id=f"po_{sum(map(ord, mark))}",
        currency="usd",
        amount_cents=97_070,
        status="paid",
        created_at=now,
        arrives_at=now,
        checked_at=now,
    ).payout_id


def bottle_and_cash(donation: Donation, mark: str) -> dict[str, Any]:
    """A proof with the donor, a batch that went off, and cash that somebody took."""
    now, event = timezone.now(), donation.event
    bottle = donation.rewards.create(
        for_name=f"{mark} Donor",
        engraving=f"{mark} Words",
        state=Reward.State.PROOF,
        proof=b"\xff\xd8\xff",
        proof_at=now,
        requested_at=now,
    )
    # Another number for every mark.
    batch = event.engraving_batches.create(
        number=sum(map(ord, mark)), body=mark, made_by_name=mark, made_at=now
    )
    part = Part(f"{mark} Friend", Donation.Purpose.GIFT, 5_000)
    taken = Taken(kind="cash", photo=b"\xff\xd8\xff", nonce=f"{mark}-cash", note=mark)
    by = factories.make_user(f"{mark} Host with cash")
    donor = Donor(f"{mark} Friend")
    gift = manual_gifts.enter(event, donor, [part], taken, by=by, at=now)
    return {
        "reward_id": bottle.public_id,
        "batch_number": batch.number,
        "gift_id": gift.pk,
    }


def money_in_doubt(donation: Donation, mark: str) -> dict[str, Any]:
    """A refund that came back, a dispute and a warning, all of one donation."""
    now, account = timezone.now(), donation.stripe_account
    refund = donation.refunds.create(
        amount_cents=100,
        state=Refund.State.FAILED,
        reason=mark,
        account=account,
        created_at=now,
    )
    dispute = donation.disputes.create(
        account=account,
        dispute_id=f"du_{mark}",
        amount_cents=100,
        currency=donation.currency,
        reason=mark,
        status="needs_response",
        opened_at=now,
        checked_at=now,
    )
    warning = donation.fraud_warnings.create(
        account=account, warning_id=f"issfr_{mark}", fraud_type=mark, warned_at=now
    )
    return {
        "refund_id": refund.public_id,
        "dispute_pk": dispute.pk,
        "warning_id": warning.pk,
        "donation_id": donation.public_id,
    }
