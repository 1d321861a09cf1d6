"""Money that was given before a correction, put to what is owed after it."""

from collections import defaultdict
from collections.abc import Iterable

from donations import rewards
from donations.models import Donation
from guests.models import Obligation, Settlement

# A payment that is still on its way counts from the moment it arrives.
COUNTED = (
    *Donation.SETTLING,
    Donation.State.PROCESSING,
    Donation.State.CHECKOUT_OPEN,
)


def carry_over(guest_id: int) -> None:
    """Settle what this person owes with the money of their voided obligations.

    Nobody is asked twice for one gift. Money that was given back no longer counts.
    """
    rows = Settlement.objects.filter(
        obligation__guest=guest_id, donation__state__in=COUNTED
    ).select_related("obligation", "donation")
    freed, settled = defaultdict(int), defaultdict(int)
    donations = {}
    for row in rows.order_by("pk"):
        if row.obligation.state == Obligation.State.VOID:
            freed[row.donation_id] += row.amount_cents
            donations[row.donation_id] = row.donation
        else:
            settled[row.obligation_id] += row.amount_cents
    if not freed:
        return
    owed = Obligation.objects.due().filter(guest=guest_id).order_by("due_at", "pk")
    need = {row.pk: row.amount_cents - settled[row.pk] for row in owed}
    # What has arrived comes before what is on its way.
    for donation in sorted(donations.values(), key=lambda row: not row.settles):
        _spend(donation, min(freed[donation.pk], _unspent(donation)), need)


def _unspent(donation: Donation) -> int:
    live = donation.settlements.exclude(obligation__state=Obligation.State.VOID)
    spent = sum(live.values_list("amount_cents", flat=True))
    return max(0, donation.amount_cents - spent)


def _spend(donation: Donation, cents: int, need: dict[int, int]) -> None:
    for obligation_id, missing in need.items():
        part = min(missing, cents)
        if part <= 0:
            continue
        row, is_new = Settlement.objects.get_or_create(
            obligation_id=obligation_id,
            donation=donation,
            defaults={"amount_cents": part},
        )
        if not is_new:
            row.amount_cents += part
            row.save(update_fields=["amount_cents"])
        need[obligation_id] -= part
        cents -= part


def hold_bottles(
    fallen_due: Iterable[Obligation], voided: Iterable[Obligation]
) -> None:
    """A bottle given for what is owed no more waits; one that is owed again goes on."""
    void = Obligation.objects.filter(pk__in=[row.pk for row in voided])
    idle = void.paid_for_nothing()
    rewards.hold(Donation.objects.filter(settlements__obligation__in=idle))
    due = [row.pk for row in fallen_due]
    rewards.let_go(Donation.objects.filter(settlements__obligation__in=due))
