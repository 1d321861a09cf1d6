"""The impact sheet: what confirming a draft would do, before anybody presses."""

from dataclasses import dataclass, field

from django.db.models import Q

from donations.models import Reward
from events.models import Category, Message, Nomination
from guests import letters, obligations, results_night
from guests.models import Admission, Guest, Obligation, Trophy
from guests.obligations import Foreseen

WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST


@dataclass(frozen=True)
class Paid:
    """Money given for what would no longer be owed: a refund to offer."""

    guest: Guest
    cents: int


@dataclass(frozen=True)
class Impact:
    """Whom a draft would touch. Money and trophies are asked about, never taken."""

    new_winners: tuple[Guest, ...]
    winners_not_invited: tuple[str, ...]
    no_longer_winners: tuple[Guest, ...]
    falls_due: tuple[tuple[Guest, obligations.Due], ...]
    voided: tuple[Obligation, ...]
    paid: tuple[Paid, ...]
    bottles: int
    trophies: tuple[Trophy, ...]
    inside: tuple[Guest, ...]
    letters: int

    @property
    def cents_falling_due(self) -> int:
        return sum(want.amount_cents for _guest, want in self.falls_due)

    @property
    def cents_voided(self) -> int:
        return sum(row.amount_cents for row in self.voided)


def of(category: Category) -> Impact:
    """What confirming this category's draft would do. Reads only."""
    changed = _changed(category)
    guests = Guest.objects.on_the_list().filter(
        event=category.event_id, nominee_id__in=changed.everybody
    )
    people = list(guests.select_related("invitation__contact").order_by("name_key"))
    new = [guest for guest in people if guest.nominee_id in changed.winners]
    gone = [guest for guest in people if guest.nominee_id in changed.no_longer]
    foreseen = obligations.foresee(category.event, changed.everybody, changed.outcomes)
    opened = Q(admissions__action=Admission.Action.IN, admissions__closed_at=None)
    held = Trophy.objects.filter(
        guest__in=gone, nomination__category=category, released_at=None
    )
    return Impact(
        new_winners=tuple(new),
        winners_not_invited=_not_invited(changed, new),
        no_longer_winners=tuple(gone),
        falls_due=foreseen.falls_due,
        voided=foreseen.voided,
        paid=_paid(foreseen),
        bottles=_bottles(foreseen),
        trophies=tuple(held.select_related("guest")),
        inside=tuple(Guest.objects.filter(opened, pk__in=[g.pk for g in new + gone])),
        letters=_letters(category, changed, foreseen),
    )


@dataclass
class Changed:
    """New outcomes by nomination, and the nominees behind them.

    A person who wins with one entry and loses with another of the category has won.
    """

    outcomes: dict[int, str] = field(default_factory=dict)
    winners: dict[int, str] = field(default_factory=dict)
    no_longer: dict[int, str] = field(default_factory=dict)
    everybody: set[int] = field(default_factory=set)


def _changed(category: Category) -> Changed:
    after = set(category.draft_winners or [])
    changed, still = Changed(), set()
    for row in category.nominations.prefetch_related("nominees"):
        people = {person.pk: person.name for person in row.nominees.all()}
        outcome = WON if row.pk in after else LOST
        if outcome == WON:
            still |= people.keys()
        if outcome == row.outcome:
            continue
        changed.outcomes[row.pk] = outcome
        changed.everybody |= people.keys()
        if outcome == WON:
            changed.winners |= people
        elif row.outcome == WON:
            changed.no_longer |= people
    for pk in still & changed.no_longer.keys():
        del changed.no_longer[pk]
    return changed


def _not_invited(changed: Changed, new: list[Guest]) -> tuple[str, ...]:
    invited = {guest.nominee_id for guest in new}
    return tuple(name for pk, name in changed.winners.items() if pk not in invited)


def _paid(foreseen: Foreseen) -> tuple[Paid, ...]:
    gone = {row.pk: row for row in foreseen.voided}
    rows = Obligation.objects.with_paid_cents().filter(pk__in=gone, paid_cents__gt=0)
    return tuple(Paid(gone[row.pk].guest, row.paid_cents) for row in rows)


def _bottles(foreseen: Foreseen) -> int:
    """Bottles that are on their way for donations nobody would owe any more."""
    owed = Reward.objects.owed().filter(
        donation__settlements__obligation__in=foreseen.voided
    )
    return owed.distinct().count()


def _letters(category: Category, changed: Changed, foreseen: Foreseen) -> int:
    """How many letters would go out: to winners, to corrected ones, to losers."""
    told = {row.guest_id for row in foreseen.voided}
    still_in = {
        nominee_id
        for nominee_id, nomination_id, outcome in (
            Nomination.nominees.through.objects.filter(
                nominee_id__in=changed.everybody
            ).values_list("nominee_id", "nomination_id", "nomination__outcome")
        )
        if changed.outcomes.get(nomination_id, outcome) != LOST
    }
    lost = results_night.losers(category.event, changed.everybody - still_in, told)
    drafts = [row for row in letters.losses(lost) if row.recipient_email]
    sent = Message.objects.filter(dedupe_key__in=[row.dedupe_key for row in drafts])
    written = [guest for guest, _due in foreseen.falls_due]
    written += [row.guest for row in foreseen.voided]
    by_mail = [guest for guest in written if guest.invitation.contact.email]
    return len(by_mail) + len(drafts) - sent.count()
