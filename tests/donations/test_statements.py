"""The closing statement proves itself from the file alone."""

import csv
import io
import json
import os
import random
import tracemalloc
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations import statements, totals
from donations.models import LedgerEntry, Statement
from donations.statements import labels, paper
from events.models import Event
from tests.donations import books
from tests.donations.factories import make_donation, stray_entry
from tests.factories import make_event

pytestmark = pytest.mark.django_db
# The full size is for whoever wants to wait: LONG_STATEMENT=100000.
LINES = int(os.environ.get("LONG_STATEMENT", "4000"))


@pytest.fixture
def event() -> Event:
    event = make_event(name='The "Losers\' Lounge" — café', currency="usd")
    books.random_book(event, 7)
    return event


def as_json(event: Event) -> str:
    return "".join(statements.as_json(event, timezone.now()))


def as_csv(event: Event) -> str:
    return "".join(statements.as_csv(statements.lines(event)))


def checked(text: str) -> statements.Checked:
    return statements.check(io.StringIO(text, newline=""))


def test_a_statement_says_the_totals_and_checks_without_a_fault(event: Event) -> None:
    text = as_json(event)
    whole = json.loads(text)
    known = totals.by_scope(event, timezone.now())

    found = checked(text)

    assert found.faults == []
    assert found.count == len(whole["entries"]) + len(whole["by_hand"])
    sums = whole["footer"]["totals"]
    for scope, sums_of in (
        ("all", known.whole),
        ("winners_entry", known.admission),
        ("free_gifts", known.gift),
    ):
        for name in ("raised", "refunds", "disputes", "kept", "fees", "net", "other"):
            assert sums[scope][name] == getattr(sums_of, f"{name}_cents"), scope
    assert sums["all"]["paid_out"] == known.paid_out_cents
    assert sums["all"]["covered_fees"] == known.covered_fees_cents
    assert sums["by_hand"]["cents"] == known.whole.manual_cents
    assert sums["by_hand"]["winners_entry"] == known.manual_admission_cents
    assert sums["all"]["entries"] == known.whole.entries
    assert "guest.example" not in text and "Donor" not in text


def test_the_csv_has_the_same_chain_and_checks_alone(event: Event) -> None:
    text = as_csv(event)

    found = checked(text)

    assert found.faults == []
    assert found.head == json.loads(as_json(event))["footer"]["head"]
    *_, stripe, hand, head = csv.DictReader(io.StringIO(text))
    assert (stripe["id"], hand["source"], head["hash"]) == (
        "TOTAL",
        "manual",
        found.head,
    )


@pytest.mark.parametrize("write", [as_json, as_csv])
def test_any_byte_changed_is_found_and_its_line_named(
    event: Event, write: Callable[[Event], str]
) -> None:
    text = write(event)
    chance = random.Random(3)
    places = [n for n in range(len(text)) if text[n] != "\n"]
    for place in chance.sample(places, 150):
        instead = "7" if text[place] != "7" else "8"
        line = text.count("\n", 0, place) + 1
        try:
            found = checked(text[:place] + instead + text[place + 1 :])
        except statements.NotAStatement:
            assert line == 1 or line >= text.count("\n") - 1
            continue
        named = {int(fault.split()[1]) for fault in found.faults}
        # The seal covers the first line and the end, and cannot tell which was changed.
        if any("the seal does not cover" in fault for fault in found.faults):
            named.add(1)
        assert line in named, (line, found.faults)


def test_a_changed_end_is_named_where_it_stands(event: Event) -> None:
    rows = as_csv(event).splitlines(keepends=True)
    for place in range(len(rows) - 3, len(rows)):
        changed = [*rows[:place], f"7{rows[place]}", *rows[place + 1 :]]

        (fault,) = checked("".join(changed)).faults

        assert fault.startswith(f"line {place + 1} "), fault


def test_a_line_left_out_moved_or_added_is_found(event: Event) -> None:
    rows = as_json(event).splitlines(keepends=True)
    gone, twice = rows[:4] + rows[5:], [*rows[:5], *rows[4:]]
    moved = [*rows[:4], rows[5], rows[4], *rows[6:]]

    for line, text in ((5, gone), (6, twice), (5, moved)):
        assert f"line {line} of" in checked("".join(text)).faults[0]


@pytest.mark.parametrize(
    "text", ["", "\n", "{}", "hello", '{"header":{}', '{"header":{},\n', "[" * 100_000]
)
def test_another_file_is_no_statement(text: str) -> None:
    with pytest.raises(statements.NotAStatement):
        checked(text)


def test_a_file_that_was_cut_is_no_statement(event: Event) -> None:
    text = as_json(event)

    with pytest.raises(statements.NotAStatement, match="cut"):
        checked(text[: len(text) // 2])


def test_versions_are_frozen_and_say_what_changed(event: Event) -> None:
    at = timezone.now()
    first = statements.freeze(event.pk, by="Rosa", at=at)
    again = statements.freeze(event.pk, by="Rosa", at=timezone.now())
    donation = make_donation(event, amount_cents=50_000)
    entry = books.entry(donation, "charge", 50_000, 1_480, at)
    second = statements.freeze(event.pk, by="Rosa", at=timezone.now())

    assert first == again
    assert [row.number for row in statements.versions(event)] == [2, 1]
    assert first.sha256 == sha256(first.body.encode()).hexdigest()
    assert checked(first.body).faults == checked(second.body).faults == []
    assert len(list(statements.lines_of(first.body))) == checked(first.body).count
    found = statements.difference(second)
    assert found is not None and statements.difference(first) is None
    assert (found.raised_cents, found.net_cents, found.lines) == (50_000, 48_520, 1)
    assert entry.balance_transaction_id in found.added and not found.gone
    for change in (lambda: first.delete(), lambda: Statement.objects.update(number=9)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_event_without_a_cent_has_a_statement_too() -> None:
    found = checked(as_json(make_event()))

    assert (found.faults, found.count) == ([], 0)
    assert checked(as_csv(make_event())).faults == []


def test_many_lines_cost_no_more_queries_and_no_more_memory(
    event: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = Event.objects.select_related("charity").get(pk=event.pk)
    with django_assert_num_queries(8) as asked:
        few = len(as_json(event))
    donation, at = make_donation(event), timezone.now()
    row = stray_entry(balance_transaction_id="txn_0", kind="charge")
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            source="stripe",
            balance_transaction_id=f"txn_{number + 1}",
            kind="charge",
            currency="usd",
            gross_cents=100,
            fee_cents=3,
            net_cents=97,
            event=event,
            donation=donation,
            occurred_at=at,
            recorded_at=row.recorded_at,
        )
        for number in range(LINES)
    )
    tracemalloc.start()
    with django_assert_num_queries(len(asked)):
        size = sum(map(len, statements.as_json(event, at)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 20 * few
    assert most < 10 * 2**20


def test_a_frozen_version_prints_alike_whatever_becomes_of_its_event(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words, its language and its clock are those of the day it was signed."""
    made = statements.freeze(event.pk, by="Rosa", at=timezone.now())
    rows = list(statements.lines_of(made.body))
    signed = paper.as_pdf(made.printed_in, made.body, rows)

    Event.objects.update(language="es", time_zone="Asia/Tokyo", name="Otra")
    monkeypatch.setattr(labels, "_", lambda text: f"{text}, said anew")
    kept = Statement.objects.get(pk=made.pk).printed_in

    assert paper.as_pdf(kept, made.body, rows) == signed
    assert paper.as_pdf(labels.printing(event), made.body, rows) != signed
    with pytest.raises(DatabaseError), transaction.atomic():
        Statement.objects.update(printed_in=None)
