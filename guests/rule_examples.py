"""House rules as examples: what somebody in each position would give. Pure.

Every line is worked out by the rule that the night itself goes by, so that the table
cannot say anything else than what winners are asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.models import Event, Nomination
from guests.obligations import Due, HouseRules, Person, Standing, owed_by
from losers_lounge.telling import told_cents

WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST
OPEN = Nomination.Outcome.PENDING
TEAM, COMING = 12, 4


@dataclass(frozen=True)
class Example:
    """Somebody in one position, the cents they owe, and the same in words."""

    who: str
    cents: int
    words: str


def examples(rules: HouseRules) -> list[Example]:
    """What these rules come to, from who owes nothing to who owes most."""
    return [
        Example(who, sum(row.amount_cents for row in rows if row.is_due), words)
        for who, rows, words in _told(rules)
    ]


def _told(rules: HouseRules) -> Iterator[tuple[str, list[Due], str]]:
    for who, person in _people(rules):
        rows = owed_by(person, rules)
        yield who, rows, _words(rows, rules)
    each = owed_by(Person(_standings(WON)), rules)
    who = _("A team of %(team)d wins; %(coming)d of them come")
    words = _("each of the %(coming)d: %(words)s") % {
        "coming": COMING,
        "words": _words(each, rules),
    }
    yield (
        who % {"team": TEAM, "coming": COMING},
        each * COMING,
        words if each else _words(each, rules),
    )


def _people(rules: HouseRules) -> list[tuple[str, Person]]:
    winner = Person(_standings(WON))
    tag = rules.exempt_tags[0] if rules.exempt_tags else ""
    exempt = _("A winner tagged %(tag)s") % {"tag": tag}
    return [
        (_("Nominated in three, lost them all"), Person(_standings(LOST, LOST, LOST))),
        (_("Nominated, and the category is still open"), Person(_standings(OPEN))),
        (_("Nominated in three, won one"), Person(_standings(WON, LOST, LOST))),
        (_("Nominated in three, won two"), Person(_standings(WON, WON, LOST))),
        (_("Nominated in three, won all"), Person(_standings(WON, WON, WON))),
        (_("Won one, another is still open"), Person(_standings(WON, OPEN))),
        (_("Came with a winner, not nominated"), Person(came_with=winner)),
        (
            _("Came with a winner, and won too"),
            Person(_standings(WON), came_with=winner),
        ),
        *([(exempt, Person(_standings(WON), tags=(tag,)))] if tag else []),
        # Only this ceremony's nominations are anybody's standing here.
        (_("Won in an earlier year"), Person()),
    ]


def _standings(*outcomes: str) -> Sequence[Standing]:
    return [Standing(number, "", outcome) for number, outcome in enumerate(outcomes)]


def _words(rows: list[Due], rules: HouseRules) -> str:
    """What they give, in a few words: "$1,000.00 once"."""
    due = [row.amount_cents for row in rows if row.is_due]
    later = sum(row.amount_cents for row in rows if not row.is_due)
    if not due and later:
        words = _("free for now; %(amount)s after a win")
        return words % {"amount": told_cents(later)}
    if not due:
        return _("free")
    words = {"amount": told_cents(sum(due)), "later": told_cents(later)}
    if later:
        return _("%(amount)s, and %(later)s more after another win") % words
    if rules.charge_per == Event.ChargePer.PERSON:
        return _("%(amount)s once") % words
    return _("%(amount)s") % words
