"""Brakes on payment pages: by person, by network, and all together."""

from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from donations import card_testing
from donations.card_testing import Press
from events.models import Activity, Event
from tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_counted() -> None:
    cache.clear()


def open_pages(event: Event, most: int, **fields: object) -> int:
    """How many pages such presses get before the brake is on."""
    for number in range(most):
        press = Press(**{"who": [f"guest:{number}"], "is_gift": True} | fields)
        if card_testing.refuses(press):
            return number
        card_testing.count(press, event, at=timezone.now())
    return most


def test_one_person_gets_five_pages_an_hour() -> None:
    event = make_event()
    assert open_pages(event, 20, who=["guest:1"], is_gift=False) == 5
    assert open_pages(event, 20, who=["guest:2"]) == 5
    assert open_pages(event, 20, who=["guest:3", "guest:1"]) == 0


def test_one_network_gets_ten_pages_of_gifts_and_a_venue_as_many_as_it_owes() -> None:
    event = make_event()
    assert open_pages(event, 30, is_gift=False, network="198.51.100.7") == 30
    assert open_pages(event, 30, network="198.51.100.7") == 10
    assert open_pages(event, 3, network="198.51.100.8") == 3


def test_too_many_gifts_close_gifts_for_all_and_are_told_once() -> None:
    event, most = make_event(), card_testing.ALL_GIFTS.most
    assert not card_testing.gifts_are_closed()
    assert open_pages(event, most + 5) == most
    assert card_testing.gifts_are_closed()
    told = Activity.objects.filter(event=event, verb__contains="closed free gifts")
    assert told.count() == 1
    owed = Press(who=["guest:9999"], is_gift=False)
    assert not card_testing.refuses(owed), "what is owed can still be paid"


@pytest.mark.parametrize("is_signed", [True, False])
def test_while_nothing_can_be_counted_only_a_signed_link_opens_a_page(
    is_signed: bool,
) -> None:
    press = Press(who=["guest:1"], is_gift=True, is_signed=is_signed)
    with patch.object(cache, "get", side_effect=DatabaseError):
        assert card_testing.refuses(press) is not is_signed
        card_testing.count(press, make_event(), at=timezone.now())
