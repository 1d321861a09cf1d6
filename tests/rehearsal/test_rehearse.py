"""The whole night of 2013, end to end: the copy, the acts, the money, the books."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from events.models import Event, Message
from guests import facts, pledges
from guests.models import Contact, Guest
from losers_lounge.demo import night
from losers_lounge.rehearsal import books, donor, replay, script
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_member
from tests.guests.factories import make_guest
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = [
    {"time": "01:10", "act": "reconcile"},
    {"time": "20:41", "act": "answer", "who": ["Adam Scott"]},
]


@pytest.fixture
def source(event: Event) -> Event:
    """A small event, where nobody has won anything."""
    make_member(event)
    make_guest(event, "Adam Scott", tags=["friend"])
    make_guest(event, "Tina Fey", answer=Guest.Answer.YES)
    return event


def copy_of(source: Event, number: int = 1) -> Event:
    return Event.objects.get(slug=f"{source.slug}-rehearsal-{number}")


def rehearse(*words: str) -> str:
    """What the command printed; a CommandError carries it as `printed`."""
    out = StringIO()
    try:
        call_command("rehearse", *words, stdout=out)
    except CommandError as error:
        error.printed = out.getvalue()
        raise
    return out.getvalue()


def written(folder: Path, name: str, content: Any) -> str:
    path = folder / name
    path.write_text(json.dumps(content))
    return str(path)


@pytest.mark.parametrize("seed", ["0", os.environ.get("REHEARSAL_SEED", "2013")])
def test_the_night_of_2013_ends_with_the_expected_books(
    stand_in: StandIn, seed: str
) -> None:
    printed = rehearse(night.load(timezone.now()).slug, "--seed", seed)

    assert "20:33  Tina Fey: gold" in printed
    assert "OTHERWISE" not in printed
    assert printed.rstrip().splitlines()[-1].startswith("PASS: ")


def test_a_worker_beside_the_stage_finds_no_mandate_of_2013(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pledge = {"time": "16:03", "act": "pledge", "who": "Aaron Paul"}
    file = written(tmp_path, "pledge.json", {"acts": [pledge]})

    def agree_beside_a_sweep(*words: Any, agree: Any = pledges.agree) -> Any:
        row = agree(*words)
        swept = at_the_same_moment(1, lambda _: pledges.release_owed(timezone.now()))
        assert swept == [0]
        return row

    monkeypatch.setattr(pledges, "agree", agree_beside_a_sweep)
    printed = rehearse(night.load(timezone.now()).slug, "--script", file)

    assert "16:03  Aaron Paul saves a card (good), in case" in printed


def test_a_rehearsal_leaves_the_event_alone_and_reaches_nobody(
    source: Event, stand_in: StandIn, tmp_path: Path
) -> None:
    before = facts.of(source.slug, source.doors_at)

    rehearse(source.slug, "--script", written(tmp_path, "short.json", {"acts": SHORT}))

    copy = copy_of(source)
    assert facts.of(source.slug, source.doors_at) == before
    assert copy.status == Event.Status.CLOSED
    assert copy.charity.stripe_account_id == f"acct_{copy.slug.replace('-', '_')}"
    assert copy.guests.get(name="Adam Scott").tags == ["friend"]
    # Who had answered answers anew: a rehearsal begins with the list alone.
    assert copy.guests.get(name="Tina Fey").answer == Guest.Answer.WAITING
    assert [mail.state for mail in copy.messages.all()] == [Message.State.HELD]
    emails = Contact.objects.filter(event=copy).values_list("email", flat=True)
    assert sorted(emails) == ["contact1@example.com", "contact2@example.com"]


def test_each_rehearsal_has_a_number_of_its_own(
    source: Event, stand_in: StandIn, tmp_path: Path
) -> None:
    file = written(tmp_path, "short.json", {"acts": SHORT})

    rehearse(source.slug, "--script", file, "--keep")
    printed = rehearse(source.slug, "--script", file)

    assert f"/events/{source.slug}-rehearsal-2/" in printed
    assert copy_of(source, 1).status == Event.Status.OPEN
    assert copy_of(source, 2).status == Event.Status.CLOSED


def test_a_figure_that_differs_is_named_and_fails(
    source: Event, stand_in: StandIn, tmp_path: Path
) -> None:
    file = written(tmp_path, "short.json", {"acts": SHORT})
    books = {"facts": {"guests": {"yes": 2}, "moon": 1}, "ledger": [["Tina", "x"]]}
    expected = written(tmp_path, "books.json", books)

    with pytest.raises(CommandError, match="3 differences") as refusal:
        rehearse(source.slug, "--script", file, "--expected", expected)

    printed = refusal.value.printed
    assert "DIFFERS  facts.guests.yes: expected 2, found 1" in printed
    assert "DIFFERS  facts.moon: expected 1, and there is none" in printed
    assert "DIFFERS  ledger: ['Tina', 'x'] is missing" in printed


def test_what_goes_otherwise_than_written_is_told_and_fails(
    source: Event, stand_in: StandIn, tmp_path: Path
) -> None:
    paying = {"time": "20:50", "act": "pay", "who": "Adam Scott"}
    file = written(tmp_path, "short.json", {"acts": [*SHORT, paying]})

    with pytest.raises(CommandError, match="1 difference") as refusal:
        rehearse(source.slug, "--script", file)

    assert "20:50  OTHERWISE: Adam Scott owes nothing" in refusal.value.printed


@pytest.mark.parametrize(
    ("acts", "problem"),
    [
        ([], 'there are no "acts"'),
        ([{"time": "8pm", "act": "pay"}], 'act 1: "time" must be like "20:41"'),
        ([{"time": "20:41", "act": "fly"}], "20:41 fly: there is no such act"),
        ([{"time": "20:41", "act": "pay"}], "20:41 pay: 'who' must be a text"),
        (
            [{"time": "20:41", "act": "pay", "who": "Nobody Atall"}],
            "Nobody Atall: nobody of that name on the guest list",
        ),
        (
            [{"time": "20:41", "act": "answer", "who": "Tina Fey"}],
            "'who' must be a list of texts",
        ),
        (
            [{"time": "20:41", "act": "confirm", "category": "Best Hat"}],
            "Best Hat: there is no such category",
        ),
    ],
)
def test_a_script_that_cannot_be_played_is_refused_in_a_line(
    source: Event,
    stand_in: StandIn,
    tmp_path: Path,
    acts: list[dict[str, Any]],
    problem: str,
) -> None:
    file = written(tmp_path, "night.json", {"acts": acts})

    with pytest.raises(CommandError) as refusal:
        rehearse(source.slug, "--script", file)

    assert problem in str(refusal.value)


def test_the_speed_is_that_of_the_script_s_clock(
    source: Event, stand_in: StandIn, tmp_path: Path
) -> None:
    file = written(tmp_path, "short.json", {"acts": SHORT})
    waited = []

    wishes = replay.Wishes(night=Path(file), speed=10)
    replay.play(source, wishes, lambda words: None, waited.append)

    # From 20:41 to 01:10 it is 4 hours and 29 minutes.
    assert waited == [0, (4 * 3600 + 29 * 60) / 10]


def test_a_night_that_is_stopped_stays_open_at_its_hour(
    source: Event, stand_in: StandIn, tmp_path: Path
) -> None:
    file = written(tmp_path, "short.json", {"acts": SHORT})

    printed = rehearse(source.slug, "--script", file, "--until", "01:10")

    copy = copy_of(source)
    assert f"Stopped. The door is open: http://testserver/events/{copy.slug}/door/" in (
        printed
    )
    assert "20:41  Adam Scott: yes" in printed and "01:10" not in printed
    assert copy.status == Event.Status.OPEN
    with pytest.raises(CommandError, match="nothing happens before 20:00"):
        rehearse(source.slug, "--script", file, "--until", "20:00")
    with pytest.raises(CommandError, match="use a time like 20:41"):
        rehearse(source.slug, "--until", "teatime")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"STRIPE_IS_LIVE": True}, "Refused: STRIPE_API_KEY is live"),
        ({"STRIPE_API_BASE": "https://api.stripe.com"}, "is not the stand-in"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "does not answer"),
    ],
)
def test_money_that_may_be_real_is_not_touched(
    source: Event, settings: Settings, changes: dict[str, Any], problem: str
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)

    with pytest.raises(CommandError, match=problem):
        rehearse(source.slug)

    assert Event.objects.count() == 1


def test_the_books_are_compared_line_by_line() -> None:
    line = ["Tina", "charge", 1, 0, 1]
    unlike = books.differences({"ledger": [line]}, {"ledger": [line, line]})
    assert list(unlike) == [f"ledger: {line} was not expected"]


def test_the_script_goes_past_midnight(source: Event) -> None:
    acts = script.read(script.NIGHT)
    times = [act.at(source) for act in acts]
    assert times == sorted(times)
    assert times[-1].date() > times[0].date()


def test_a_payment_page_that_is_not_there_is_said(stand_in: StandIn) -> None:
    assert donor.give(stand_in.base_url + "/c/pay/cs_test_none", "good").status == 404
