"""The same evening on another day."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from events import duplication
from events.models import Event, LetterText
from tests.factories import make_event, make_member
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def night(**fields: object) -> Event:
    """Doors at half past eight in Los Angeles, in summer time."""
    return make_event(
        name="Losers Lounge",
        time_zone="America/Los_Angeles",
        doors_at=datetime(2026, 9, 21, 3, 30, tzinfo=UTC),
        starts_at=datetime(2026, 9, 21, 0, 0, tzinfo=UTC),
        ends_at=datetime(2026, 9, 21, 8, 30, tzinfo=UTC),
        names_lock_at=datetime(2026, 9, 15, 19, 0, tzinfo=UTC),
        total_is_public=True,
        **fields,
    )


def again(event: Event, day: str = "2027-01-10", **press: str) -> Event:
    host = event.members.get(role="host").user
    when = datetime.fromisoformat(day).date()
    return duplication.duplicate(
        event.pk, name="Losers Lounge", day=when, by=host, at=AT, **press
    )


def test_half_past_eight_stays_half_past_eight_in_winter() -> None:
    event = night()
    make_member(event)
    copy = again(event)
    local = copy.doors_at.astimezone(copy.zone)
    assert f"{local:%Y-%m-%d %H:%M %Z}" == "2027-01-10 20:30 PST"
    assert f"{copy.names_lock_at.astimezone(copy.zone):%m-%d %H:%M}" == "01-05 12:00"


def test_rules_team_and_words_come_along_and_guests_do_not() -> None:
    event = night(exempt_tags=["presenter"], winner_amount_cents=50_000)
    amy = make_member(event).user
    make_member(event, "door")
    for subject in ("first", "Lose with us"):
        LetterText.objects.create(
            event=event, kind="invitation", subject=subject, by=amy, created_at=AT
        )
    copy = again(event)
    assert copy.slug == "losers-lounge" or copy.slug.startswith("losers-lounge-")
    assert (copy.status, copy.total_is_public) == ("draft", False)
    assert (copy.exempt_tags, copy.winner_amount_cents) == (["presenter"], 50_000)
    assert set(copy.members.values_list("user", "role")) == set(
        event.members.values_list("user", "role")
    )
    assert [text.subject for text in copy.letter_texts.all()] == ["Lose with us"]
    assert not copy.guests.exists()
    assert copy.charity == event.charity
    event.refresh_from_db()
    assert event.total_is_public


@pytest.mark.django_db(transaction=True)
def test_a_press_that_arrives_four_times_makes_one() -> None:
    event = night()
    make_member(event)
    made = at_the_same_moment(4, lambda _: again(event, nonce="press"))
    assert len({copy.pk for copy in made}) == 1
    assert Event.objects.count() == 2


def test_a_host_presses_it_on_a_page(event: Event, host: Client) -> None:
    page = f"/events/{event.slug}/duplicate/"
    form = host.get(page).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"day": "2031-02-02"}
    answer = host.post(page, typed)
    copy = Event.objects.exclude(pk=event.pk).get()
    assert answer["Location"] == f"/events/{copy.slug}/settings/"
    assert host.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("day", ["", "tomorrow", "9999-01-01", "2030-02-30"])
def test_a_day_that_is_none_is_told(event: Event, host: Client, day: str) -> None:
    page = f"/events/{event.slug}/duplicate/"
    assert host.post(page, {"name": "Again", "day": day}).status_code == 422
    assert Event.objects.count() == 1
