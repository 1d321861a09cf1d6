"""The page that says who owes, and why."""

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from guests.models import Obligation
from tests.guests.factories import make_guest

pytestmark = pytest.mark.django_db


def owe(event: Event, name: str) -> Obligation:
    return Obligation.objects.create(
        guest=make_guest(event, name),
        key="person",
        amount_cents=100_000,
        state=Obligation.State.DUE,
        why=f"{name} won something.",
        created_at=timezone.now(),
        due_at=timezone.now(),
    )


def test_hosts_see_each_name_with_its_reason(event: Event, host: Client) -> None:
    owe(event, "Tina Fey")

    page = host.get(f"/events/{event.slug}/obligations/").content.decode()

    assert "Tina Fey won something." in page
    assert "$1,000.00" in page


def test_the_charity_sees_sums_and_no_name(event: Event, finance: Client) -> None:
    owe(event, "Tina Fey")

    assert finance.get(f"/events/{event.slug}/obligations/").status_code == 404
    sums = finance.get(f"/events/{event.slug}/dues/").content.decode()
    assert "$1,000.00" in sums
    assert "Tina" not in sums


def test_the_page_asks_the_database_the_same_for_one_and_for_many(
    event: Event, host: Client, django_assert_max_num_queries: object
) -> None:
    url = f"/events/{event.slug}/obligations/"
    owe(event, "Tina Fey")
    with django_assert_max_num_queries(20) as one:
        host.get(url)
    for number in range(10):
        owe(event, f"Winner {number}")

    with django_assert_max_num_queries(20) as many:
        host.get(url)

    assert len(many) == len(one)
