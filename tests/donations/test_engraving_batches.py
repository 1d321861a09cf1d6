"""What went to the engraver is frozen, and no bottle goes twice."""

import csv
import hashlib

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donations.models import EngravingBatch, Reward
from donations.rewards import batches
from tests.conftest import signed_in
from tests.donations.bottles import State, make_bottle, send
from tests.factories import make_event, make_member, make_user
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


@pytest.mark.django_db
def test_a_batch_is_the_same_bytes_for_ever_and_names_no_donor() -> None:
    event = make_event()
    finn = signed_in(make_member(event, "finance"))
    bottles = [make_bottle(event, State.APPROVED) for _number in range(2)]
    Reward.objects.filter(pk=bottles[0].pk).update(engraving="Tina\n=1+1")

    batch = send(*bottles)

    url = f"/donations/{event.slug}/rewards/batches/1.csv"
    first = finn.get(url)
    content = first.getvalue()
    Reward.objects.update(engraving="Somebody else")
    assert finn.get(url).getvalue() == content
    assert hashlib.sha256(content).hexdigest() == batch.sha256
    assert first["Content-Disposition"].endswith('batch-1.csv"')
    assert "no-store" in first["Cache-Control"]
    rows = list(csv.DictReader(content.decode().splitlines()))
    assert [row["bottle"] for row in rows] == [row.public_id for row in bottles]
    assert rows[0]["line 2"] == "'=1+1"
    assert b"@" not in content
    with pytest.raises(batches.NothingToSend):
        send(*bottles)


@pytest.mark.django_db
def test_nobody_sends_what_is_not_approved_or_not_of_this_event() -> None:
    event = make_event()
    approved = make_bottle(event, State.APPROVED)
    for other in (make_bottle(event), make_bottle(state=State.APPROVED)):
        with pytest.raises(batches.NothingToSend):
            send(approved, other)
    approved.refresh_from_db()
    assert (approved.state, approved.batch) == (State.APPROVED, None)


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_to_change_a_batch() -> None:
    batch = send(make_bottle(state=State.APPROVED))
    table = EngravingBatch._meta.db_table
    for statement in (
        f"UPDATE {table} SET body = 'x'",
        f"DELETE FROM {table}",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert EngravingBatch.objects.get().body == batch.body


def race() -> None:
    """Four people send the same bottle at the same moment."""
    bottle = make_bottle(state=State.APPROVED)
    event_id, at = bottle.donation.event_id, timezone.now()
    people = [make_user() for _number in range(4)]

    outcomes = at_the_same_moment(
        4, lambda n: batches.make(event_id, [bottle.pk], by=people[n], at=at)
    )

    made = [row for row in outcomes if isinstance(row, EngravingBatch)]
    refused = [row for row in outcomes if isinstance(row, batches.NothingToSend)]
    assert (len(made), len(refused)) == (1, 3), outcomes
    assert EngravingBatch.objects.filter(event=event_id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_bottle_is_in_one_batch_only() -> None:
    race()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_in_several() -> None:
    seen_to_fail_without_lock(race)
