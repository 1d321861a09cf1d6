"""What is asked again and again is planned once for each connection."""

import pytest
from django.db import connection

from events.models import Event

# A question that nobody else asks.
SLUG, OWN_WORDS = "planned-once", '"offer_hours" > $'
ASKED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
OFTEN = 8


def prepared(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [f"%{text}%"])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans")
def test_what_is_asked_often_is_planned_once_and_holds_no_values() -> None:
    question = Event.objects.filter(slug=SLUG, offer_hours__gt=1, pk__gt=0)
    assert not question.exists()
    assert prepared(OWN_WORDS) == 0
    for _ in range(OFTEN):
        assert not question.exists()
    assert prepared(OWN_WORDS) == 1
    assert prepared(SLUG) == 0


@pytest.mark.django_db
def test_more_values_than_the_protocol_counts_are_asked_for_all_the_same() -> None:
    keys = list(range(70_000 if connection.vendor == "postgresql" else 900))
    assert not Event.objects.filter(pk__in=keys, slug="100% none").exists()
