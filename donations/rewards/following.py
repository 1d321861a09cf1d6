"""The bottle follows the money: made when it is earned, held, stopped, let go."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from donations.models import Donation, DonationPart, Reward
from donations.rewards.states import NOT_BEGUN, WISHES, Wish, follow
from donations.rewards.words import propose
from losers_lounge.compiled import compiled
from losers_lounge.compiled_rows import insert_all

FOLLOWED = ["state", "held_from", "stop_order_at", "batch", "is_held"]
Purpose = Donation.Purpose


def bring_up_to_date(donation: Donation, *, at: datetime) -> list[Reward]:
    """Make the bottles follow the money, one for each part that earned one; them all.

    Call under the donation's lock, after its state is set.
    """
    parts = list(donation.parts.all())
    rewards = _bottles(donation.pk)
    if donation.state == Donation.State.PAID and not donation.declines_reward:
        known = {row.order for row in rewards}
        earned = _earned(donation, parts)
        made = [row for row in earned if row.order not in known]
        for row in made:
            row.requested_at = at
        rewards += insert_all(made)
    if donation.state in WISHES:
        standing = _standing(donation, parts)
        _follow(rewards, donation, standing, at)
    return rewards


@compiled
def _bottles(donation: int) -> QuerySet[Reward]:
    return Reward.objects.filter(donation=donation)


def hold(given: Iterable[tuple[int, str]], *, at: datetime) -> None:
    """The reason for a gift is gone: no engraver begins until it is back.

    `given` are pairs of a donation's pk and whose part of it is meant.
    """
    _mark(given, True, at)


def let_go(given: Iterable[tuple[int, str]], *, at: datetime) -> None:
    """The reason is back: what is paid in full goes on from where it stood."""
    _mark(given, False, at)


def count_owed(given: Iterable[tuple[int, str]]) -> int:
    """How many bottles that somebody waits for `hold` would find. Reads only."""
    meant = _meant(_names(given), Donation.objects.all())
    return sum(row.state in Reward.OWED for _donation, rows in meant for row in rows)


def wish_of(reward: Reward) -> Wish:
    """What the money says of one bottle now; `reward.donation` is locked."""
    return _wish(reward, reward.donation, _standing(reward.donation))


def _mark(given: Iterable[tuple[int, str]], is_held: bool, at: datetime) -> None:
    """A constant number of queries, however many people a correction touches."""
    names = _names(given)
    if not names:
        return
    changed = []
    locked = Donation.objects.locked()
    for donation, meant in _meant(names, locked):
        moved = [row for row in meant if row.is_held != is_held]
        for row in moved:
            row.is_held = is_held
            follow(row, _wish(row, donation, _standing(donation)), at)
        changed += moved
    Reward.objects.bulk_update(changed, FOLLOWED)


def _names(given: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    names: dict[int, set[str]] = defaultdict(set)
    for donation_id, name in given:
        names[donation_id].add(name)
    return names


def _meant(
    names: dict[int, set[str]], donations: QuerySet[Donation]
) -> Iterator[tuple[Donation, list[Reward]]]:
    """Each donation with those of its bottles that are for one of the names."""
    rows = donations.filter(pk__in=names).prefetch_related("rewards", "parts")
    for donation in rows.order_by("pk"):
        rewards = list(donation.rewards.all())
        wanted = names[donation.pk]
        # Merged rows and corrected spellings change a name; one bottle is no question.
        yield (
            donation,
            [row for row in rewards if len(rewards) == 1 or row.for_name in wanted],
        )


def _follow(
    rewards: list[Reward], donation: Donation, standing: set[int], at: datetime
) -> None:
    changed = [
        row for row in rewards if follow(row, _wish(row, donation, standing), at)
    ]
    if donation.declines_reward:
        for row in rewards:
            if row.state in NOT_BEGUN:
                row.state = Reward.State.DECLINED
                changed.append(row)
    if changed:
        Reward.objects.bulk_update(set(changed), FOLLOWED)


def _wish(reward: Reward, donation: Donation, standing: set[int]) -> Wish:
    wish = WISHES.get(Donation.State(donation.state), Wish.HOLD)
    if donation.state == Donation.State.PARTIALLY_REFUNDED and reward.order in standing:
        wish = Wish.GO
    return Wish.HOLD if wish == Wish.GO and reward.is_held else wish


def _earned(donation: Donation, parts: list[DonationPart]) -> list[Reward]:
    """A bottle for each part that earned one; of an old donation, for the whole."""
    if parts:
        return [
            Reward(
                donation=donation,
                order=part.order,
                for_name=part.for_name,
                engraving=part.engraving or propose(part.for_name),
            )
            for part in parts
            if _earns(donation, part.purpose, part.amount_cents)
        ]
    if not _earns(donation, donation.purpose, donation.amount_cents):
        return []
    name = donation.donor_name
    text = propose(donation.credit_name or name)
    return [Reward(donation=donation, for_name=name, engraving=text)]


def _earns(donation: Donation, purpose: str, cents: int) -> bool:
    if purpose == Purpose.ADMISSION:
        return True
    return cents >= donation.event.winner_amount_cents


def _standing(donation: Donation, parts: list[DonationPart] | None = None) -> set[int]:
    """The parts that what is kept still pays for; a free gift goes back first.

    Of a gift only what earns a bottle need be left.
    """
    parts = list(donation.parts.all()) if parts is None else parts
    left, standing = donation.kept_cents, set()
    for part in sorted(
        parts, key=lambda row: (row.purpose != Purpose.ADMISSION, row.order)
    ):
        needed = part.amount_cents
        if part.purpose == Purpose.GIFT:
            needed = min(needed, donation.event.winner_amount_cents)
        left -= needed
        if left >= 0:
            standing.add(part.order)
    return standing
