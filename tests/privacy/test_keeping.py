"""Guests are told how long they are kept, hosts say it, and the clock holds to it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations.forgetting import books_end_at, due_donations, due_payloads
from donations.models import Donation, StripeEvent
from events import forgetting, mail
from events.models import Event, Message
from guests import invitations
from guests.models import Guest
from guests.privacy import evenings, retention
from tests.conftest import signed_in
from tests.donations.factories import make_donation
from tests.events.mails import make_message
from tests.factories import make_event, make_member
from tests.guests.factories import make_guest
from tests.guests.people import browser_of, page_of
from tests.losers_lounge.commands import failure, run

pytestmark = pytest.mark.django_db


def over(days: int, **fields: object) -> Event:
    """An evening that ended so many days ago."""
    doors_at = timezone.now() - timedelta(days=days, hours=6)
    event = make_event(doors_at=doors_at, **fields)
    Event.objects.filter(pk=event.pk).update(created_at=doors_at)
    event.refresh_from_db()
    return event


def url(event: Event, name: str = "forgetting") -> str:
    return reverse(f"guests:{name}", args=[event.slug])


def press(event: Event, typed: str) -> int:
    host = signed_in(make_member(event, "host"))
    return host.post(url(event, "forget_now"), {"name": typed}).status_code


def test_a_guest_reads_why_who_and_until_when() -> None:
    # Where the party is it ends on the same day; by UTC it is tomorrow.
    tomorrow = timezone.now() + timedelta(days=1)
    event = make_event(doors_at=tomorrow.replace(hour=20))
    guest = make_guest(event, "Tina Fey")
    page = browser_of(guest.invitation).get(page_of(guest.invitation)).text
    invitations.send(event.pk, by="Amy", at=timezone.now())
    letter = mail.render(Message.objects.get(event=event)).decode()
    until = event.guests_kept_until.astimezone(event.zone)
    for told in (page, letter.replace("=\n", "").replace("\n", " ")):
        assert "for this evening alone" in told
        assert f"{until:%B} {until.day}, {until.year}" in told
        assert "ask your hosts" in told


@pytest.mark.parametrize(("days", "is_gone"), [(29, False), (44, False), (46, True)])
def test_the_hosts_days_are_kept_to(days: int, is_gone: bool) -> None:
    event = over(days, keep_guests_days=45)
    guest = make_guest(event, "Tina Fey")
    retention.forget_due(timezone.now())
    guest.refresh_from_db()
    assert (guest.name != "Tina Fey") == is_gone
    retention.forget_due(timezone.now())


def test_an_evening_of_long_ago_is_kept_from_the_day_it_was_entered() -> None:
    """The demo's night of 2013 is not forgotten an hour after it began."""
    event = make_event(doors_at=timezone.now() - timedelta(days=4_000))
    guest = make_guest(event, "Tina Fey")
    retention.forget_due(timezone.now())
    guest.refresh_from_db()
    assert guest.name == "Tina Fey"
    assert event.guests_kept_until > timezone.now() + timedelta(days=89)


def test_letters_are_forgotten_after_thirty_days_and_their_states_stay() -> None:
    old, new = make_message(over(31)), make_message(over(31))
    late = timezone.now() - timedelta(days=31)
    Message.objects.filter(pk=old.pk).update(created_at=late, state="failed")
    assert list(forgetting.due_letters(timezone.now())) == [old]
    retention.forget_due(timezone.now())
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.recipient_email, old.recipient_name, old.context) == ("", "", {})
    assert (old.state, bool(old.message_id)) == ("failed", True)
    assert new.recipient_email


def test_what_was_forgotten_is_not_sent_again(event: Event) -> None:
    letter = make_message(event)
    Message.objects.update(state=Message.State.FAILED)
    forgetting.letters(Message.objects.all())
    host = signed_in(make_member(event, "host"))
    host.post(reverse("guests:message_again", args=[event.slug, letter.pk]))
    letter.refresh_from_db()
    assert letter.state == "failed"
    page = host.get(reverse("guests:messages", args=[event.slug]))
    assert page.status_code == HTTPStatus.OK


def test_a_webhooks_body_is_kept_a_month_and_what_is_owed_longer() -> None:
    now = timezone.now()
    rows = {}
    for name, days, state in (("old", 31, "done"), ("new", 29, "done")):
        rows[name] = webhook(name, now - timedelta(days=days), state)
    rows["owed"] = webhook("owed", now - timedelta(days=31), "failed")
    assert list(due_payloads(now)) == [rows["old"]]
    retention.forget_due(now)
    kept = dict(StripeEvent.objects.values_list("event_id", "payload"))
    assert kept == {"old": "", "new": "{}", "owed": "{}"}
    assert set(StripeEvent.objects.values_list("type", flat=True)) == {"charge.updated"}


def webhook(name: str, at: object, state: str) -> StripeEvent:
    times = {"occurred_at": at, "received_at": at, "not_before": at}
    kept = {"type": "charge.updated", "livemode": False, "payload": "{}"}
    return StripeEvent.objects.create(event_id=name, state=state, **kept, **times)


@pytest.mark.parametrize(("days", "is_due"), [(-1, False), (1, True)])
def test_a_donors_name_is_kept_as_long_as_the_law_says(days: int, is_due: bool) -> None:
    paid_at = timezone.now() - timedelta(days=10)
    gift = make_donation(state=Donation.State.PAID, paid_at=paid_at)
    at = books_end_at(gift) + timedelta(days=days)
    assert list(due_donations(at)) == ([gift] if is_due else [])
    Donation.objects.update(state=Donation.State.DISPUTED)
    assert list(due_donations(at)) == [], "not while it is disputed"


def test_a_host_may_forget_everybody_a_month_afterwards_by_typing_the_name() -> None:
    event = over(31)
    make_guest(event, "Tina Fey")
    assert press(event, "another night") == HTTPStatus.UNPROCESSABLE_ENTITY
    assert press(event, event.name) == HTTPStatus.FOUND
    event.refresh_from_db()
    assert event.guests_erased_at
    line = event.activities.get(verb=evenings.VERB)
    assert line.object_name == ""
    retention.forget_due(timezone.now())
    assert not event.guests.filter(name="Tina Fey").exists()
    assert press(event, event.name) == HTTPStatus.FOUND, "twice is once"


def test_before_that_only_an_operator_does() -> None:
    event = over(5)
    make_guest(event, "Tina Fey")
    assert press(event, event.name) == HTTPStatus.CONFLICT
    assert "Say --yes" in run("erase_event", event.slug)[0]
    assert event.guests.filter(name="Tina Fey").exists()
    run("erase_event", event.slug, "--yes")
    assert not event.guests.filter(name="Tina Fey").exists()
    assert "no event" in failure("erase_event", "nowhere")


def test_nobody_is_forgotten_while_money_or_a_statue_needs_them() -> None:
    event = over(100)
    make_guest(event, "Tina Fey")
    make_donation(event, state=Donation.State.PROCESSING)
    assert press(event, event.name) == HTTPStatus.CONFLICT
    assert "Not yet" in failure("erase_event", event.slug, "--yes")
    retention.forget_due(timezone.now())
    assert event.guests.filter(name="Tina Fey").exists()


def test_the_page_says_it_all_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    event = over(31)
    client: Client = signed_in(make_member(event, "host"))
    for name in ("A", "B", "C"):
        make_guest(event, name, answer=Guest.Answer.YES)
    with django_assert_max_num_queries(14):
        page = client.get(url(event)).text
    assert "3 guests are forgotten for good." in page
    assert "Type “Losers Lounge” to confirm" in page
