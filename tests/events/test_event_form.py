"""An event in one form: wall-clock times, money as people type it, house rules."""

from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events import creation
from events.forms import NewEventForm
from events.forms.fields import DollarsField
from events.models import Charity, Event, Member
from tests.conftest import signed_in
from tests.factories import make_event, make_member, make_user
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db

NEW = reverse("events:event_new")
TYPED = {
    "name": "Losers Lounge",
    "hosted_by": "Amy Poehler and Jon Hamm",
    "welcome": "Lose with us.",
    "venue": "Soho House",
    "address": "9200 Sunset Boulevard",
    "time_zone": "America/Los_Angeles",
    "doors_at": "2013-09-22T20:30",
    "starts_at": "2013-09-22T17:00",
    "ends_at": "2013-09-23T01:30",
    "rsvp_deadline_at": "",
    "capacity": "180",
    "winner_amount_cents": "$1,000.00",
    "charge_per": "person",
    "cap_cents": "",
    "exempt_tags": "presenter, host",
    "second_confirmation_required": "on",
    "charity_name": "Worldwide Orphans Foundation",
    "charity_ein": "13-3943874",
    "charity_address": "511 Valley Street",
}


def create(client: Client, **fields: str) -> HttpResponse:
    return client.post(NEW, TYPED | fields)


def errors_of(**fields: str) -> dict[str, list[str]]:
    form = NewEventForm(TYPED | fields)
    own = [name for name in form.errors if name in form.fields]
    return form.errors | {name: form[name].errors for name in own}


@pytest.fixture
def client(db: None) -> Client:
    """Somebody with an account and no event."""
    member = make_member()
    client = signed_in(member)
    member.event.delete()
    return client


def test_an_event_is_made_with_its_zone_charity_and_rules(client: Client) -> None:
    response = create(client)
    event = Event.objects.get()
    assert response["Location"] == event.get_absolute_url()
    assert event.doors_at == datetime(2013, 9, 23, 3, 30, tzinfo=UTC)
    assert event.charity.legal_name == "Worldwide Orphans Foundation"
    assert event.winner_amount_cents == 100_000
    assert event.exempt_tags == ["presenter", "host"]
    assert event.slug == "losers-lounge"
    assert event.status == Event.Status.OPEN


def test_who_makes_it_runs_every_desk(client: Client) -> None:
    create(client)
    roles = Member.objects.filter(user=client.user).values_list("role", flat=True)
    assert set(roles) == set(Member.Role.values)


def test_whoever_makes_it_is_named_as_its_host_until_they_type_others(
    client: Client,
) -> None:
    form = client.get(NEW).context["form"]
    assert form["hosted_by"].value() == client.user.name
    create(client, hosted_by="Amy Poehler and Jon Hamm")
    assert Event.objects.get().hosted_by == "Amy Poehler and Jon Hamm"


def test_nobody_makes_an_event_in_another_hosts_name(client: Client) -> None:
    other = make_user()
    create(client, user=str(other.pk), slug="mine", charity="1", currency="jpy")
    event = Event.objects.get()
    assert (event.slug, event.currency) == ("losers-lounge", "usd")
    assert not other.memberships.exists()


@pytest.mark.parametrize("field", ["doors_at", "starts_at", "rsvp_deadline_at"])
def test_an_hour_the_clocks_skip_is_refused(field: str) -> None:
    gap = {field: "2026-03-08T02:30", "ends_at": "2026-03-08T06:00"}
    later = {"doors_at": "2026-03-08T03:00", "starts_at": "2026-03-08T03:00"}
    errors = errors_of(**later | gap)
    assert "The clocks skip this hour" in errors[field][0]


def test_an_hour_that_comes_twice_is_its_first(client: Client) -> None:
    create(
        client,
        doors_at="2025-11-02T01:30",
        starts_at="2025-11-02T01:30",
        ends_at="2025-11-02T06:00",
    )
    assert Event.objects.get().doors_at == datetime(2025, 11, 2, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "2013-02-30T20:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "2013-09-22T25:00",
        "2013-09-22T20:30+02:00",
        "2013-09-22T20:30Z",
        "20:30",
        "x" * 10_000,
        "2013-09-22T20:3０",
        "2013-09-22T20:30\0",
    ],
    ids=range(11),
)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_a_time_that_is_none_is_told_at_its_field(typed: str, zone: str) -> None:
    errors = errors_of(time_zone=zone, doors_at=typed)
    assert "takes a date and a time" in errors["doors_at"][0]


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../../etc/passwd", "utc"])
def test_a_zone_that_is_none_is_told(zone: str) -> None:
    assert errors_of(time_zone=zone)["time_zone"]


