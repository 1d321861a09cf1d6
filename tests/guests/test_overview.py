"""The overview's figures, what wants a host's eye, and the log's own page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from events import activity
from events.models import Activity, Event, Message
from guests.models import Guest, LinkUse
from tests.events.mails import make_message
from tests.factories import make_category, make_member
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT

pytestmark = pytest.mark.django_db


def page(client: Client, event: Event, name: str = "overview", **query: str) -> str:
    url = reverse(f"guests:{name}", args=[event.slug])
    response = client.get(url, query)
    return response.getvalue().decode() if response.streaming else response.text


def leak(event: Event) -> Guest:
    guest = make_guest(event)
    LinkUse.objects.bulk_create(
        LinkUse(
            invitation=guest.invitation,
            device=f"browser{number}",
            link_version=1,
            first_at=AT,
            last_at=AT,
        )
        for number in range(4)
    )
    return guest


def test_a_host_sees_the_link_that_is_used_in_a_fourth_browser(
    event: Event, host: Client
) -> None:
    assert "Needs your attention" not in page(host, event)
    guest = leak(event)
    told = page(host, event)
    assert f"{guest.name}</a>: the link was used from 4 browsers" in told


def test_mail_that_came_back_leads_to_itself(event: Event, host: Client) -> None:
    for _ in range(2):
        make_message(event)
    Message.objects.update(state=Message.State.BOUNCED)
    told = page(host, event)
    assert "?state=bounced#letters" in told
    assert "2 letters: Came back" in told


def test_money_says_what_it_counts_and_only_to_hosts(
    event: Event, host: Client, door: Client
) -> None:
    told = page(host, event)
    assert "payments through Stripe, less what went back, before fees" in told
    assert "As of" in told
    assert "Raised" not in page(door, event)


def test_a_quiet_evening_says_so(event: Event, host: Client, door: Client) -> None:
    assert "All quiet: nothing waits for you." in page(host, event)
    nowhere = make_invitation(event, make_contact(event, "Bob", email=""))
    make_guest(event, invitation=nowhere)
    told = page(host, event)
    assert "1 guest has no address" in told and "All quiet" not in told
    assert "no address" not in page(door, event)


def steps(client: Client, event: Event) -> dict[str, str]:
    """How each step before the night stands, as the page was given it."""
    url = reverse("guests:overview", args=[event.slug])
    shown = client.get(url).context["steps"].before
    return {step.title: step.state for step in shown}


def test_a_new_host_is_led_to_a_letter_to_oneself_before_one_to_everybody(
    event: Event, host: Client
) -> None:
    Event.objects.filter(pk=event.pk).update(status=Event.Status.DRAFT)
    begun = steps(host, event)
    assert list(begun.values()) == ["done", "current"] + ["todo"] * 5
    make_category(event)
    make_guest(event)
    make_member(event, "results")
    assert steps(host, event)["Send yourself a test invitation"] == "current"
    make_message(event, kind="test")
    assert steps(host, event)["Open the event"] == "current"
    Event.objects.filter(pk=event.pk).update(status=Event.Status.OPEN)
    assert steps(host, event)["Send the invitations"] == "current"
    event.invitations.update(invited_at=AT)
    assert set(steps(host, event).values()) == {"done"}


def test_whoever_is_no_host_is_shown_to_their_room(event: Event, door: Client) -> None:
    told = page(door, event)
    assert "To the door" in told and "Before the night" not in told


def test_the_overview_costs_the_same_for_a_crowd(
    event: Event, host: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        leak(event)
    with django_assert_max_num_queries(20):
        page(host, event)


def test_the_door_says_one_in_one_out_when_the_house_is_full(
    event: Event, door: Client
) -> None:
    guests = [make_guest(event, answer="yes") for _ in range(2)]
    Event.objects.filter(pk=event.pk).update(capacity=2)
    for number, guest in enumerate(guests):
        assert "one in, one out" not in page(door, event, "door")
        guest.admissions.create(
            event=event, action="in", nonce=f"n{number}", colour="green", at=AT
        )
    assert "one in, one out" in page(door, event, "door")


def lines(event: Event, number: int, who: str = "Amy") -> None:
    for minute in range(number):
        at = AT + timedelta(minutes=minute)
        activity.record(event, who, "opened", f"bottle {minute}", at=at)


def test_the_log_is_walked_by_key(event: Event, host: Client) -> None:
    lines(event, 120)
    url, seen = reverse("guests:activity", args=[event.slug]), []
    query = ""
    while True:
        response = host.get(url + query)
        seen += [line.object_name for line in response.context["activities"]]
        query = response.context["next_url"]
        if not query:
            break
    assert seen == [f"bottle {number}" for number in reversed(range(120))]


def test_the_log_is_narrowed_by_person_and_by_words(event: Event, host: Client) -> None:
    lines(event, 3), lines(event, 1, who="Dana for Ann")
    assert page(host, event, "activity", who="dana").count("opened") == 1
    assert page(host, event, "activity", q="bottle 2").count("opened") == 1
    told = page(host, event, "activity", who="nobody")
    assert "Nothing like that happened" in told


def test_the_file_of_the_log_runs_no_formula(event: Event, host: Client) -> None:
    activity.record(event, "=HYPERLINK(1)", "opened", "+the bar", at=AT)
    file = page(host, event, "activity_csv")
    assert "'=HYPERLINK(1)" in file and "'+the bar" in file
    assert AT.astimezone(event.zone).isoformat(timespec="seconds") in file


def test_the_log_of_another_event_is_not_there(
    event: Event, host: Client, stranger: Client
) -> None:
    other = make_guest().event
    lines(other, 1)
    last = Activity.objects.get()
    assert "bottle" not in page(host, event, "activity", after=str(last.pk))
    for name in ("activity", "activity_csv"):
        url = reverse(f"guests:{name}", args=[event.slug])
        assert stranger.get(url).status_code == 404
