"""Undo what has just become official: the category stands as it stood before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from events.models import Category, Event, Nomination, ResultChange, User
from events.results import rows
from events.results.refusals import ResultsRefused, TooLate
from events.results.rows import Change

Action, State = ResultChange.Action, Category.State


@dataclass(frozen=True)
class Standing:
    """A change that made the category official, and the draft that it took up."""

    change: ResultChange
    draft: ResultChange | None


def is_held(category: Category, event: Event, at: datetime) -> bool:
    """Whether what is official here may still be undone by one press."""
    if category.state != State.OFFICIAL or category.official_at is None:
        return False
    return at < category.official_at + timedelta(minutes=event.hold_minutes)


def undo(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> Change:
    """Put the category back as it stood before its last confirmation.

    A correction gives the earlier winners back, a first result opens the category
    again, and the draft that was confirmed waits once more. Needs a transaction: the
    obligations belong into it. Raises TooLate after the hold, ResultsRefused while a
    correction is proposed. The same press once more changes nothing.
    """
    category = rows.locked(category_id)
    if rows.is_repeated(category, by, version, Action.UNDONE):
        return Change(category, False, frozenset(), is_repeat=True, is_undone=True)
    rows.check_version(category, version)
    if category.state != State.OFFICIAL:
        raise TooLate(_("Nothing is official here; there is nothing to undo."))
    if category.has_draft:
        raise ResultsRefused(_("A correction is proposed: take that back first."))
    standing = _standing(category)
    if not standing or not is_held(category, category.event, at):
        raise TooLate(_("It is too late to undo this. Correct it instead."))
    return _put_back(category, standing, by, at)


def _put_back(
    category: Category, standing: list[Standing], by: User, at: datetime
) -> Change:
    last, earlier = standing[-1], standing[:-1]
    before, after = rows.winners(category), last.change.winners_before
    was_official = bool(earlier) or last.change.action == Action.CORRECTED
    others = Nomination.Outcome.LOST if was_official else Nomination.Outcome.PENDING
    changed = rows.set_outcomes(category, after, others)
    if last.draft is not None:
        category.draft_winners = last.draft.winners_after
        category.draft_by, category.draft_at = last.draft.by, last.draft.at
    if earlier:
        category.official_at = earlier[-1].change.at
    elif not was_official:
        category.state = State.ANNOUNCED if last.draft is not None else State.OPEN
        category.official_at = None
    rows.save(category)
    rows.write_down(category, Action.UNDONE, by, at, before, after)
    return Change(category, was_official, changed, is_undone=True)


def _standing(category: Category) -> list[Standing]:
    """What made the category official, oldest first, without what was undone."""
    found: list[Standing] = []
    draft: ResultChange | None = None
    for change in category.changes.select_related("by").order_by("pk"):
        if change.action == Action.ANNOUNCED:
            draft = change
        elif change.action == Action.WITHDRAWN:
            draft = None
        elif change.action in ResultChange.MADE_OFFICIAL:
            found.append(Standing(change, _waited(draft, change)))
            draft = None
        elif found:
            draft = found.pop().draft
    return found


def _waited(draft: ResultChange | None, change: ResultChange) -> ResultChange | None:
    """The draft, unless one organiser announced and confirmed it in a single press."""
    is_one_press = draft and (draft.by_id, draft.at) == (change.by_id, change.at)
    return None if is_one_press else draft
