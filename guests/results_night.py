"""The one way in for a change of results: outcomes, obligations and letters follow.

Everything happens in one transaction, so nobody ever sees a winner who owes nothing
or a loser who still does.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity, results
from events.models import Category, Event, Nomination, User
from events.outbox import Draft
from guests import letters, obligations, surplus
from guests.models import Guest
from guests.obligations import Brought

# A guest without a seat is not told to come on in.
MAY_COME = (Guest.Answer.YES, Guest.Answer.WAITING)


@transaction.atomic
def confirm(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> results.Change:
    """A second person confirms what the first announced. Raises ResultsRefused."""
    change = results.confirm(category_id, by=by, at=at, version=version)
    if not change.is_repeat:
        follow(change, by, at)
    return change


@transaction.atomic
def undo(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> results.Change:
    """Take back what has just become official, with what followed from it.

    Whoever was told of a win hears that it is not settled. Raises ResultsRefused,
    after the hold TooLate.
    """
    change = results.undo(category_id, by=by, at=at, version=version)
    if not change.is_repeat:
        follow(change, by, at)
    return change


@transaction.atomic
def announce_alone(
    category_id: int, winner_ids: list[int], *, by: User, at: datetime, version: int
) -> results.Change:
    """Announce and confirm at once, where the event has one organiser."""
    try:
        results.announce(category_id, winner_ids, by=by, at=at, version=version)
    except results.AlreadyOfficial:
        category = Category.objects.get(pk=category_id)
        return results.Change(category, False, frozenset(), is_repeat=True)
    return confirm(category_id, by=by, at=at)


@transaction.atomic
def record(
    event: Event,
    winners: Mapping[int, list[int]],
    *,
    by: User | None,
    at: datetime,
    versions: Mapping[int, int] | None = None,
) -> int:
    """Take over official results, {category id: winning nomination ids}.

    Returns how many categories changed. Recording the same list again changes none.
    Raises StaleCategory when a category is no longer in the version named for it.
    """
    changed, seen = 0, versions or {}
    for category in event.categories.filter(pk__in=winners):
        won = sorted(winners[category.pk])
        is_official = category.state == Category.State.OFFICIAL
        standing = category.nominations.filter(outcome=Nomination.Outcome.WON)
        same = won == sorted(standing.values_list("pk", flat=True))
        if is_official and same and not category.has_draft:
            continue
        version = seen.get(category.pk)
        change = results.record(category.pk, won, by=by, at=at, version=version)
        follow(change, by, at)
        changed += 1
    return changed


def follow(change: results.Change, by: User | None, at: datetime) -> None:
    """Bring obligations and letters up to a change that has just become official."""
    category = change.category
    nominee_ids = set(
        category.nominations.filter(pk__in=change.changed_nomination_ids)
        .exclude(nominees=None)
        .values_list("nominees", flat=True)
    )
    brought = obligations.bring_up_to_date(category.event, at, nominee_ids)
    letters.post(_letters(change, brought, nominee_ids), at)
    touched = (*brought.fallen_due, *brought.voided)
    surplus.bring_up_to_date({row.guest_id for row in touched}, at)
    verb = _verb(change)
    activity.record(
        category.event, by or noop("The imported list"), verb, category.name, at=at
    )


def _verb(change: results.Change) -> str:
    if change.is_undone:
        return noop("undid the result of")
    return noop("corrected") if change.is_correction else noop("confirmed")


def _letters(
    change: results.Change, brought: Brought, nominee_ids: set[int]
) -> list[Draft]:
    category = change.category
    drafts = letters.fresh_wins(brought)
    told = set()
    if change.is_correction or change.is_undone:
        gone = [row for row in brought.voided if row not in brought.repriced]
        drafts += letters.corrections(gone, category)
        told = {row.guest_id for row in gone if row.due_at is not None}
    return drafts + losses(category.event, nominee_ids, told)


def losses(
    event: Event, nominee_ids: Iterable[int], told: Iterable[int] = ()
) -> list[Draft]:
    """Congratulations for those whose last open category has just gone to others.

    `told` are guests who hear of it in another letter.
    """
    ids = set(nominee_ids)
    credits = Nomination.nominees.through.objects.filter(nominee_id__in=ids)
    not_lost = credits.exclude(nomination__outcome=Nomination.Outcome.LOST)
    return letters.losses(
        losers(event, ids - set(not_lost.values_list("nominee_id", flat=True)), told)
    )


def losers(event: Event, nominee_ids: set[int], told: Iterable[int]) -> list[Guest]:
    """The guests among these nominees who may come and have not been told."""
    return list(
        Guest.objects.on_the_list()
        .filter(event=event, nominee_id__in=nominee_ids, answer__in=MAY_COME)
        .exclude(pk__in=told)
        .select_related("invitation__contact", "invitation__event__charity")
        .order_by("pk")
    )
