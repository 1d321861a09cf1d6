"""Pages with rows ask as much of the database for many rows as for few.

Those that a test of their own does not count already.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import activity
from events.models import Event
from guests.models import ImportRun
from tests.factories import make_member, make_user
from tests.guests.assistants import desk_of, make_dana, make_principal, page_for
from tests.guests.factories import ask_for_a_name, make_contact, make_guest
from tests.guests.people import YES, say

AT = datetime(2013, 9, 1, tzinfo=UTC)
FEW, MORE = 2, 12

pytestmark = pytest.mark.django_db


def on_the_team(event: Event) -> None:
    make_member(event, "door", make_user())


def asked_name(event: Event) -> None:
    guest = say(make_guest(event, plus_ones=1), YES, "Bob")
    ask_for_a_name(guest, plus_one=guest.plus_one_guests.get())


def line_of_the_log(event: Event) -> None:
    activity.record(event, make_user(), "opened", "a bottle", at=AT)


def import_of_old(event: Event) -> None:
    ImportRun.objects.create(event=event, kind="guests", by=make_user(), created_at=AT)


def who_needs_something(event: Event) -> None:
    say(make_guest(event, dietary="no nuts", tags=["press"], plus_ones=1), YES, "Bob")


def cost(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("events:team", on_the_team),
        ("guests:names", asked_name),
        ("guests:activity", line_of_the_log),
        ("guests:import", import_of_old),
        ("guests:venue", who_needs_something),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_costs_the_same_for_many_rows(
    host: Client, event: Event, name: str, row: Callable[[Event], None]
) -> None:
    url = reverse(name, args=[event.slug])
    for _ in range(FEW):
        row(event)
    few = cost(host, url)
    for _ in range(MORE):
        row(event)
    assert cost(host, url) == few


def test_passes_of_many_cost_as_those_of_few(event: Event) -> None:
    dana = make_dana(event)
    desk, costs = desk_of(dana), []
    for size in (FEW, MORE):
        for _ in range(size):
            say(make_principal(dana), YES)
        costs.append(cost(desk, page_for(dana, "passes")))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", ["guest_address", "guest_detail"])
def test_a_guest_of_a_busy_agent_costs_as_one_of_a_quiet_one(
    host: Client, event: Event, name: str
) -> None:
    agent = make_contact(event, "Agent")
    guest = make_principal(agent)
    url, costs = reverse(f"guests:{name}", args=[event.slug, guest.pk]), []
    for size in (FEW, MORE):
        for _ in range(size):
            make_principal(agent)
        costs.append(cost(host, url))
    assert costs[0] == costs[1]


def test_looking_for_the_other_row_costs_the_same_for_many(
    host: Client, event: Event
) -> None:
    guest, costs = make_guest(event, "Amy Poehler"), []
    url = reverse("guests:merge_find", args=[event.slug, guest.pk]) + "?q=knope"
    for size in (FEW, MORE):
        for number in range(size):
            make_guest(event, f"Leslie Knope {size} {number}")
        costs.append(cost(host, url))
    assert costs[0] == costs[1]
