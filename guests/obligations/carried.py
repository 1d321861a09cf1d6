"""Money that was given before a correction, put to what is owed after it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Sum

from donations import rewards
from donations.models import Donation, DonationAttempt
from guests.models import Obligation, Settlement

# A payment that is still on its way counts from the moment it arrives.
COUNTED = (
    *Donation.SETTLING,
    Donation.State.PROCESSING,
    Donation.State.CHECKOUT_OPEN,
)


def counted() -> Q:
    """Of settlements, those whose money is there or on its way.

    So is what Stripe is being asked for at this moment: its donation hears of the page
    or the charge later, and no lock of a guest is taken then.
    """
    live = DonationAttempt.objects.live().filter(donation=OuterRef("donation"))
    return Q(donation__state__in=COUNTED) | Q(Exists(live))


def carry_over(guest_ids: Iterable[int]) -> None:
    """Settle what these people owe with the money of their voided obligations.

    Nobody is asked twice for one gift. Money that was given back no longer counts.
    A constant number of queries, however many people.
    """
    purse = _Purse(list(guest_ids))
    if not purse.freed:
        return
    need: dict[int, dict[int, int]] = defaultdict(dict)
    owed = Obligation.objects.due().filter(guest__in=list(purse.freed))
    for row in owed.order_by("due_at", "pk"):
        need[row.guest_id][row.pk] = row.amount_cents - purse.settled[row.pk]
    for guest_id in sorted(need):
        purse.spend(guest_id, need[guest_id])
    purse.save()


@dataclass(frozen=True)
class Carried:
    """What money given before would settle at once."""

    # Of what would fall due, by its place in the list: wholly paid by what arrived.
    covered: frozenset[int]
    # By person and donation.
    spent: dict[tuple[int, int], int]


def foresee_carried(
    falls_due: Sequence[tuple[int, int]], gone: Collection[int]
) -> Carried:
    """The same before it is done: for these (guest, cents), with those rows void.

    Reads only; a constant number of queries.
    """
    purse = _Purse([guest_id for guest_id, _cents in falls_due], gone)
    need: dict[int, dict[int, int]] = defaultdict(dict)
    owed = Obligation.objects.due().filter(guest__in=list(purse.freed))
    for row in owed.exclude(pk__in=gone).order_by("due_at", "pk"):
        need[row.guest_id][row.pk] = row.amount_cents - purse.settled[row.pk]
    # No row yet: a number below zero stands for it.
    for place, (guest_id, cents) in enumerate(falls_due):
        if guest_id in purse.freed:
            need[guest_id][-1 - place] = cents
    arrived: dict[int, int] = defaultdict(int)
    spent: dict[tuple[int, int], int] = defaultdict(int)
    for guest_id in sorted(need):
        purse.spend(guest_id, need[guest_id])
    for (obligation_id, donation_id), part in purse.parts.items():
        spent[purse.owner[obligation_id, donation_id], donation_id] += part
        if purse.donations[donation_id].settles:
            arrived[obligation_id] += part
    covered = (
        place
        for place, (_guest, cents) in enumerate(falls_due)
        if arrived[-1 - place] >= cents
    )
    return Carried(frozenset(covered), dict(spent))


class _Purse:
    """The money these people gave, as far as it is for nothing now."""

    def __init__(self, guest_ids: list[int], gone: Collection[int] = ()) -> None:
        # What is spent of it, by obligation and donation, and whose it was.
        self.parts: dict[tuple[int, int], int] = defaultdict(int)
        self.owner: dict[tuple[int, int], int] = {}
        self.rows: dict[tuple[int, int], Settlement] = {}
        self.settled: dict[int, int] = defaultdict(int)
        # By person and donation.
        self.freed: dict[int, dict[int, int]] = {}
        self.donations: dict[int, Donation] = {}
        self.touched: dict[tuple[int, int], Settlement] = {}
        found = Settlement.objects.filter(
            counted(), obligation__guest__in=guest_ids
        ).select_related("obligation", "donation")
        for row in found.order_by("pk"):
            self.rows[row.obligation_id, row.donation_id] = row
            if row.is_void or row.obligation_id in gone:
                own = self.freed.setdefault(row.obligation.guest_id, defaultdict(int))
                own[row.donation_id] += row.amount_cents
                self.donations[row.donation_id] = row.donation
            else:
                self.settled[row.obligation_id] += row.amount_cents
        self.unspent = _unspent(self.donations.values(), gone)
        self._take_off_what_went_back()

    def _take_off_what_went_back(self) -> None:
        """What settles an obligation is what stands of it (`with_paid_cents`)."""
        short = {key[0] for key, row in self.rows.items() if not row.donation.is_whole}
        rows = Obligation.objects.live().with_paid_cents().filter(pk__in=short)
        coming = {
            pk: sum(
                row.amount_cents
                for (obligation_id, _donation_id), row in self.rows.items()
                if obligation_id == pk and not row.donation.settles
            )
            for pk in short
        }
        for pk, paid in rows.values_list("pk", "paid_cents") if short else ():
            self.settled[pk] = paid + coming[pk]

    def spend(self, guest_id: int, need: dict[int, int]) -> None:
        """Put this person's money to what they need, by obligation."""
        freed = self.freed[guest_id]
        # What has arrived comes before what is on its way.
        for donation_id in sorted(freed, key=lambda pk: not self.donations[pk].settles):
            cents = min(freed[donation_id], self.unspent[donation_id])
            for obligation_id, missing in need.items():
                part = min(missing, cents)
                if part <= 0:
                    continue
                self._settle(obligation_id, donation_id, part)
                self.parts[obligation_id, donation_id] += part
                self.owner[obligation_id, donation_id] = guest_id
                need[obligation_id] -= part
                self.unspent[donation_id] -= part
                cents -= part

    def _settle(self, obligation_id: int, donation_id: int, cents: int) -> None:
        key = (obligation_id, donation_id)
        row = self.rows.setdefault(
            key,
            Settlement(
                obligation_id=obligation_id, donation_id=donation_id, amount_cents=0
            ),
        )
        row.amount_cents += cents
        self.touched[key] = row

    def save(self) -> None:
        """Write what was settled; a settlement that was there is raised."""
        Settlement.objects.bulk_create(
            [
                Settlement(
                    obligation_id=row.obligation_id,
                    donation_id=row.donation_id,
                    amount_cents=row.amount_cents,
                )
                for row in self.touched.values()
            ],
            update_conflicts=True,
            unique_fields=["obligation", "donation"],
            update_fields=["amount_cents"],
        )


