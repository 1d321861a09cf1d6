"""The page that says who owes, and why."""

import pytest
from django.test import Client
from django.utils import timezone

from donations.models import Reward
from events.models import Event
from guests import house_rules
from guests.models import Obligation
from tests.factories import make_category
from tests.guests.factories import make_guest
from tests.guests.night import make_nominated_guest, pay, win

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


def test_a_winner_who_gave_and_is_exempt_now_is_offered_it_back(
    event: Event, host: Client
) -> None:
    category = make_category(event)
    tina = make_nominated_guest(event, category, name="Tina Fey", tags=["presenter"])
    win(category, tina)
    donation = pay(tina)
    reward = Reward.objects.create(
        donation=donation, engraving="Tina", requested_at=timezone.now()
    )
    event.exempt_tags = ["presenter"]

    house_rules.save(event, ["exempt_tags"], by="Amy", at=timezone.now())

    reward.refresh_from_db()
    assert reward.state == Reward.State.ON_HOLD
    page = host.get(f"/events/{event.slug}/obligations/").content.decode()
    offered = page.partition("Given for a win")[2]
    assert "Tina Fey" in offered
    assert "$1,000.00</td>" in offered
