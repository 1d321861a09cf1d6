"""The impact sheet: what other winners would change, before anybody presses."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from donations import rewards
from donations.models import Donation, Pledge
from events.models import Category, Message, Nomination
from guests import letters, obligations, results_night, surplus
from guests.letters.results import has_heard_of_us
from guests.models import Admission, Guest, GuestPledge, Obligation, Trophy
from guests.obligations import Foreseen
from guests.obligations.carried import Carried, foresee_carried, given_for
from losers_lounge import edit_conflict

NOT_CHARGED = (
    Pledge.State.CARD_SAVED,
    Pledge.State.DECLINED,
    Pledge.State.NEEDS_ACTION,
)
WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST


@dataclass(frozen=True)
class Paid:
    """Money given for what would no longer be owed: a refund to offer."""

    guest: Guest
    cents: int


@dataclass(frozen=True)
class Impact:
    """Whom these winners would touch. Money and trophies are asked for, never taken."""

    new_winners: tuple[Guest, ...]
    winners_not_invited: tuple[str, ...]
    no_longer_winners: tuple[Guest, ...]
    falls_due: tuple[tuple[Guest, obligations.Due], ...]
    voided: tuple[Obligation, ...]
    paid: tuple[Paid, ...]
    # Saved cards: so many would be charged after the hold, so many no longer.
    cards_to_charge: int
    cards_let_go: int
    bottles: int
    trophies: tuple[Trophy, ...]
    inside: tuple[Guest, ...]
    letters: int
    # Nominations whose outcome would be another one; none where it stands so already.
    nominations: int

    @property
    def cents_falling_due(self) -> int:
        return sum(want.amount_cents for _guest, want in self.falls_due)

    @property
    def cents_voided(self) -> int:
        return sum(row.amount_cents for row in self.voided)

    @property
    def stamp(self) -> str:
        """Another one when the sheet says anything else than the one that was read."""
        return edit_conflict.mark(*self._facts())

    def _facts(self) -> Iterator[object]:
        for guests in (self.new_winners, self.no_longer_winners, self.inside):
            yield [guest.pk for guest in guests]
        yield self.winners_not_invited
        yield [
            (guest.pk, want.key, want.amount_cents) for guest, want in self.falls_due
        ]
        yield [(row.pk, row.amount_cents) for row in self.voided]
        yield [(row.guest.pk, row.cents) for row in self.paid]
        yield [row.pk for row in self.trophies]
        yield (self.cards_to_charge, self.cards_let_go)
        yield (self.bottles, self.letters, self.nominations)


def of(category: Category, winners: Collection[int] | None = None) -> Impact:
    """What making these the winners would do, or else those of the draft. Reads only.

    As many queries for a thousand people as for one.
    """
    after = category.draft_winners or [] if winners is None else winners
    changed = _changed(category, set(after))
    guests = Guest.objects.on_the_list().filter(
        event=category.event_id, nominee_id__in=changed.everybody
    )
    people = list(guests.select_related("invitation__contact").order_by("name_key"))
    new = [guest for guest in people if guest.nominee_id in changed.winners]
    gone = [guest for guest in people if guest.nominee_id in changed.no_longer]
    foreseen = obligations.foresee(category.event, changed.everybody, changed.outcomes)
    cards = _cards(foreseen)
    return Impact(
        new_winners=tuple(new),
        winners_not_invited=_not_invited(changed, new),
        no_longer_winners=tuple(gone),
        falls_due=foreseen.falls_due,
        voided=foreseen.voided,
        paid=_paid(foreseen),
        cards_to_charge=cards[0],
        cards_let_go=cards[1],
        bottles=rewards.count_owed(given_for(foreseen.voided)),
        trophies=_trophies(category, gone),
        inside=_inside(new + gone),
        letters=_letters(category, changed, foreseen),
        nominations=len(changed.outcomes),
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


def _changed(category: Category, after: set[int]) -> Changed:
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


def _trophies(category: Category, gone: list[Guest]) -> tuple[Trophy, ...]:
    """Statues that were handed in for a win that would be none."""
    its = Q(nomination__category=category) | Q(nomination=None)
    held = Trophy.objects.filter(its, guest__in=gone, released_at=None)
    return tuple(held.select_related("guest"))


def _inside(people: list[Guest]) -> tuple[Guest, ...]:
    opened = Q(admissions__action=Admission.Action.IN, admissions__closed_at=None)
    ids = [guest.pk for guest in people]
    found = Guest.objects.filter(opened, pk__in=ids).order_by("name_key", "pk")
    return tuple(found.distinct())


def _paid(foreseen: Foreseen) -> tuple[Paid, ...]:
    gone = {row.pk: row for row in foreseen.voided}
    rows = Obligation.objects.with_paid_cents().filter(pk__in=gone, paid_cents__gt=0)
    return tuple(Paid(gone[row.pk].guest, row.paid_cents) for row in rows)


def _cards(foreseen: Foreseen) -> tuple[int, int]:
    """Saved cards that would be charged after the hold, and those that would not."""
    due = {guest.pk for guest, _due in foreseen.falls_due}
    void = {row.guest_id for row in foreseen.voided}
    rows = GuestPledge.objects.filter(pledge__state__in=NOT_CHARGED)
    owners = set(rows.filter(guest__in=due | void).values_list("guest", flat=True))
    return len(owners & due), len(owners & (void - due))


def _letters(category: Category, changed: Changed, foreseen: Foreseen) -> int:
    """How many letters would go out: to winners, to corrected ones, to losers."""
    is_correction = category.state == Category.State.OFFICIAL
    voided = foreseen.voided if is_correction else ()
    told = {row.guest_id for row in voided}
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
    carried = _carried(foreseen)
    written = _sorry_for_winning(foreseen, carried)
    written += [row.guest for row in voided]
    by_mail = [guest for guest in written if guest.invitation.contact.email]
    asked = _asked_what_becomes_of_it(foreseen, carried)
    return len(by_mail) + len(drafts) - sent.count() + asked


def _carried(foreseen: Foreseen) -> Carried:
    due = [(guest.pk, want.amount_cents) for guest, want in foreseen.falls_due]
    return foresee_carried(due, [row.pk for row in foreseen.voided])


def _sorry_for_winning(foreseen: Foreseen, carried: Carried) -> list[Guest]:
    """As `letters.fresh_wins`: those for whom it is news, and who have to give."""
    return [
        guest
        for place, (guest, want) in enumerate(foreseen.falls_due)
        if place not in carried.covered
        and (guest.pk, want.key) not in foreseen.repriced
        and has_heard_of_us(guest)
    ]


def _asked_what_becomes_of_it(foreseen: Foreseen, carried: Carried) -> int:
    """Donors who would be asked whether what they gave is a gift now."""
    gone = {row.pk: row for row in foreseen.voided}
    keys = surplus.foreseen(gone.keys(), carried.spent)
    if not keys:
        return 0
    contacts = {row.guest_id: row.guest.invitation.contact for row in gone.values()}
    donors = Donation.objects.filter(pk__in=[donation for _guest, donation in keys])
    addresses = dict(donors.values_list("pk", "donor_email"))
    return sum(bool(addresses[pk] or contacts[guest].email) for guest, pk in keys)
