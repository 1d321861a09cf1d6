"""Announce, confirm, withdraw and correct results. The only writer of outcomes.

One person announces: a draft that counts for nothing. Another confirms: it counts.
Announcing over an official category proposes a correction, which counts when it is
confirmed. Guests' obligations follow in the caller's transaction
(guests/results_night.py); nothing else may call the functions that make a result
official.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Category, Event, Nomination, ResultChange, User


class ResultsRefused(Exception):
    """The desk cannot do that; the text says why and what stands."""


class StaleCategory(ResultsRefused):
    """Somebody else changed the category since the page was shown."""


class AlreadyOfficial(ResultsRefused):
    """These very winners are official; there is nothing to announce."""


@dataclass(frozen=True)
class Change:
    """What became official: the nominations whose outcome is now another one.

    `is_repeat`: the same press once more, which did nothing.
    """

    category: Category
    is_correction: bool
    changed_nomination_ids: frozenset[int]
    is_repeat: bool = False


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
    category = _locked(category_id)
    winners = _own(category, winner_ids)
    if category.draft_winners == winners and category.draft_by_id == by.pk:
        return category
    before = _winners(category)
    if category.state == Category.State.OFFICIAL and before == winners:
        raise AlreadyOfficial(_("That is the official result already."))
    _check_version(category, version)
    category.draft_winners = winners
    category.draft_by, category.draft_at = by, at
    if category.state == Category.State.OPEN:
        category.state = Category.State.ANNOUNCED
    _save(category)
    _record(category, ResultChange.Action.ANNOUNCED, by, at, before)
    return category


@transaction.atomic
def withdraw(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> Category:
    """Take a draft back; what was official before it stays so."""
    category = _locked(category_id)
    _check_version(category, version)
    if not category.has_draft:
        return category
    before = _winners(category)
    _drop_draft(category)
    if category.state == Category.State.ANNOUNCED:
        category.state = Category.State.OPEN
    _save(category)
    _record(category, ResultChange.Action.WITHDRAWN, by, at, before)
    return category


def confirm(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> Change:
    """Make the draft count. Needs a transaction: the obligations belong into it.

    Raises ResultsRefused when nothing is announced, or when the same person
    announced it and the event asks for two. The same press once more changes nothing.
    """
    category = _locked(category_id)
    if _confirmed_by_this_press(category, by, version):
        return Change(category, False, frozenset(), is_repeat=True)
    _check_version(category, version)
    if category.draft_winners is None:
        raise ResultsRefused(_("Nothing is announced here; there is no draft."))
    event = category.event
    if event.second_confirmation_required and category.draft_by_id == by.pk:
        raise ResultsRefused(
            _("You announced this one. A second person has to confirm it.")
        )
    return _make_official(category, category.draft_winners, by, at, None)


def record(
    category_id: int, winner_ids: list[int], *, by: User | None, at: datetime
) -> Change:
    """Take over the academy's official list; it outranks any draft.

    Needs a transaction, as `confirm` does.
    """
    category = _locked(category_id)
    winners = _own(category, winner_ids)
    return _make_official(category, winners, by, at, ResultChange.Action.IMPORTED)


def _locked(category_id: int) -> Category:
    category = (
        Category.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event", "draft_by")
        .get(pk=category_id)
    )
    if category.event.status == Event.Status.CANCELLED:
        raise ResultsRefused(_("The event is cancelled."))
    return category


def _check_version(category: Category, version: int | None) -> None:
    if version is not None and category.version != version:
        raise StaleCategory(
            _("Somebody changed this category a moment ago. Look again, then decide.")
        )


def _own(category: Category, winner_ids: list[int]) -> list[int]:
    """The winners in order, once each, all of them nominated here."""
    winners = set(winner_ids)
    if not winners <= set(category.nominations.values_list("pk", flat=True)):
        raise ResultsRefused(_("That nomination is not in this category."))
    return sorted(winners)


def _confirmed_by_this_press(category: Category, by: User, version: int | None) -> bool:
    if category.has_draft or version is None or category.version != version + 1:
        return False
    last = category.changes.first()
    return (
        last is not None
        and last.by_id == by.pk
        and last.action
        in (ResultChange.Action.CONFIRMED, ResultChange.Action.CORRECTED)
    )


def _make_official(
    category: Category,
    winners: list[int],
    by: User | None,
    at: datetime,
    action: ResultChange.Action | None,
) -> Change:
    was_official = category.state == Category.State.OFFICIAL
    before = _winners(category)
    changed = set()
    for nomination in category.nominations.all():
        won = nomination.pk in winners
        outcome = Nomination.Outcome.WON if won else Nomination.Outcome.LOST
        if nomination.outcome != outcome:
            nomination.outcome = outcome
            nomination.save(update_fields=["outcome"])
            changed.add(nomination.pk)
    _drop_draft(category)
    category.state = Category.State.OFFICIAL
    category.official_at = at
    _save(category)
    if action is None:
        action = (
            ResultChange.Action.CORRECTED
            if was_official and changed
            else ResultChange.Action.CONFIRMED
        )
    _record(category, action, by, at, before, winners)
    return Change(category, was_official and bool(changed), frozenset(changed))


def _drop_draft(category: Category) -> None:
    category.draft_winners = category.draft_by = category.draft_at = None


def _save(category: Category) -> None:
    category.version += 1
    category.save(
        update_fields=[
            "state",
            "draft_winners",
            "draft_by",
            "draft_at",
            "official_at",
            "version",
        ]
    )


def _winners(category: Category) -> list[int]:
    won = category.nominations.filter(outcome=Nomination.Outcome.WON)
    return list(won.order_by("pk").values_list("pk", flat=True))


def _record(
    category: Category,
    action: ResultChange.Action,
    by: User | None,
    at: datetime,
    before: list[int],
    after: list[int] | None = None,
) -> None:
    if after is None:
        drafted = category.draft_winners
        after = before if drafted is None else drafted
    ResultChange.objects.create(
        category=category,
        action=action,
        by=by,
        by_name=str(by) if by else _("Import"),
        winners_before=before,
        winners_after=after,
        at=at,
    )
