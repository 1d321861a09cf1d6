"""A category's rows under its lock: read, compared, written in bulk, written down."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events.models import Category, Event, Nomination, ResultChange, User
from events.results.refusals import ResultsRefused, StaleCategory

Action, Outcome = ResultChange.Action, Nomination.Outcome


@dataclass(frozen=True)
class Change:
    """What became official, or ceased to be: nominations whose outcome is another one.

    `is_repeat`: the same press once more, which did nothing. `is_undone`: the
    category stands again as it stood before its last confirmation.
    """

    category: Category
    is_correction: bool
    changed_nomination_ids: frozenset[int]
    is_repeat: bool = False
    is_undone: bool = False


def locked(category_id: int) -> Category:
    """The category with its event, held until the transaction ends."""
    category = (
        Category.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event", "draft_by")
        .get(pk=category_id)
    )
    if category.event.status == Event.Status.CANCELLED:
        raise ResultsRefused(_("The event is canceled."))
    return category


def check_version(category: Category, version: int | None) -> None:
    """Raise StaleCategory unless the page had shown the category as it is."""
    if version is not None and category.version != version:
        raise StaleCategory(
            _("Somebody changed this category a moment ago. Look again, then decide.")
        )


def own(category: Category, winner_ids: Collection[int]) -> list[int]:
    """The winners in order, once each, all of them nominated here."""
    winners = set(winner_ids)
    if not winners <= set(category.nominations.values_list("pk", flat=True)):
        raise ResultsRefused(_("That nomination is not in this category."))
    return sorted(winners)


def is_repeated(
    category: Category, by: User, version: int | None, *actions: Action
) -> bool:
    """Whether this very press, by this person on that page, has been done already."""
    if version is None or category.version != version + 1:
        return False
    last = category.changes.order_by("pk").last()
    return last is not None and last.by_id == by.pk and last.action in actions


def winners(category: Category) -> list[int]:
    won = category.nominations.filter(outcome=Outcome.WON)
    return list(won.order_by("pk").values_list("pk", flat=True))


def set_outcomes(
    category: Category, won: Collection[int], others: str = Outcome.LOST
) -> frozenset[int]:
    """Write who has won and what the others have; ids of those that changed.

    As many statements for five thousand nominations as for five.
    """
    ours = category.nominations.all()
    winning = ours.filter(pk__in=won)
    return _set(winning, Outcome.WON) | _set(ours.exclude(pk__in=won), others)


def _set(nominations: QuerySet[Nomination], outcome: str) -> frozenset[int]:
    other = nominations.exclude(outcome=outcome)
    changed = frozenset(other.values_list("pk", flat=True))
    if changed:
        other.update(outcome=outcome)
    return changed


def drop_draft(category: Category) -> None:
    category.draft_winners = category.draft_by = category.draft_at = None


def save(category: Category) -> None:
    """Write state, draft and time; the version says that it is another one now."""
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


def write_down(
    category: Category,
    action: Action,
    by: User | None,
    at: datetime,
    before: list[int],
    after: list[int] | None,
) -> None:
    """One line of the category's trail, from which winners to which."""
    ResultChange.objects.create(
        category=category,
        action=action,
        by=by,
        by_name=str(by) if by else noop("The imported list"),
        winners_before=before,
        winners_after=before if after is None else after,
        at=at,
    )
