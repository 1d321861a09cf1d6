"""Look first, then exactly what was shown: the two steps of an import."""

import pytest
from pytest_django import DjangoAssertNumQueries

from donations.models import Donation
from events.models import Category, Event, Nomination, Nominee
from guests import imports
from guests.models import Guest, ImportRun, Obligation
from losers_lounge.demo import night
from tests.factories import make_category, make_event, make_nomination, make_user
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

Kind = ImportRun.Kind
NOMINATIONS = (night.DATA / "nominations.csv").read_bytes()
GUESTS = (night.DATA / "guests.csv").read_bytes()


def start(event: Event, data: bytes | str, kind: Kind = Kind.GUESTS) -> ImportRun:
    content = data if isinstance(data, bytes) else data.encode()
    return imports.start(event, kind, content, by=None, at=AT)


def finish(run: ImportRun, shown: str = "") -> imports.Summary:
    return imports.finish(run.pk, by=None, at=AT, shown=shown)


def read_in(
    event: Event, data: bytes | str, kind: Kind = Kind.GUESTS
) -> imports.Summary:
    return finish(start(event, data, kind))


def everything() -> list[int]:
    tables = (Guest, Nominee, Category, Nomination, Obligation, Donation)
    return [model.objects.count() for model in tables]


@pytest.mark.django_db
class TestTheRealNight:
    """The files of 22 September 2013, as they are."""

    @pytest.fixture
    def event(self) -> Event:
        event = make_event(exempt_tags=["presenter"])
        read_in(event, NOMINATIONS, Kind.NOMINATIONS)
        read_in(event, GUESTS)
        return event

    def test_nothing_is_refused(self) -> None:
        event = make_event()
        run = start(event, NOMINATIONS, Kind.NOMINATIONS)
        assert (run.summary["refused"], run.summary["unknown_columns"]) == (0, [])
        finish(run)
        assert start(event, GUESTS).summary["refused"] == 0

    def test_there_are_more_than_26_categories_and_whole_teams(
        self, event: Event
    ) -> None:
        assert event.categories.count() >= 26
        assert max(row.nominees.count() for row in nominations(event)) > 15

    def test_accents_are_kept_and_roles_are_not(self, event: Event) -> None:
        names = set(event.nominees.values_list("name", flat=True))
        assert "Sofía Vergara" in names
        assert {"Merritt Wever", "Hugh Bonneville", "Michelle Dockery"} <= names
        assert not {name for name in names if " as " in name}

    def test_a_person_in_several_categories_is_one_nominee_and_one_guest(
        self, event: Event
    ) -> None:
        tina = event.nominees.get(name="Tina Fey")
        assert tina.nominations.count() == 3
        assert event.guests.get(name="Tina Fey").nominee == tina

    def test_two_mandy_moores_are_left_for_a_person_to_tell_apart(
        self, event: Event
    ) -> None:
        both = event.guests.filter(name="Mandy Moore")
        assert [guest.nominee for guest in both] == [None, None]
        assert event.nominees.filter(name="Mandy Moore").count() == 1

    def test_an_agent_has_one_contact_for_all_her_clients(self, event: Event) -> None:
        agent = event.contacts.get(email="dana@agency.example.com")
        assert agent.name == "Dana Fox"
        assert agent.invitations.count() > 1

    def test_addresses_are_kept_in_small_letters_or_not_at_all(
        self, event: Event
    ) -> None:
        emails = list(event.contacts.values_list("email", flat=True))
        assert emails == [email.lower() for email in emails]
        assert "" in emails

    def test_everybody_is_read_again_as_they_are(self, event: Event) -> None:
        before = everything()
        for data, kind in ((NOMINATIONS, Kind.NOMINATIONS), (GUESTS, Kind.GUESTS)):
            again = read_in(event, data, kind)
            assert (again.new, again.changed, again.refused) == (0, 0, 0)
        assert everything() == before

    def test_what_was_decided_the_week_before_is_decided(self, event: Event) -> None:
        decided = event.categories.filter(state=Category.State.OFFICIAL)
        assert 0 < decided.count() < event.categories.count()
        winner = event.nominees.get(name="Bob Newhart")
        assert winner.nominations.get().outcome == Nomination.Outcome.WON

    def test_nobody_is_written_to(self, event: Event) -> None:
        assert not event.messages.exists()


def nominations(event: Event) -> list[Nomination]:
    return list(Nomination.objects.filter(category__event=event))


