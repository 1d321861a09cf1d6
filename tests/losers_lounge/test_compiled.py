"""A question that Django writes once gives what the same queryset gives each time."""

from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from guests.models import Guest, Invitation
from losers_lounge.compiled import compiled
from tests.guests.factories import make_guest
from tests.racing import at_the_same_moment


@compiled
def called(event: int, *names: str) -> QuerySet[Guest]:
    rows = Guest.objects.on_the_list().filter(event=event, name__in=names)
    return rows.select_related("invitation__contact").order_by("name")


@compiled
def addresses(event: int) -> QuerySet[Guest]:
    rows = Guest.objects.filter(event=event).order_by("pk")
    return rows.values_list("pk", "invitation__contact__email")


@compiled
def locked(guest: int) -> QuerySet[Guest]:
    return Guest.objects.select_for_update(no_key=True).only("name").filter(pk=guest)


@compiled
def of_guest_or_link(guest: int, public_id: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(Q(guests=guest) | Q(public_id=public_id))


@pytest.mark.django_db
def test_each_asking_is_answered_for_its_own_values(django_assert_num_queries):
    ann, ben = make_guest(name="Ann"), make_guest(name="Ben")
    cat = make_guest(ann.event, "Cat")

    with django_assert_num_queries(4):
        assert called(ann.event_id, "Ann", "Ben") == [ann]
        assert called(ann.event_id, "Cat", "Ann") == [ann, cat]
        assert called(ben.event_id, "Ann", "Ben") == [ben]
        one = called(ann.event_id, "Cat")[0]
        # Of a related row nothing is fetched once more, and nothing mixed up.
        assert one.invitation.contact.pk == cat.invitation.contact_id

    assert of_guest_or_link(ann.pk, "nobody") == [ann.invitation]
    assert of_guest_or_link(0, ben.invitation.public_id) == [ben.invitation]
    emails = [(row.pk, row.invitation.contact.email) for row in (ann, cat)]
    assert addresses(ann.event_id) == emails


@pytest.mark.django_db
def test_rows_are_read_anew_at_each_asking():
    ann = make_guest(name="Ann")
    assert called(ann.event_id, "Ann", "Anna") == [ann]

    Guest.objects.filter(pk=ann.pk).update(name="Anna")
    assert called(ann.event_id, "Ann", "Anna")[0].name == "Anna"
    Guest.objects.filter(pk=ann.pk).update(removed_at=ann.event.starts_at)
    assert called(ann.event_id, "Ann", "Anna") == []


@pytest.mark.django_db
def test_it_is_written_once_however_often_it_is_asked():
    ann = make_guest(name="Ann")
    addresses(ann.event_id)

    with patch.object(SQLCompiler, "as_sql", side_effect=AssertionError):
        assert len(addresses(ann.event_id)) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_fill_in_each_others_blanks():
    guests = [make_guest(name=f"Guest {number}") for number in range(8)]

    def ask(number: int) -> bool:
        mine = guests[number]
        return all(
            called(mine.event_id, mine.name, "Nobody") == [mine] for _ in range(50)
        )

    assert at_the_same_moment(8, ask) == [True] * 8


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_refused_outside_of_a_transaction_at_every_asking():
    ann = make_guest(name="Ann")
    with transaction.atomic():
        assert locked(ann.pk) == [ann]

    with pytest.raises(TransactionManagementError):
        locked(ann.pk)


@pytest.mark.django_db
def test_nothing_is_ever_compared_with_null():
    with pytest.raises(ValueError, match="isnull"):
        called(None, "Ann")


@pytest.mark.django_db
def test_a_number_that_no_row_can_have_is_not_asked_for(django_assert_num_queries):
    """SQLite would refuse to be asked; PostgreSQL would look in vain."""
    with transaction.atomic(), django_assert_num_queries(0):
        assert locked(10**30) == []
