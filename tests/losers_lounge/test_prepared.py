"""What is asked again and again is planned once for each connection."""

import pytest
from django.db import connection

from events import outbox
from events.models import Event
from losers_lounge.planner import Written

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


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans")
def test_a_plan_that_fits_every_value_reads_the_waiting_mail_alone() -> None:
    sql, params = outbox.due().query.sql_with_params()
    places = sql % tuple(f"${number}" for number in range(1, len(params) + 1))
    values = ", ".join(f"'{value}'" for value in params)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"PREPARE waiting AS {places}")
        cursor.execute(f"EXPLAIN EXECUTE waiting({values})")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE waiting")
    assert "using message_queue" in plan


def test_only_a_word_is_written_into_a_statement() -> None:
    with pytest.raises(ValueError, match="no word"):
        Written("queued' OR 'a'='a").as_sql(None, connection)
