"""What one guest sees of their evening: values that answer for themselves."""

from dataclasses import dataclass, field

from donations.models import Donation, Pledge
from events.models import Nomination
from guests.models import (
    Guest,
    NameRequest,
    Obligation,
    SeatOffer,
)
from losers_lounge import links


@dataclass(frozen=True)
class Credit:
    """One nomination, as it stands."""

    category: str
    work: str
    outcome: str


@dataclass(frozen=True)
class Pledged:
    """A pledge as it stands; its card is known by the last digits."""

    state: str
    card_last4: str


@dataclass
class Evening:
    guest: Guest
    plus_ones: list[Guest] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    donation: Donation | None = None
    # What of it is for this guest: it may settle for others too.
    donation_cents: int = 0
    # Their newest pledge, as long as something is or may come to be owed.
    pledge: Pledged | None = None
    # For somebody on the waiting list: the seat kept for them, and those they missed.
    offer: SeatOffer | None = None
    offers_missed: int = 0
    names_are_locked: bool = False
    requests: list[NameRequest] = field(default_factory=list)

    @property
    def is_principal(self) -> bool:
        """Invited by name, and asked for an answer; not brought by another."""
        return self.guest.plus_one_of_id is None

    @property
    def has_no_seat(self) -> bool:
        """Could still say yes, and does not wait for a seat already."""
        free = (Guest.Answer.WAITING, Guest.Answer.NO)
        return self.is_principal and self.guest.answer in free

    @property
    def names(self) -> list[str]:
        """Whom they bring or ask to bring, by name."""
        asked = {row.plus_one_id: row.name for row in self.requests if row.is_open}
        known = [row.name for row in self.plus_ones if not row.is_unnamed]
        if not asked:
            return known
        named = [
            asked.get(row.pk, row.name)
            for row in self.plus_ones
            if row.pk in asked or not row.is_unnamed
        ]
        new = [row.name for row in self.requests if row.is_open and not row.plus_one_id]
        return [*named, *reversed(new)]

    @property
    def unnamed(self) -> int:
        """Seats beside theirs whose name they tell later."""
        asked = {row.plus_one_id for row in self.requests if row.is_open}
        return sum(row.is_unnamed and row.pk not in asked for row in self.plus_ones)

    @property
    def party(self) -> list[Guest]:
        return [self.guest, *self.plus_ones]

    @property
    def won(self) -> list[Credit]:
        return [row for row in self.credits if row.outcome == Nomination.Outcome.WON]

    @property
    def is_undecided(self) -> bool:
        return any(row.outcome == Nomination.Outcome.PENDING for row in self.credits)

    @property
    def has_lost(self) -> bool:
        """Everything is decided and nothing was won."""
        return bool(self.credits) and not self.won and not self.is_undecided

    @property
    def due(self) -> list[Obligation]:
        return [row for row in self.obligations if row.state == Obligation.State.DUE]

    @property
    def waived(self) -> list[Obligation]:
        """What the host has let them off."""
        state = Obligation.State.WAIVED
        return [row for row in self.obligations if row.state == state]

    @property
    def possible(self) -> list[Obligation]:
        """What an open category may still bring."""
        dormant = Obligation.State.DORMANT
        return [row for row in self.obligations if row.state == dormant]

    @property
    def has_pledge(self) -> bool:
        """A card is saved, and nothing has ended it."""
        state = self.pledge.state if self.pledge else ""
        return state in Pledge.LIVE and state != Pledge.State.OFFERED

    @property
    def is_charged_by_itself(self) -> bool:
        """What is due is taken from a saved card; paying now is a choice."""
        waits = (Pledge.State.CARD_SAVED, Pledge.State.CHARGING)
        return self.pledge is not None and self.pledge.state in waits

    @property
    def may_pledge(self) -> bool:
        """May come to owe, owes nothing yet, and is not staying at home."""
        is_coming = self.guest.answer != Guest.Answer.NO
        is_open = self.is_undecided and bool(self.possible) and not self.due
        return is_coming and is_open and not self.has_pledge

    @property
    def cents_due(self) -> int:
        return sum(max(0, row.amount_cents - row.paid_cents) for row in self.due)

    @property
    def choice_url(self) -> str:
        """Where this guest says what becomes of money that is owed no more.

        Only where they gave it themselves: it is another one's to decide otherwise.
        """
        given = self.donation
        if not given or given.donor_email != self.guest.invitation.contact.email:
            return ""
        return links.absolute_url("donor", given.public_id, given.link_version)

    @property
    def is_settled(self) -> bool:
        return bool(self.due) and self.cents_due == 0
