"""What happened to a category, act by act: from which winners to which, in names."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.models import ResultChange
from events.running_order import Row

Action = ResultChange.Action


@dataclass(frozen=True)
class Step:
    """One act in words; `after` is empty where it left the winners as they were."""

    change: ResultChange
    before: str
    after: str


def of(row: Row) -> list[Step]:
    """The whole trail of a category, newest first; one query, however long it is."""
    steps, depth = [], 0
    for change in row.category.changes.order_by("pk"):
        was_official = depth > 0 or change.action == Action.CORRECTED
        before = row.named(change.winners_before) if was_official else _("no result")
        if change.action == Action.UNDONE:
            depth = max(0, depth - 1)
            is_open = not (depth or change.winners_after)
            after = _("no result") if is_open else row.named(change.winners_after)
        elif change.action == Action.WITHDRAWN:
            after = ""
        else:
            after = row.named(change.winners_after)
        depth += change.action in ResultChange.MADE_OFFICIAL
        steps.append(Step(change, before, after))
    return steps[::-1]
