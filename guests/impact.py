"""The impact sheet: what confirming a draft would do, before anybody presses."""

from collections import defaultdict
from dataclasses import dataclass

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
    outcomes, credited = _changes(category)
    people = defaultdict(list)
    everybody = {pk for ids in credited.values() for pk in ids}
    guests = Guest.objects.on_the_list().filter(
        event=category.event_id, nominee_id__in=everybody
    )
    for guest in guests.select_related("invitation__contact").order_by("name_key"):
        for outcome, ids in credited.items():
            if guest.nominee_id in ids:
                people[outcome].append(guest)
    foreseen = obligations.foresee(category.event, everybody, outcomes)
    concerned = [*people[WON], *people[LOST]]
    opened = Q(admissions__action=Admission.Action.IN, admissions__closed_at=None)
    return Impact(
        new_winners=tuple(people[WON]),
        no_longer_winners=tuple(people[LOST]),
        falls_due=foreseen.falls_due,
        voided=foreseen.voided,
        paid=_paid(foreseen),
        bottles=_bottles(foreseen),
        trophies=tuple(
            Trophy.objects.filter(
                guest__in=people[LOST],
                nomination__category=category,
                released_at=None,
            ).select_related("guest")
        ),
        inside=tuple(Guest.objects.filter(opened, pk__in=[g.pk for g in concerned])),
        letters=_letters(category, outcomes, everybody, foreseen),
    )


def _changes(category: Category) -> tuple[dict[int, str], dict[str, set[int]]]:
    """New outcomes by nomination, and whom they credit by what they come to be.

    A person who wins with one entry and loses another of the category has won.
    """
    after = set(category.draft_winners or [])
    outcomes: dict[int, str] = {}
    credited: dict[str, set[int]] = {WON: set(), LOST: set()}
    for row in category.nominations.prefetch_related("nominees"):
        outcome = WON if row.pk in after else LOST
        if outcome == row.outcome:
            continue
        outcomes[row.pk] = outcome
        if outcome == WON or row.outcome == WON:
            credited[outcome] |= {person.pk for person in row.nominees.all()}
        else:
            credited.setdefault("", set()).update(p.pk for p in row.nominees.all())
    credited[LOST] -= credited[WON]
    return outcomes, credited


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


def _letters(
    category: Category,
    outcomes: dict[int, str],
    nominee_ids: set[int],
    foreseen: Foreseen,
) -> int:
    """How many letters would go out: to winners, to corrected ones, to losers."""
    told = {row.guest_id for row in foreseen.voided}
    still_in = {
        nominee_id
        for nominee_id, nomination_id, outcome in (
            Nomination.nominees.through.objects.filter(
                nominee_id__in=nominee_ids
            ).values_list("nominee_id", "nomination_id", "nomination__outcome")
        )
        if outcomes.get(nomination_id, outcome) != LOST
    }
    lost = results_night.losers(category.event, nominee_ids - still_in, told)
    drafts = [row for row in letters.losses(lost) if row.recipient_email]
    sent = Message.objects.filter(dedupe_key__in=[row.dedupe_key for row in drafts])
    written = [guest for guest, _due in foreseen.falls_due]
    written += [row.guest for row in foreseen.voided]
    by_mail = [guest for guest in written if guest.invitation.contact.email]
    return len(by_mail) + len(drafts) - sent.count()
