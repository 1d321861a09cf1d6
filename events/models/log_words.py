"""A line of the log is kept in English, and told in its reader's language.

Names, and what people typed, stay as they are.
"""

import re

from losers_lounge.stored import told

# Which parts of the object are labels of ours, by how the verb begins: those before a
# colon, those after the first comma, or each one.
BEFORE, AFTER, EACH = "before", "after", "each"
LABELS = {
    "put on the team": AFTER,
    "took off the team": AFTER,
    "changed a role": AFTER,
    "noted of a statue": AFTER,
    "granted a waiver": AFTER,
    "admitted a walk-in": AFTER,
    "refused a waiver": AFTER,
    "refused a walk-in": AFTER,
    "planned a mailing": BEFORE,
    "canceled a mailing": BEFORE,
    "tried a letter": BEFORE,
    "sent ": BEFORE,
    "changed settings": EACH,
    "changed ": BEFORE,
    "undid a change": BEFORE,
    "froze": BEFORE,
    "was kept out of a room": EACH,
}
MARKS = re.compile(r"(, | → |: )")


def thing(verb: str, said: str) -> str:
    """What something was done to, whose labels are ours."""
    whole = told(said)
    how = next((LABELS[one] for one in LABELS if verb.startswith(one)), None)
    return _parts(said, how) if how and whole == said else whole


def _parts(said: str, how: str) -> str:
    pieces = MARKS.split(said)
    is_ours = {
        EACH: lambda number: True,
        BEFORE: lambda number: number == 0,
        AFTER: lambda number: number > 0,
    }[how]
    return "".join(
        piece if number % 2 or not is_ours(number) else told(piece)
        for number, piece in enumerate(pieces)
    )
