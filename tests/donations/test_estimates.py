"""What receipts say is the charity's: nobody's words are written over unseen."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.receipts import estimates
from events.models import Charity, Event
from tests.conftest import signed_in
from tests.factories import make_event, make_member, make_user
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def two_evenings() -> list[Event]:
    """Of one charity, which prints the same words for both."""
    first = make_event()
    return [first, make_event(charity=first.charity)]


def words_of(event: Event) -> str:
    return Charity.objects.get(pk=event.charity_id).receipt_wording


@pytest.mark.django_db
def test_words_saved_at_another_evening_of_the_charity_are_shown_first() -> None:
    events = two_evenings()
    clients: list[Client] = [signed_in(make_member(row, "finance")) for row in events]
    pages = [reverse("donations:receipt_values", args=[event.slug]) for event in events]
    drawn = [
        client.get(url).context["form"]["seen"].value()
        for client, url in zip(clients, pages, strict=True)
    ]
    form = {"admission": "0", "bottle": "0", "who": "", "words": "Thank you."}
    saved = clients[0].post(pages[0], form | {"seen": drawn[0]})
    assert saved.status_code == 302
    other = form | {"words": "Merci."}
    answer = clients[1].post(pages[1], other | {"seen": drawn[1]})
    assert answer.status_code == 409
    assert "Thank you." in answer.text
    assert "Merci." in answer.text
    assert words_of(events[0]) == "Thank you."


def two_save_at_once() -> None:
    events = two_evenings()
    by, at = make_user(), timezone.now()
    marks = [estimates.Estimates.of(event).mark for event in events]

    def act(number: int) -> str:
        words = f"Words of {number}"
        who = {"by": by, "at": at, "seen": marks[number]}
        estimates.estimate(
            events[number].pk, estimates.Estimates(0, 0, "", words), **who
        )
        return words

    saved, refused = sorted(at_the_same_moment(2, act), key=lambda one: str(type(one)))
    if isinstance(saved, Exception):
        saved, refused = refused, saved
    assert isinstance(refused, estimates.EstimatedMeanwhile)
    assert words_of(events[0]) == refused.now.words == saved


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_the_second_sees_what_the_first_wrote() -> None:
    two_save_at_once()
    seen_to_fail_without_lock(two_save_at_once, Charity)
