"""Each command says what it did, and fails with one clear line."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from events.models import Category, Event, Nomination
from guests.models import Guest, ImportRun
from losers_lounge.demo import night
from tests.factories import make_category, make_event, make_nomination
from tests.guests.factories import make_guest
from tests.losers_lounge.commands import failure, run

NOMINATIONS = str(night.DATA / "nominations.csv")
RESULTS = str(night.DATA / "results.csv")


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

    def test_a_name_in_two_columns_is_a_name(self, event: Event, file: Path) -> None:
        file.write_text("First name,Last name\nTina,Fey\n")
        words = ("import_guests", event.slug, file)
        assert run(*words) == ("1 new, 0 changed, 0 same, 0 refused.", "")
        assert event.guests.get().name == "Tina Fey"

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
