"""The desk's acts: announce, take back, confirm, and take over the official list."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Category, ResultChange, User
from events.results import rows
from events.results.refusals import AlreadyOfficial, ResultsRefused
from events.results.rows import Change

Action, State = ResultChange.Action, Category.State


@transaction.atomic
def announce(
    category_id: int,
    winner_ids: list[int],
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Category:
    """Draft the winners of a category; an empty list says that nobody won.

    Raises ResultsRefused for a nomination of another category, AlreadyOfficial, or
    StaleCategory when `version` is no longer the category's. The same press once more
    changes nothing.
    """
    category = rows.locked(category_id)
    winners = rows.own(category, winner_ids)
    if category.draft_winners == winners and category.draft_by_id == by.pk:
        return category
    before = rows.winners(category)
    if category.state == State.OFFICIAL and before == winners:
        raise AlreadyOfficial(_("That is already the official result."))
    rows.check_version(category, version)
    category.draft_winners = winners
    category.draft_by, category.draft_at = by, at
    if category.state == State.OPEN:
        category.state = State.ANNOUNCED
    rows.save(category)
    rows.write_down(category, Action.ANNOUNCED, by, at, before, winners)
    return category


@transaction.atomic
def withdraw(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> Category:
    """Take a draft back; what was official before it stays so.

    The same press once more changes nothing.
    """
    category = rows.locked(category_id)
    if rows.is_repeated(category, by, version, Action.WITHDRAWN):
        return category
    rows.check_version(category, version)
    if not category.has_draft:
        return category
    rows.drop_draft(category)
    if category.state == State.ANNOUNCED:
        category.state = State.OPEN
    rows.save(category)
    rows.write_down(category, Action.WITHDRAWN, by, at, rows.winners(category), None)
    return category


def confirm(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> Change:
    """Make the draft count. Needs a transaction: the obligations belong into it.

    Raises ResultsRefused when nothing is announced, or when the same person
    announced it and the event asks for two. The same press once more changes nothing.
    """
    category = rows.locked(category_id)
    made = (Action.CONFIRMED, Action.CORRECTED)
    if rows.is_repeated(category, by, version, *made):
        return Change(category, False, frozenset(), is_repeat=True)
    rows.check_version(category, version)
    if category.draft_winners is None:
        raise ResultsRefused(_("Nothing is announced here; there is no draft."))
    event = category.event
    if event.second_confirmation_required and category.draft_by_id == by.pk:
        raise ResultsRefused(
            _("You announced this one. A second person has to confirm it.")
        )
    return _make_official(category, category.draft_winners, by, at, None)


def record(
    category_id: int,
    winner_ids: list[int],
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
) -> Change:
    """Take over the academy's official list; it outranks any draft.

    Needs a transaction, as `confirm` does.
    """
    category = rows.locked(category_id)
    rows.check_version(category, version)
    winners = rows.own(category, winner_ids)
    return _make_official(category, winners, by, at, Action.IMPORTED)


def _make_official(
    category: Category,
    winners: list[int],
    by: User | None,
    at: datetime,
    action: Action | None,
) -> Change:
    was_official = category.state == State.OFFICIAL
    before = rows.winners(category)
    changed = rows.set_outcomes(category, winners)
    is_correction = was_official and bool(changed)
    rows.drop_draft(category)
    category.state, category.official_at = State.OFFICIAL, at
    rows.save(category)
    if action is None:
        action = Action.CORRECTED if is_correction else Action.CONFIRMED
    rows.write_down(category, action, by, at, before, winners)
    return Change(category, is_correction, changed)