@pytest.mark.django_db
class TestTwoSteps:
    def test_a_look_writes_nobody(self, event: Event) -> None:
        before = everything()
        run = start(event, GUESTS)
        assert run.summary["new"] == 66
        assert everything() == before

    def test_a_run_is_applied_once(self, event: Event) -> None:
        run = start(event, "name\nTina\nTina\n")
        first = finish(run)
        assert finish(run) == first == imports.Summary(1, 0, 0, 1)
        assert event.guests.count() == 1
        assert event.activities.count() == 1

    def test_rows_are_forgotten_and_refusals_remembered(self, event: Event) -> None:
        run = start(event, "name\nTina\nTina\n")
        finish(run)
        run.refresh_from_db()
        assert run.state == ImportRun.State.APPLIED
        assert [part.rows for part in run.parts.all()] == [[[3, "Tina"]]]
        assert run.added_guests.get() == event.guests.get()
        assert imports.done(run).refusals == [[3, "The same person as on line 2."]]

    def test_a_look_that_is_not_wanted_leaves_nothing(self, event: Event) -> None:
        run = start(event, "name\nTina\n")
        assert imports.discard(run) == imports.Summary(1, 0, 0, 0)
        assert finish(run) == imports.Summary(1, 0, 0, 0)
        assert not event.guests.exists()

    def test_a_list_that_changed_meanwhile_is_looked_at_again(
        self, event: Event
    ) -> None:
        run = start(event, "name\nTina\nAmy\n")
        shown = imports.done(run).digest
        make_guest(event, name="Amy")
        with pytest.raises(imports.PlanChanged):
            finish(run, shown)
        assert event.guests.count() == 1
        assert finish(run, imports.look(run).digest).new == 1

    def test_nothing_is_half_imported(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = start(event, "name\nTina\nAmy\n")
        monkeypatch.setattr("guests.guest_list.link_nominees", lambda event: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            finish(run)
        assert not event.guests.exists()
        assert ImportRun.objects.get().state == ImportRun.State.PREVIEWED

    def test_a_winner_who_was_invited_before_is_told(self, event: Event) -> None:
        guest = make_guest(event, name="Tina Fey")
        guest.invitation.invited_at = AT
        guest.invitation.save()
        text = "category,work,nominees,outcome\nWriting,30 Rock,Tina Fey,won\n"
        read_in(event, text, Kind.NOMINATIONS)
        assert [row.kind for row in event.messages.all()] == ["win"]

    def test_a_list_of_nominations_corrects_no_result(self, event: Event) -> None:
        category = make_category(event, "Writing", state="official", official_at=AT)
        won = make_nomination(category, work="30 Rock", outcome="won")
        make_nomination(category, work="Veep", outcome="lost")
        text = "category,work,nominees,outcome\nWriting,Veep,,won\nWriting,30 Rock,,\n"
        read_in(event, text, Kind.NOMINATIONS)
        won.refresh_from_db()
        assert won.outcome == Nomination.Outcome.WON
        assert category.nominations.get(work="Veep").outcome == "lost"

    def test_the_log_says_who_imported_what(self, event: Event) -> None:
        run = start(event, "name\nTina\n")
        imports.finish(run.pk, by=make_user("Amy Poehler"), at=AT)
        line = event.activities.get()
        assert str(line) == "Amy Poehler imported Guests 1 new, 0 changed"


@pytest.mark.django_db
def test_a_large_file_is_written_in_batches(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(f"Guest {number},g{number}@x.org\n" for number in range(4_000))
    run = start(event, "name,email\n" + rows)
    with django_assert_max_num_queries(55):
        assert finish(run).new == 4_000


def two_presses_race() -> None:
    event = make_event()
    run = start(event, "name,email\nTina,t@x.org\nAmy,a@x.org\n")
    found = at_the_same_moment(3, lambda _: finish(run))
    assert found == [imports.Summary(2, 0, 0, 0)] * 3
    assert event.guests.count() == 2
    assert event.activities.count() == 1


def two_hosts_race() -> None:
    """The same file, looked at by two hosts, applied by both at once."""
    event = make_event()
    runs = [start(event, "name,email\nTina,t@x.org\n") for _ in range(2)]
    found = at_the_same_moment(2, lambda number: finish(runs[number]))
    assert sum(summary.new for summary in found) == 1
    assert event.guests.count() == 1


@pytest.mark.django_db(transaction=True)
def test_presses_at_once_import_once() -> None:
    two_presses_race()
    seen_to_fail_without_lock(two_presses_race, Event, ImportRun)
    two_hosts_race()
    seen_to_fail_without_lock(two_hosts_race, Event)
