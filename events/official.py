"""The academy's own list of winners, matched to the nominations on file."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from events.models import Event, Nomination
from events.nominations import PlannedNomination
from losers_lounge.names import fold


@dataclass
class OfficialList:
    """Winning nominations by category id, and the lines that match nothing."""

    winners: dict[int, list[int]] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)


def match(event: Event, rows: list[PlannedNomination]) -> OfficialList:
    """Find the nomination each winning row means; writes nothing.

    A row names its category and the work, the people, or both; people decide
    between two nominations for one work.
    """
    on_file = defaultdict(list)
    nominations = Nomination.objects.filter(category__event=event)
    for row in nominations.select_related("category").prefetch_related("nominees"):
        on_file[row.category.name_key].append(row)
    found = OfficialList()
    for row in rows:
        if row.outcome != Nomination.Outcome.WON:
            continue
        category = on_file.get(fold(row.category), [])
        candidates = _candidates(row, category)
        if len(candidates) != 1:
            found.refused.append((row.line, _problem(category, candidates)))
            continue
        won = found.winners.setdefault(candidates[0].category_id, [])
        if candidates[0].pk not in won:
            won.append(candidates[0].pk)
    return found


def _problem(category: list[Nomination], candidates: list[Nomination]) -> str:
    """Why a row names no nomination, or more than one."""
    if not category:
        return _("There is no category of this name.")
    if not candidates:
        return _("No nomination of this category fits.")
    return _("Two nominations fit; name the nominees too.")


def _candidates(row: PlannedNomination, category: list[Nomination]) -> list[Nomination]:
    """The nominations a row may mean; exactly its people go before a larger team."""
    fitting = [there for there in category if _may_be(row, there)]
    exact = [there for there in fitting if _credited(there) == row.people]
    return exact if len(exact) == 1 else fitting


def _may_be(row: PlannedNomination, there: Nomination) -> bool:
    if row.work and fold(row.work) != there.work_key:
        return False
    return row.people <= _credited(there) and bool(row.work or row.people)


def _credited(there: Nomination) -> set[str]:
    return {person.name_key for person in there.nominees.all()}