@pytest.mark.parametrize(
    "ends", ["2013-09-22T17:00", "2013-09-22T16:00", "2013-09-22T20:00"]
)
def test_a_party_ends_after_it_begins_and_after_the_doors_open(ends: str) -> None:
    assert "has to end after" in errors_of(ends_at=ends)["ends_at"][0]


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "-1",
        "0.49",
        "10.001",
        "1e309",
        "NaN",
        "1.000,00",
        "١٠٠٠",
        "１０００",
        "a thousand",
        "1000000",
        "9" * 40,
        "",
        "1\0",
        "x" * 10_000,
    ],
    ids=range(15),
)
def test_an_amount_that_is_none_is_told(typed: str) -> None:
    assert errors_of(winner_amount_cents=typed)["winner_amount_cents"]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1000", 100_000),
        ("$1,000.5", 100_050),
        ("0.50", 50),
        (" 999999.99 ", 99_999_999),
    ],
)
def test_an_amount_is_read_as_people_type_it(
    client: Client, typed: str, cents: int
) -> None:
    create(client, winner_amount_cents=typed, cap_cents=typed)
    event = Event.objects.get()
    assert (event.winner_amount_cents, event.cap_cents) == (cents, cents)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "  "),
        ("name", "\u200b"),
        ("name", "x" * 201),
        ("venue", ""),
        ("venue", "x\0y"),
        ("address", "x" * 301),
        ("welcome", "x" * 100_000),
        ("capacity", "0"),
        ("capacity", "-1"),
        ("capacity", "1.5"),
        ("capacity", "9" * 40),
        ("capacity", "many"),
        ("charge_per", "head"),
        ("exempt_tags", "x" * 201),
        ("charity_name", ""),
        ("charity_name", "x" * 201),
        ("charity_address", "x" * 301),
    ],
    ids=range(17),
)
def test_nonsense_is_told_at_its_field(field: str, typed: str) -> None:
    assert errors_of(**{field: typed})[field]


def test_what_was_typed_is_kept_and_nothing_is_made(client: Client) -> None:
    response = create(
        client, name="Kept & Co", winner_amount_cents="lots", capacity="0"
    )
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="Kept &amp; Co"' in response.text
    assert 'value="lots"' in response.text
    assert not Event.objects.exists()


def test_one_line_stays_one_line(client: Client) -> None:
    create(client, name="Lounge\r\nBcc: all@example.com", venue=" Soho \u202e House ")
    event = Event.objects.get()
    assert event.name == "Lounge Bcc: all@example.com"
    assert event.venue == "Soho House"


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("Losers Lounge", ["losers-lounge", "losers-lounge-2", "losers-lounge-3"]),
        ("Überraschung!", ["uberraschung", "uberraschung-2", "uberraschung-3"]),
        ("王小明", ["event", "event-2", "event-3"]),
        ("New", ["new-2", "new-3", "new-4"]),
        ("x" * 200, ["x" * 50, "x" * 50 + "-2", "x" * 50 + "-3"]),
    ],
    ids=range(5),
)
def test_an_address_that_is_taken_is_numbered(
    client: Client, name: str, slugs: list[str]
) -> None:
    for slug in slugs:
        response = create(client, name=name)
        assert response["Location"] == f"/events/{slug}/"
        assert client.get(response["Location"]).status_code == HTTPStatus.OK


def test_the_same_charity_is_not_made_twice(client: Client) -> None:
    create(client)
    create(client)
    assert Charity.objects.filter(events__isnull=False).distinct().count() == 1


def test_another_hosts_charity_is_not_taken_over(client: Client) -> None:
    theirs = make_event().charity
    create(client, charity_name=theirs.legal_name, charity_ein=theirs.ein)
    assert Event.objects.get(venue="Soho House", capacity=180).charity != theirs


@pytest.mark.django_db(transaction=True)
def test_two_events_of_one_name_at_once_get_two_addresses() -> None:
    host, charity = make_user(), Charity(legal_name="Worldwide Orphans")
    like = make_event()

    def make(_number: int) -> Event:
        fields = ("venue", "time_zone", "doors_at", "starts_at", "ends_at", "capacity")
        event = Event(name="Lounge", **{name: getattr(like, name) for name in fields})
        one = Charity(legal_name=charity.legal_name)
        return creation.create_event(event, one, by=host, at=like.created_at)

    made = at_the_same_moment(4, make)
    slugs = {event.slug for event in made if isinstance(event, Event)}
    assert slugs == {"lounge", "lounge-2", "lounge-3", "lounge-4"}


@pytest.mark.parametrize(
    ("kept", "typed", "is_change"),
    [
        (None, "", False),
        (100_000, "$1,000.00", False),
        (None, "5", True),
        (5, "", True),
    ],
)
def test_an_amount_left_empty_was_not_changed(
    kept: int | None, typed: str, is_change: bool
) -> None:
    assert DollarsField(required=False).has_changed(kept, typed) is is_change