def _unspent(
    donations: Iterable[Donation], gone: Collection[int] = ()
) -> dict[int, int]:
    """What of each donation settles nothing that stands."""
    left = {row.pk: row.kept_cents for row in donations}
    if not left:
        return {}
    live = Settlement.objects.filter(donation__in=left).exclude(
        Q(obligation__state=Obligation.State.VOID) | Q(obligation__in=gone)
    )
    for pk, spent in live.values_list("donation").annotate(Sum("amount_cents")):
        left[pk] = max(0, left[pk] - spent)
    return left


def hold_bottles(
    fallen_due: Iterable[Obligation], voided: Iterable[Obligation], at: datetime
) -> None:
    """A bottle given for what is owed no more waits; one that is owed again goes on."""
    rewards.hold(given_for(voided), at=at)
    woken = Settlement.objects.filter(obligation__in=[row.pk for row in fallen_due])
    rewards.let_go(woken.values_list("donation", "obligation__guest__name"), at=at)


def given_for(voided: Iterable[Obligation]) -> list[tuple[int, str]]:
    """Donations, and for whom, that settled these and settle nothing else of theirs.

    The rows may be void already, or be foreseen to become so.
    """
    voided_ids = [row.pk for row in voided]
    # Of one payment for several people, each has a bottle of their own.
    spent = Settlement.objects.filter(
        donation=OuterRef("donation"),
        obligation__guest=OuterRef("obligation__guest"),
        obligation__state__in=[Obligation.State.DUE, Obligation.State.WAIVED],
    ).exclude(obligation__in=voided_ids)
    rows = Settlement.objects.filter(
        ~Exists(spent),
        obligation__in=voided_ids,
        donation__state__in=Donation.SETTLING,
    )
    return list(rows.values_list("donation", "obligation__guest__name"))
