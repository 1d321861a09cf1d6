"""What donations hold that is for nothing any more, and whose part of them it was."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Sum

from donations.models import Donation, DonationPart, Refund
from guests.models import Obligation, Settlement

PROMISED = (*Refund.OWED, Refund.State.WISHED, Refund.State.PENDING)
# By guest and donation.
Key = tuple[int, int]


def avoid(rows: list[Settlement], gone: Collection[int]) -> None:
    """Take these obligations for void already, in rows that were read."""
    for row in rows:
        if row.obligation_id in gone:
            row.obligation.state = Obligation.State.VOID


class Books:
    """These donations with everything they settle, for whomever."""

    def __init__(
        self,
        donations: dict[int, Donation],
        gone: Collection[int],
        spent: Mapping[Key, int],
    ) -> None:
        self.donations = donations
        settled = Settlement.objects.filter(donation__in=donations)
        self.rows = list(settled.select_related("obligation").order_by("pk"))
        avoid(self.rows, gone)
        self.idle, self.claims = self._idle(), self._claims()
        for key, cents in spent.items():
            if key in self.claims:
                self.idle[key[1]] -= cents
                self.claims[key] -= cents
        self.twice = self._twice()

    def idle_claims(self, *, besides: Collection[Key]) -> dict[Key, int]:
        """What of each claim its donation still holds, given out by guest."""
        left, found = dict(self.idle), {}
        for key, claim in sorted(self.claims.items()):
            cents = min(claim, left[key[1]])
            if key not in besides and cents > 0:
                left[key[1]] -= cents
                found[key] = cents
        return found

    def _idle(self) -> dict[int, int]:
        """What each keeps beyond what it settles, its gifts, and what goes back."""
        left = {
            pk: row.kept_cents - row.fee_cover_cents
            for pk, row in self.donations.items()
        }
        for row in self.rows:
            left[row.donation_id] -= 0 if row.is_void else row.amount_cents
        gifts = DonationPart.objects.filter(purpose=Donation.Purpose.GIFT)
        promised = Refund.objects.filter(state__in=PROMISED)
        for rows in (gifts, promised):
            sums = rows.filter(donation__in=left).order_by().values_list("donation")
            for pk, cents in sums.annotate(Sum("amount_cents")):
                left[pk] -= cents
        return left

    def _claims(self) -> dict[Key, int]:
        """What each guest's part was for and is not any more.

        Voided twice for the same cause, it was the same money.
        """
        void: dict[Key, dict[str, int]] = defaultdict(dict)
        live: dict[Key, int] = defaultdict(int)
        for row in self.rows:
            key = row.obligation.guest_id, row.donation_id
            if row.is_void:
                cause = row.obligation.key
                void[key][cause] = max(void[key].get(cause, 0), row.amount_cents)
            else:
                live[key] += row.amount_cents
        return {key: sum(by.values()) - live[key] for key, by in void.items()}

    def _twice(self) -> dict[Key, int]:
        """What came after an obligation was paid in full."""
        stands = self._stands()
        by_obligation = defaultdict(list)
        for row in self.rows:
            if row.obligation.state == Obligation.State.DUE:
                by_obligation[row.obligation].append(row)
        found: dict[Key, int] = defaultdict(int)
        for obligation, rows in by_obligation.items():
            need = obligation.amount_cents
            for row in sorted(rows, key=self._paid_at):
                used = min(need, stands[row.pk])
                need -= used
                if stands[row.pk] > used:
                    key = obligation.guest_id, row.donation_id
                    found[key] += stands[row.pk] - used
        return found

    def _stands(self) -> dict[int, int]:
        """As `with_paid_cents`: the oldest first, as far as what is kept covers."""
        kept = {pk: row.kept_cents for pk, row in self.donations.items()}
        stands = {}
        for row in self.rows:
            if not row.is_void:
                stands[row.pk] = min(row.amount_cents, kept[row.donation_id])
                kept[row.donation_id] -= stands[row.pk]
        return stands

    def _paid_at(self, row: Settlement) -> tuple[datetime, int]:
        return self.donations[row.donation_id].paid_at, row.pk
