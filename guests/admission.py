"""Who may come in: losers free, winners by trophy and donation. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guests.models import Guest
from losers_lounge.telling import told_cents


class Colour(StrEnum):
    """The five answers of the door, each with words: never colour alone."""

    GREEN = "green"
    GOLD = "gold"
    BLUE = "blue"
    GREY = "grey"
    RED = "red"


@dataclass(frozen=True)
class Results:
    """How the evening stands for one person."""

    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owed:
    """One obligation that stands: cents and the sentence that says why."""

    amount_cents: int
    why: str


@dataclass(frozen=True)
class Decision:
    colour: Colour
    words: str
    reasons: tuple[str, ...] = ()
    cents_due: int = 0
    trophies_expected: int = 0

    @property
    def lets_in(self) -> bool:
        return self.colour in (Colour.GREEN, Colour.BLUE)


def decide(
    guest: Guest,
    results: Results,
    obligations: Sequence[Owed],
    paid: int,
    trophies: int,
    excused: Sequence[str] = (),
) -> Decision:
    """What the door does with this person, from plain values; reads no database.

    `obligations` are the due ones, a waived one with 0 cents; `paid` the cents of live
    money that settle them; `trophies` how many of their statues are in custody, and
    `excused` a sentence for each that need not come tonight. Who is exempt has no
    obligation and keeps the statue. The door never types a price.
    """
    if guest.is_blocked:
        return Decision(Colour.RED, _("Please call the host."), (_("Blocked."),))
    absent = _absence(guest)
    if absent:
        return Decision(Colour.GREY, _("Check the name, or call the host."), (absent,))
    due = max(0, sum(row.amount_cents for row in obligations) - paid)
    statues = len(results.won) if obligations else 0
    reasons = _why(obligations, paid, excused if statues else ())
    missing = max(0, statues - trophies - len(excused))
    if due or missing:
        return _gold(due, statues, missing, reasons)
    if results.won:
        words = _("We're so sorry for your win. Come on in.")
        return Decision(Colour.GREEN, words, reasons, 0, statues)
    return _free(results)


def _why(
    obligations: Sequence[Owed], paid: int, excused: Sequence[str]
) -> tuple[str, ...]:
    """What is owed and why, what came of it, and which statues need not come."""
    reasons = [row.why for row in obligations]
    if paid:
        reasons.append(_("Paid %(amount)s.") % {"amount": told_cents(paid)})
    return (*reasons, *excused)


def _free(results: Results) -> Decision:
    """Who has won nothing, or nothing yet."""
    if results.pending:
        open_one = _("%(category)s is still open.")
        reasons = tuple(open_one % {"category": name} for name in results.pending)
        return Decision(Colour.BLUE, _("Come on in. You may owe later."), reasons)
    words = _("You lost. Come on in.") if results.lost else _("Come on in.")
    return Decision(Colour.GREEN, words)


def _gold(due: int, statues: int, missing: int, reasons: tuple[str, ...]) -> Decision:
    steps = []
    if due:
        steps.append(_("%(amount)s first") % {"amount": told_cents(due)})
    if missing:
        text = ngettext("trophy to the desk", "%(count)d trophies to the desk", missing)
        steps.append(text % {"count": missing})
    words = _("Winner: %(steps)s.") % {"steps": _(", then ").join(steps)}
    return Decision(Colour.GOLD, words, reasons, due, statues)


def _absence(guest: Guest) -> str:
    """Why a name is not expected tonight; empty when it is."""
    if guest.removed_at is not None:
        return _("No longer on the list.")
    if guest.answer == Guest.Answer.NO:
        return _("Declined.")
    if guest.answer == Guest.Answer.WAITLISTED:
        return _("On the waiting list.")
    if guest.answer == Guest.Answer.WAITING:
        return _("Invited, never answered.")
    return ""
