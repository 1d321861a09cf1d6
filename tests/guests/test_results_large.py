"""A ceremony of thousands: a correction in one transaction, in as many queries as ten.

RESULTS_NOMINEES=5000 plays the large one; it prints what it took.
"""

import os
import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import results
from events.models import Category, Event, Message, Nomination
from guests import impact, results_night
from guests.models import Guest, Obligation
from losers_lounge.demo import seeding
from losers_lounge.demo.seeding import Size
from tests.factories import make_user

MANY = int(os.environ.get("RESULTS_NOMINEES", "120"))
FEW = 20

pytestmark = pytest.mark.django_db


def one_category(slug: str, nominees: int) -> tuple[Event, Category, list[int]]:
    """Everybody is nominated in one category, half of them on one team's entry."""
    event = seeding.seed(slug, Size(nominees, nominees, 80), timezone.now())
    event.invitations.update(invited_at=timezone.now())
    category = event.categories.order_by("pk").first()
    Nomination.objects.filter(category__event=event).update(category=category)
    event.categories.exclude(pk=category.pk).delete()
    entries = list(category.nominations.order_by("pk").values_list("pk", flat=True))
    team = entries[: nominees // 2]
    credit = Nomination.nominees.through.objects
    credit.filter(nomination__in=team).update(nomination=team[0])
    Nomination.objects.filter(pk__in=team[1:]).delete()
    return event, category, [team[0], *entries[nominees // 2 :]]


def decide(category: Category, winners: list[int]) -> int:
    """Two people make these official; how many queries the second one's press took."""
    results.announce(category.pk, winners, by=make_user(), at=timezone.now())
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        results_night.confirm(category.pk, by=make_user(), at=timezone.now())
    return len(asked)


def asked_by(slug: str, nominees: int) -> dict[str, int]:
    """Queries of a first result, of its correction, of the sheet, of the undo."""
    event, category, (team, *others) = one_category(slug, nominees)
    counts = {"first": decide(category, [team])}
    due = Obligation.objects.due().filter(guest__event=event)
    assert due.count() == nominees // 2
    category.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        sheet = impact.of(category, others)
    counts["sheet"] = len(asked)
    assert len(sheet.new_winners) == nominees - nominees // 2
    began = time.perf_counter()
    counts["correction"] = decide(category, others)
    took = time.perf_counter() - began
    assert due.count() == nominees - nominees // 2
    told = Guest.objects.filter(event=event).exclude(answer="no")
    assert Message.objects.filter(event=event).count() >= told.count()
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        results_night.undo(category.pk, by=make_user(), at=timezone.now())
    counts["undo"] = len(asked)
    assert due.count() == nominees // 2
    print(f"{nominees} nominees: correction in {took:.2f} s, queries {counts}")
    return counts


def test_a_correction_for_many_takes_as_many_queries_as_for_few() -> None:
    assert asked_by("few", FEW) == asked_by("many", MANY)
