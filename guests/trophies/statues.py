"""Each statue that was won, where it is, and what was said of it. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from django.utils.translation import gettext as _

from guests.models import Trophy, TrophyOutcome
from losers_lounge.moments import short_time
from losers_lounge.names import at_end

Outcome = TrophyOutcome.Outcome


@dataclass(frozen=True)
class Statue:
    """One win of one person: their statue, here or not.

    `trophy` is in custody now; `outcome` is the newest thing said of it, if any.
    """

    nomination_id: int
    category: str
    trophy: Trophy | None = None
    outcome: TrophyOutcome | None = None

    @property
    def said(self) -> str:
        """What was recorded of it, where anything still stands."""
        if self.outcome is None or self.outcome.outcome == Outcome.EXPECTED:
            return ""
        return self.outcome.outcome

    @property
    def is_excused(self) -> bool:
        """Whether its winner may come in without it."""
        return self.trophy is None and self.said in TrophyOutcome.EXCUSES

    @property
    def is_missing(self) -> bool:
        """Whether it has to come to the desk first."""
        return self.trophy is None and not self.is_excused

    def sentence(self, zone: tzinfo) -> str:
        """What was said of it, when and by whom; empty where nothing was."""
        if not self.said:
            return ""
        text = {
            Outcome.NO_STATUE: _("No trophy tonight, said at %(time)s by %(name)s."),
            Outcome.LATER: _("The trophy arrives later, said at %(time)s by %(name)s."),
            Outcome.REFUSED: _("Keeps the trophy, said at %(time)s by %(name)s."),
            Outcome.LET_OFF: _("Let off leaving the trophy at %(time)s by %(name)s."),
        }[Outcome(self.said)]
        row = self.outcome
        words = {"time": short_time(row.at, zone), "name": at_end(row.by_name)}
        return f"{text % words} {row.words}".strip()


def of(
    wins: Mapping[int, Sequence[tuple[int, str]]],
    here: Mapping[int, Sequence[Trophy]] | None = None,
) -> dict[int, tuple[Statue, ...]]:
    """The statues of these people: their wins by guest, as nomination and category.

    `here` are those in custody by owner, if they were read already. At most two
    queries, however many people; none where nobody has won.
    """
    people = [guest_id for guest_id, won in wins.items() if won]
    if not people:
        return {}
    here, said = _here(people) if here is None else here, newest(people)
    return {
        guest_id: tuple(
            Statue(pk, category, trophy, said.get((guest_id, pk)))
            for (pk, category), trophy in _matched(
                wins[guest_id], here.get(guest_id, ())
            )
        )
        for guest_id in people
    }


def _here(guest_ids: Sequence[int]) -> dict[int, list[Trophy]]:
    found = defaultdict(list)
    for row in Trophy.objects.filter(guest__in=guest_ids, released_at=None):
        found[row.guest_id].append(row)
    return found


def _matched(
    won: Sequence[tuple[int, str]], here: Sequence[Trophy]
) -> Iterator[tuple[tuple[int, str], Trophy | None]]:
    """Each win with its statue; one whose entry is gone stands for any of them."""
    named = {row.nomination_id: row for row in here}
    loose = (row for row in here if row.nomination_id is None)
    for win in won:
        yield win, named.get(win[0]) or next(loose, None)


def newest(guest_ids: Iterable[int]) -> dict[tuple[int, int], TrophyOutcome]:
    """What stands of all that was said, by owner and win."""
    found = {}
    for row in TrophyOutcome.objects.filter(guest__in=guest_ids).order_by("at", "pk"):
        found[row.guest_id, row.nomination_id] = row
    return found
