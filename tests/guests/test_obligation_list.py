"""The page that says who owes, and why."""

from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from donations.models import Reward
from events.models import Event
from guests import house_rules
from guests.models import Obligation
from tests.factories import make_category, make_event
from tests.guests.factories import make_guest
from tests.guests.night import mails, make_nominated_guest, pay, win

pytestmark = pytest.mark.django_db


def owe(event: Event, name: str) -> Obligation:
    return Obligation.objects.create(
        guest=make_guest(event, name),
        key="person",
        amount_cents=100_000,
        state=Obligation.State.DUE,
        written=f"{name} won something.",
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
    offered = page.partition("Given for what is no longer owed")[2]
    assert "Tina Fey" in offered
    assert "$1,000.00" in offered
    assert "Asked" in offered


class TestDecisions:
    def decide(self, client: Client, row: Obligation, **data: str) -> HttpResponse:
        url = f"/events/{row.guest.event.slug}/obligations/{row.pk}/"
        return client.post(url, data, follow=True)

    def test_a_host_waives_with_a_reason_and_takes_it_back(
        self, event: Event, host: Client
    ) -> None:
        row = owe(event, "Tina Fey")

        page = self.decide(host, row, do="waive", reason="She wrote the jokes").text
        assert "Tina Fey is let off." in page
        assert "Ask for it after all" in page
        assert "She wrote the jokes" in page
        row.refresh_from_db()
        assert row.state == Obligation.State.WAIVED

        page = self.decide(host, row, do="take_back").text
        assert "Ask for it after all" not in page
        row.refresh_from_db()
        assert (row.state, row.waived_reason) == (Obligation.State.DUE, "")

    def test_no_reason_is_asked_for_and_nothing_changes(
        self, event: Event, host: Client
    ) -> None:
        row = owe(event, "Tina Fey")

        response = self.decide(host, row, do="waive", reason=" ")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Say briefly why" in response.text
        row.refresh_from_db()
        assert row.state == Obligation.State.DUE

    def test_a_host_goes_on_asking_by_letter(self, event: Event, host: Client) -> None:
        row = owe(event, "Tina Fey")

        page = self.decide(host, row, do="keep").text
        again = self.decide(host, row, do="keep").text

        assert "asked for another week" in page
        assert "Nothing was left to decide" in again
        assert mails(row.guest) == ["settle"]

    def test_a_name_that_ends_in_a_dot_ends_its_sentence_with_that_dot(
        self, event: Event, host: Client
    ) -> None:
        row = owe(event, "Robert Downey Jr.")
        self.decide(host, row, do="keep")
        assert (
            "to decide for Robert Downey Jr.<" in self.decide(host, row, do="keep").text
        )

    def test_what_is_paid_cannot_be_waived(self, event: Event, host: Client) -> None:
        row = owe(event, "Tina Fey")
        pay(row.guest)

        page = self.decide(host, row, do="waive", reason="why").text

        assert "paid already" in page

    def test_nobody_else_decides(self, event: Event, door: Client) -> None:
        row = owe(event, "Tina Fey")
        response = self.decide(door, row, do="waive", reason="why")
        assert response.status_code == HTTPStatus.NOT_FOUND

    def test_another_events_rows_are_not_there(
        self, event: Event, host: Client
    ) -> None:
        row = owe(make_event(), "Tina Fey")
        url = f"/events/{event.slug}/obligations/{row.pk}/"
        assert host.post(url, {"do": "keep"}).status_code == HTTPStatus.NOT_FOUND
