"""Letters about a statue in custody: it is here, somebody fetches it, it stays."""

from collections.abc import Sequence
from datetime import timedelta

from events import letter_texts
from events.letter_texts import Words
from events.outbox import Draft
from guests.letters.drafts import OUR_WORDS, clock, draft, moment
from guests.models import HandOver, Trophy

# What the code of a proxy is made for.
STATUE_CODE = "statue_code"
CODE_LASTS = timedelta(minutes=30)


def statue_in(trophy: Trophy, words: Words | None = None) -> Draft:
    """Your statue is in custody under this tag, and this is how you get it back."""
    key = f"statue_in:{trophy.pk}"
    at = clock(trophy.event, trophy.received_at)
    return _about(trophy, "statue_in", key, words, at=at)


def statue_code(
    row: HandOver, trophy: Trophy, lookup: str, words: Words | None = None
) -> Draft:
    """Somebody stands at the desk in your name: tell them this code, or do not."""
    return _about(
        trophy,
        STATUE_CODE,
        f"statue_code:{row.pk}",
        words,
        to=row.to,
        until=clock(trophy.event, row.code_until),
        code={"code": [STATUE_CODE, lookup]},
    )


def statues_in_safe(trophies: Sequence[Trophy]) -> list[Draft]:
    """A receipt for each statue that stays overnight; all are of one event."""
    if not trophies:
        return []
    words = letter_texts.of(trophies[0].event, "statue_safe")
    return [statue_safe(trophy, words) for trophy in trophies]


def statue_safe(trophy: Trophy, words: Words = OUR_WORDS) -> Draft:
    key = f"statue_safe:{trophy.pk}"
    at = moment(trophy.event, trophy.safe_at)
    return _about(trophy, "statue_safe", key, words, at=at)


def _about(
    trophy: Trophy, kind: str, key: str, words: Words | None, **values: object
) -> Draft:
    """About one statue, to its owner; `words` stand in for the host's own."""
    row = trophy.guest.invitation
    won = trophy.nomination
    return draft(
        row,
        trophy.guest,
        kind,
        key,
        words=letter_texts.of(row.event, kind) if words is None else words,
        statue={
            "tag": trophy.tag,
            "category": won.category.name if won is not None else "",
            "inscription": trophy.inscription,
        },
        **values,
    )
