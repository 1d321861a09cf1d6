"""An upload in two steps: look first, then exactly the rows that were shown.

A small file is written at once; a large one in parts, each in a transaction of its
own that counts itself done, so that a worker may die at any moment.
"""

from guests.imports.applying import (
    PlanChanged,
    begin,
    carry_on,
    carry_on_all,
    finish,
    ring,
)
from guests.imports.digests import offer_digests, shared_contacts
from guests.imports.labels import LABELS
from guests.imports.parts import cells_of, written
from guests.imports.reviewing import Pair, choose, pairs
from guests.imports.runs import (
    Summary,
    columns_of,
    discard,
    done,
    is_enough,
    look,
    map_columns,
    needs_mapping,
    refused,
    required_of,
    shown,
    start,
)
from guests.imports.undoing import Undone, can_be_undone, told, undo

__all__ = [
    "LABELS",
    "Pair",
    "PlanChanged",
    "Summary",
    "Undone",
    "begin",
    "can_be_undone",
    "carry_on",
    "carry_on_all",
    "cells_of",
    "choose",
    "columns_of",
    "discard",
    "done",
    "finish",
    "is_enough",
    "look",
    "map_columns",
    "needs_mapping",
    "offer_digests",
    "pairs",
    "refused",
    "required_of",
    "ring",
    "shared_contacts",
    "shown",
    "start",
    "told",
    "undo",
    "written",
]
