"""The one way in for a change of results: outcomes, obligations and letters follow.

Everything happens in one transaction, so nobody ever sees a winner who owes nothing
or a loser who still does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events import activity, results
from events.models import Category, Event, Nomination, User
from events.outbox import Draft
from guests import letters, obligations
from guests.models import Guest, Obligation


@dataclass(frozen=True)
class Impact:
    """Whom a draft would touch, before anybody presses."""

    new_winners: tuple[Guest, ...]
    no_longer_winners: tuple[Guest, ...]
    paid: tuple[Obligation, ...]
    inside: tuple[Guest, ...]
    trophies_held: int


@transaction.atomic
def confirm(
    category_id: int, *, by: User, at: datetime, version: int | None = None
) -> results.Change:
    """A second person confirms what the first announced. Raises ResultsRefused."""
    change = results.confirm(category_id, by=by, at=at, version=version)
    follow(change, by, at)
    return change


@transaction.atomic
def announce_alone(
    category_id: int, winner_ids: list[int], *, by: User, at: datetime, version: int
) -> results.Change:
    """Announce and confirm at once, where the event has one organiser."""
    results.announce(category_id, winner_ids, by=by, at=at, version=version)
    return confirm(category_id, by=by, at=at)


@transaction.atomic
def record(
    event: Event, winners: dict[int, list[int]], *, by: User | None, at: datetime
) -> int:
    """Take over official results, {category id: winning nomination ids}.

    Returns how many categories changed. Recording the same list again changes none.
    """
    changed = 0
    for category in Category.objects.filter(pk__in=winners).order_by("order", "pk"):
        won = sorted(winners[category.pk])
        is_official = category.state == Category.State.OFFICIAL
        standing = category.nominations.filter(outcome=Nomination.Outcome.WON)
        same = won == sorted(standing.values_list("pk", flat=True))
        if is_official and same and not category.has_draft:
            continue
        follow(results.record(category.pk, won, by=by, at=at), by, at)
        changed += 1
    return changed


def follow(change: results.Change, by: User | None, at: datetime) -> None:
    """Bring obligations and letters up to a change that has just become official."""
    category = change.category
    nominee_ids = list(
        category.nominations.filter(pk__in=change.changed_nomination_ids)
        .values_list("nominees", flat=True)
        .distinct()
    )
    brought = obligations.bring_up_to_date(category.event, at, nominee_ids)
    drafts = letters.wins(brought.fallen_due)
    if change.is_correction:
        drafts += letters.corrections(brought.voided, category)
    letters.post([*drafts, *losses(category.event, nominee_ids)], at)
    verb = _("corrected") if change.is_correction else _("confirmed")
    activity.record(category.event, by or _("Import"), verb, category.name, at=at)


def losses(event: Event, nominee_ids: Iterable[int]) -> list[Draft]:
    """Congratulations for those whose last open category has just gone to others."""
    pending = Nomination.nominees.through.objects.exclude(
        nomination__outcome=Nomination.Outcome.LOST
    )
    undecided_or_winning = pending.filter(nominee_id__in=nominee_ids)
    lost = set(nominee_ids) - set(
        undecided_or_winning.values_list("nominee_id", flat=True)
    )
    guests = Guest.objects.on_the_list().filter(event=event, nominee_id__in=lost)
    return letters.losses(guests.select_related("event", "invitation__contact"))


def impact(category: Category) -> Impact:
    """What confirming this category's draft would do. Reads only."""
    after = set(category.draft_winners or [])
    nominations = list(category.nominations.prefetch_related("nominees"))
    before = {row.pk for row in nominations if row.outcome == Nomination.Outcome.WON}
    new = _guests_of(category, nominations, after - before)
    gone = _guests_of(category, nominations, before - after)
    people = [*new, *gone]
    owed = Obligation.objects.due().with_paid_cents().filter(guest__in=gone)
    return Impact(
        new_winners=tuple(new),
        no_longer_winners=tuple(gone),
        paid=tuple(
            row for row in owed.select_related("guest") if row.paid_cents > 0
        ),
        inside=tuple(
            Guest.objects.filter(
                pk__in=[guest.pk for guest in people],
                admissions__action="in",
                admissions__closed_at=None,
            )
        ),
        trophies_held=sum(
            guest.trophies.filter(released_at=None).count() for guest in gone
        ),
    )


def _guests_of(
    category: Category, nominations: list[Nomination], chosen: set[int]
) -> list[Guest]:
    people = {
        person.pk
        for row in nominations
        if row.pk in chosen
        for person in row.nominees.all()
    }
    return list(
        Guest.objects.on_the_list().filter(
            event_id=category.event_id, nominee_id__in=people
        )
    )
