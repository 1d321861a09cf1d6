"""What the evening knows of a donation: who came for it, for hosts alone."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests import evidence
from guests.models import Admission, Trophy
from tests.donations.factories import make_donation
from tests.factories import make_category
from tests.guests.night import make_nominated_guest, nomination_of, pay, win

pytestmark = pytest.mark.django_db


def test_a_host_reads_who_came_and_what_was_handed_in(
    event: Event,
    host: Client,
    finance: Client,
    stranger: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    category, now = make_category(event), timezone.now()
    tina = make_nominated_guest(event, category, name="Tina Fey")
    win(category, tina)
    donation = pay(tina)
    Admission.objects.create(
        event=event, guest=tina, action="in", nonce="n", by_name="Dot", at=now
    )
    Trophy.objects.create(
        event=event,
        guest=tina,
        nomination=nomination_of(tina, category),
        tag="007",
        received_at=now,
        received_by_name="Dot",
    )
    url = f"/events/{event.slug}/gifts/{donation.public_id}/evidence/"

    with django_assert_max_num_queries(20):
        page = host.get(url).content.decode()

    for words in ("Tina Fey", "Trophy 007 checked in", "At the door", "Dot"):
        assert words in page
    assert {finance.get(url).status_code, stranger.get(url).status_code} == {404}


def test_a_free_gift_and_another_event_know_of_nobody(
    event: Event, host: Client
) -> None:
    gift, other = make_donation(event), make_donation()
    base = f"/events/{event.slug}/gifts"

    assert evidence.of_donation(event, gift.public_id) == []
    assert evidence.of_donation(event, other.public_id) == []
    assert "A free gift" in host.get(f"{base}/{gift.public_id}/evidence/").text
    assert host.get(f"{base}/{other.public_id}/evidence/").status_code == 404
