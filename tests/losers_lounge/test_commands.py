"""Each command says what it did, and fails with one clear line."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from donations.models import Donation
from events.models import Category, Event, Message, Nomination
from guests.models import Admission, Guest, ImportRun, Trophy
from losers_lounge.demo import night
from tests.donations.factories import make_donation
from tests.factories import make_category, make_event, make_nomination, make_nominee
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, say
from tests.guests.test_pledges import make_winner

NOMINATIONS = str(night.DATA / "nominations.csv")
RESULTS = str(night.DATA / "results.csv")


def run(*words: object) -> tuple[str, str]:
    """What a command wrote to stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command(*map(str, words), stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def failure(*words: object) -> str:
    """The one line of a command that could not."""
    with pytest.raises(CommandError) as failed:
        run(*words)
    assert failed.value.returncode != 0
    assert "\n" not in str(failed.value)
    return str(failed.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


@pytest.mark.django_db
class TestImporting:
    def test_guests_are_imported_and_counted(self, event: Event, file: Path) -> None:
        file.write_text("name,email\nTina,t@x.org\n")
        words = ("import_guests", event.slug, file)
        assert run(*words) == ("1 new, 0 changed, 0 same, 0 refused.", "")
        assert run(*words)[0] == "0 new, 0 changed, 1 same, 0 refused."
        assert event.guests.count() == 1

    def test_refused_rows_are_told_and_the_others_are_done(
        self, event: Event, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file.write_text("name,email\nTina,t@x.org\nAmy,amy\n")
        with pytest.raises(CommandError) as refused:
            call_command("import_guests", event.slug, str(file))
        assert str(refused.value) == "1 row was refused; the others are done."
        said = capsys.readouterr()
        assert said.err.strip() == "line 3: “amy” is not an e-mail address."
        assert said.out.strip() == "1 new, 0 changed, 0 same, 1 refused."
        assert event.guests.get().name == "Tina"

    def test_columns_that_are_not_ours_are_named(
        self, event: Event, file: Path
    ) -> None:
        file.write_text("name,shoe size\nTina,38\n")
        out, err = run("import_guests", event.slug, file)
        assert (out[:5], err) == ("1 new", "left out: column shoe size")
        file.write_text("nombre,correo\nTina,t\n")
        with pytest.raises(CommandError, match="must name the columns"):
            run("import_guests", event.slug, file)

    def test_a_dry_run_writes_nobody(self, event: Event, file: Path) -> None:
        file.write_text("name\nTina\nTina\n")
        out, err = run("import_guests", event.slug, file, "--dry-run")
        assert out == "1 would be new, 0 changed, 0 same, 1 refused."
        assert err == "line 3: The same person as on line 2."
        assert not event.guests.exists()
        assert not ImportRun.objects.get().parts.exists()

    def test_the_real_nominations_are_read_twice_and_added_once(
        self, event: Event
    ) -> None:
        first = run("import_nominations", event.slug, NOMINATIONS)
        assert first == ("173 new, 0 changed, 0 same, 0 refused.", "")
        again = run("import_nominations", event.slug, NOMINATIONS)
        assert again == ("0 new, 0 changed, 173 same, 0 refused.", "")

    @pytest.mark.parametrize(
        "command", ["import_guests", "import_nominations", "record_results"]
    )
    def test_what_cannot_be_read_is_one_clear_line(
        self, event: Event, file: Path, command: str
    ) -> None:
        assert failure(command, event.slug, file).endswith("No such file or directory.")
        assert "directory" in failure(command, event.slug, file.parent)
        file.write_bytes(b"\x89PNG\0")
        assert "not a CSV text file" in failure(command, event.slug, file)
        file.write_bytes(b"")
        assert "The file is empty." in failure(command, event.slug, file)
        assert failure(command, "nowhere", file) == "There is no event 'nowhere'."


@pytest.mark.django_db
class TestResults:
    def test_the_real_winners_are_recorded_once(self, event: Event) -> None:
        run("import_nominations", event.slug, NOMINATIONS)
        decided = event.categories.filter(state=Category.State.OFFICIAL).count()
        out, err = run("record_results", event.slug, RESULTS)
        named = event.categories.count()
        assert out == f"{named} categories named, {named - decided} changed."
        assert err == ""
        again, _ = run("record_results", event.slug, RESULTS)
        assert again == f"{named} categories named, 0 changed."

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("Acting,Veep,,won", "line 3: No nomination of this category fits."),
            ("Singing,Veep,,won", "line 3: There is no category of this name."),
            ("Acting,30 Rock,,winnner", "line 3: The outcome must be"),
            (",30 Rock,,won", "line 3: The category is missing."),
        ],
    )
    def test_one_bad_line_and_nothing_is_recorded(
        self,
        event: Event,
        file: Path,
        row: str,
        reason: str,
    ) -> None:
        category = make_category(event, "Acting")
        make_nomination(category, work="30 Rock")
        file.write_text(f"category,work,nominees,outcome\nActing,30 Rock,,won\n{row}\n")
        err = StringIO()
        with pytest.raises(CommandError, match="Nothing was recorded: 1 line"):
            call_command("record_results", event.slug, str(file), stderr=err)
        assert reason in err.getvalue()
        category.refresh_from_db()
        assert category.state == Category.State.OPEN

    def test_a_list_without_a_winner_is_no_result(
        self, event: Event, file: Path
    ) -> None:
        file.write_text("category,work\nActing,30 Rock\n")
        assert "names a winner" in failure("record_results", event.slug, file)


@pytest.mark.django_db
class TestSending:
    def test_invitations_are_queued_once(self, event: Event) -> None:
        make_guest(event)
        unreachable = make_guest(event).invitation.contact
        unreachable.email = ""
        unreachable.save()
        for queued in (1, 0):
            out, _ = run("send_invitations", event.slug)
            assert out == f"{queued} queued, 1 without address."
        assert event.messages.count() == 1

    def test_a_draft_invites_nobody(self) -> None:
        event = make_event(status="draft")
        assert "is draft" in failure("send_invitations", event.slug)
        assert failure("send_invitations", "nowhere") == "There is no event 'nowhere'."


def people_of(event: Event) -> list[tuple]:
    fields = ("name", "answer", "nominee__name", "invitation__contact__email")
    return list(event.guests.order_by("pk").values_list(*fields))


@pytest.mark.django_db
class TestSeeding:
    WORDS = ("--guests", 60, "--nominees", 12, "--answered", 50)

    def test_an_event_of_that_size_is_made(self) -> None:
        out, _ = run("seed_event", "big", *self.WORDS)
        event = Event.objects.get(slug="big")
        assert out == "big: 60 guests, 12 nominees."
        assert event.guests.count() == 60
        assert event.nominees.count() == 12
        assert event.guests.exclude(nominee=None).count() == 12
        answered = event.guests.exclude(answer=Guest.Answer.WAITING).count()
        assert 15 < answered < 45
        assert not event.messages.exists()
        assert Nomination.objects.filter(category__event=event).count() == 12

    def test_the_same_seed_makes_the_same_people(self) -> None:
        for slug, seed in (("one", 7), ("two", 7), ("three", 8)):
            run("seed_event", slug, *self.WORDS, "--seed", seed)
        one, two, three = (
            people_of(Event.objects.get(slug=slug)) for slug in ("one", "two", "three")
        )
        assert one == two
        assert one != three

    def test_a_live_system_is_left_alone(self, settings: Settings) -> None:
        settings.STRIPE_IS_LIVE = True
        assert "Refused" in failure("seed_event", "big", "--guests", 1)
        assert not Event.objects.exists()

    @pytest.mark.parametrize(
        "words",
        [
            ("taken", "--guests", 1),
            ("new", "--guests", 1),
            ("no spaces", "--guests", 1),
            ("x" * 61, "--guests", 1),
            ("big", "--guests", -1),
            ("big", "--guests", 1, "--nominees", 2),
            ("big", "--guests", 1, "--nominees", -1),
            ("big", "--guests", 1, "--answered", 101),
            ("big", "--guests", 1, "--answered", -1),
        ],
        ids=range(9),
    )
    def test_nonsense_is_one_clear_line(self, words: tuple) -> None:
        make_event(slug="taken")
        assert failure("seed_event", *words)
        assert Event.objects.count() == 1

    def test_an_event_of_nobody_is_an_event(self) -> None:
        assert run("seed_event", "big", "--guests", 0)[0]


def facts_of(event: Event) -> dict:
    return json.loads(run("facts", event.slug)[0])


# A snapshot is a transaction of its own, so these rows are committed.
@pytest.mark.django_db(transaction=True)
class TestFacts:
    def test_every_promised_figure_is_there_before_the_night(self) -> None:
        facts = facts_of(make_event(capacity=5))
        nothing = {"count": 0, "cents": 0}
        states = ("dormant", "due", "satisfied", "waived", "void")
        assert facts["obligations"] == dict.fromkeys(states, nothing)
        assert facts["donations"] == dict.fromkeys(Donation.State.values, nothing)
        assert set(facts["messages"]) == {*Message.State.values, "copies_possible"}
        assert facts["seats"] == {"capacity": 5, "heads": 0, "offered": 0}
        assert facts["door"] == {"admitted": 0, "inside": 0, "denied": 0}
        assert facts["trophies"] == {"expected": 0, "held": 0, "released": 0}
        assert facts["receipts"] == {"issued": 0, "void": 0}
        ledger = ("gross", "refunds", "disputes", "fees", "net")
        assert facts["ledger"] == {
            **dict.fromkeys((f"{name}_cents" for name in ledger), 0),
            "entries": 0,
        }
        assert set(facts["reconciliation"]) == {
            "as_of",
            "difference_cents",
            "open_discrepancies",
        }

    def test_a_small_night_is_counted(self) -> None:
        event = make_event(capacity=9)
        winner = make_winner(event, plus_ones=1)
        say(winner, YES, "Ann")
        loser = make_nominee(event)
        make_nomination(make_category(event), loser)
        say(make_guest(event), NO)
        say(make_guest(event), WAITLISTED)
        make_guest(event)
        make_guest(event, removed_at=AT)
        make_donation(event)
        door = {"event": event, "by_name": "Dot", "colour": "green", "at": AT}
        came = Admission.objects.create(guest=winner, action="in", nonce="1", **door)
        Admission.objects.create(guest=winner, action="denied", nonce="2", **door)
        Trophy.objects.create(event=event, guest=winner, tag="1", received_at=AT)
        facts = facts_of(event)
        assert facts["event"] == event.slug
        assert facts["invitations"] == {"total": 5, "answered": 3}
        assert facts["guests"] == {
            "total": 5,
            "yes": 2,
            "no": 1,
            "waiting": 1,
            "waitlisted": 1,
        }
        assert facts["seats"] == {"capacity": 9, "heads": 2, "offered": 0}
        assert facts["messages"]["queued"] == 3
        assert facts["obligations"]["due"] == {"count": 1, "cents": 100_000}
        assert facts["door"] == {"admitted": 1, "inside": 1, "denied": 1}
        assert facts["trophies"] == {"expected": 1, "held": 1, "released": 0}
        pledged = sum(state["count"] for state in facts["donations"].values())
        assert pledged == 1
        assert came.pk

    def test_an_event_that_is_not_there_is_one_clear_line(self) -> None:
        assert failure("facts", "nowhere") == "There is no event 'nowhere'."

    def test_figures_cost_the_same_for_few_and_for_many(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        event = make_event()
        for size in (2, 20):
            for _ in range(size):
                make_winner(event)
            with django_assert_num_queries(29):
                facts_of(event)
