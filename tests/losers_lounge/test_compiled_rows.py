"""A row written by words that Django wrote once is the row that Django writes."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLInsertCompiler, SQLUpdateCompiler
from django.forms.models import model_to_dict
from django.utils import timezone

from donations.models import LedgerEntry, StripeEvent
from events.models import Message
from losers_lounge.compiled_rows import (
    Changes,
    compiled_update,
    insert,
    insert_all,
    insert_once,
    insert_or_touch,
    save,
)
from tests.factories import make_event

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


def event(name: str, **more: object) -> StripeEvent:
    times = dict.fromkeys(("occurred_at", "received_at", "not_before"), NOON)
    given = {"event_id": name, "type": "t", "livemode": False, "payload": "{}"}
    return StripeEvent(**given | times | more)


def entry(name: str, available_at: datetime) -> LedgerEntry:
    cents = {"gross_cents": 500, "fee_cents": 50, "net_cents": 450}
    times = dict.fromkeys(("occurred_at", "recorded_at"), NOON)
    return LedgerEntry(
        balance_transaction_id=name,
        kind=LedgerEntry.Kind.CHARGE,
        currency="usd",
        available_at=available_at,
        **cents,
        **times,
    )


def letter(**more: object) -> Message:
    given = {"kind": "test", "template": "t", "recipient_email": "a@example.com"}
    context = {"lines": [1, "two"]}
    return Message(event=make_event(), created_at=NOON, context=context, **given | more)


@compiled_update("event_id", "attempts")
def put_off(longest: int, until: datetime) -> Changes:
    rows = StripeEvent.objects.filter(attempts__lte=longest, not_before__lt=until)
    return rows, {"not_before": until, "attempts": F("attempts") + 1}


def test_a_row_stands_as_django_would_have_saved_it():
    ours, theirs = event("evt_1", error="it's"), event("evt_2", error="it's")
    insert(ours)
    theirs.save(force_insert=True)

    ours, theirs = StripeEvent.objects.order_by("pk")
    apart = {"id", "event_id"}
    assert model_to_dict(ours, exclude=apart) == model_to_dict(theirs, exclude=apart)
    assert ours.event_id == "evt_1"
    # It is known to stand: saved once more it is the same row.
    ours.save()
    assert StripeEvent.objects.count() == 2


def test_what_the_database_says_itself_is_part_of_the_words():
    insert(letter(dedupe_key="now", not_before=Now()))
    insert(letter(dedupe_key="noon", not_before=NOON))
    insert(letter(dedupe_key="now, too", not_before=Now()))

    rows = {row.dedupe_key: row for row in Message.objects.all()}
    assert rows["noon"].not_before == NOON
    assert NOON < rows["now"].not_before < rows["now, too"].not_before
    assert rows["now"].context == {"lines": [1, "two"]}


def test_a_key_that_is_there_is_left_as_it_is():
    assert insert_once(event("evt_1", payload="first"))
    again = event("evt_1", payload="second")

    assert not insert_once(again)
    assert again.pk is None
    assert StripeEvent.objects.get().payload == "first"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(event("evt_1"))


def test_or_only_what_may_change_of_it_is_written():
    later = timezone.now()
    for at in (NOON, later):
        row = entry("txn_1", at)
        insert_or_touch(row, ("account", "balance_transaction_id"), ("available_at",))
    assert LedgerEntry.objects.get().available_at == later


def test_what_breaks_a_rule_of_the_table_is_an_error():
    wrong = entry("txn_1", NOON)
    wrong.net_cents = 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_or_touch(wrong, ("account", "balance_transaction_id"), ("available_at",))


def test_several_rows_are_written_as_one_is():
    for names in ([], ["evt_1"], ["evt_2", "evt_3"]):
        rows = insert_all([event(name) for name in names])
        assert [row.event_id for row in rows if row.pk] == names
    assert StripeEvent.objects.count() == 3


def test_only_the_named_columns_are_saved():
    row = event("evt_1")
    insert(row)
    row.state, row.processed_at, row.error = "done", NOON, "not this"
    save(row, "state", "processed_at")

    row.refresh_from_db()
    assert (row.state, row.processed_at, row.error) == ("done", NOON, "")
    row.processed_at = None
    save(row, "processed_at")
    row.refresh_from_db()
    assert row.processed_at is None


def test_a_row_that_is_gone_is_not_saved_in_silence():
    with pytest.raises(DatabaseError, match="did not affect"):
        save(event("evt_1", id=1), "state")


def test_an_update_tells_what_it_found_as_it_stands_now():
    for name, attempts in (("evt_1", 0), ("evt_2", 5)):
        insert(event(name, attempts=attempts))
    later = timezone.now()

    assert put_off(3, later) == [("evt_1", 1)]
    assert put_off(3, later) == []
    assert put_off(9, timezone.now()) in (
        [("evt_1", 2), ("evt_2", 6)],
        [("evt_2", 6), ("evt_1", 2)],
    )
    assert StripeEvent.objects.get(event_id="evt_1").not_before > later


def test_each_is_written_once_however_often_it_is_run():
    row = event("evt_1")
    insert(row)
    save(row, "state")
    put_off(1, NOON)

    broken = AssertionError("written again")
    with (
        patch.object(SQLInsertCompiler, "as_sql", side_effect=broken),
        patch.object(SQLUpdateCompiler, "as_sql", side_effect=broken),
    ):
        second = event("evt_2")
        insert(second)
        save(second, "state")
        put_off(1, NOON)
