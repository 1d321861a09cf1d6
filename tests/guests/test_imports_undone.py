"""A whole import taken back, but for whom something has come of."""

import pytest

from events.models import Event
from guests import guest_list, imports, people
from guests.models import Guest, ImportRun, Obligation
from tests.events.mails import make_message
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.people import AT, YES, say
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

pytestmark = pytest.mark.django_db
HEADER = "name,email,phone,plus_ones,tags,notes,vip\n"


def read_in(event: Event, text: str) -> ImportRun:
    run = imports.start(event, ImportRun.Kind.GUESTS, text.encode(), by=None, at=AT)
    imports.finish(run.pk, by=None, at=AT)
    return run


def undo(run: ImportRun) -> imports.Undone:
    return imports.undo(run.pk, by=make_user("Amy Poehler"), at=AT)


def names(event: Event) -> list[str]:
    return list(event.guests.on_the_list().values_list("name", flat=True))


def test_whom_it_added_is_taken_off_and_the_log_says_so(event: Event) -> None:
    read_in(event, "name\nJon\n")
    run = read_in(event, "name\nJon\nTina\nAmy\n")
    assert undo(run) == imports.Undone(removed=2)
    assert names(event) == ["Jon"]
    line = event.activities.first()
    assert str(line) == "Amy Poehler undid an import 2 taken off, 0 put back"


def test_what_it_changed_is_as_it_was(event: Event) -> None:
    read_in(event, HEADER + "Tina,,555,1,host,Table 4,no\n")
    before = list(Guest.objects.values())
    run = read_in(event, HEADER + "Tina,t@x.org,777,2,friend,Table 9,yes\n")
    assert undo(run) == imports.Undone(put_back=1)
    assert list(Guest.objects.values()) == before
    guest = Guest.objects.select_related("invitation__contact").get()
    contact = guest.invitation.contact
    assert (contact.email, contact.phone) == ("", "555")
    assert guest.invitation.plus_ones == 1


def test_what_somebody_changed_since_stays(event: Event) -> None:
    read_in(event, HEADER + "Tina,,555,1,host,Table 4,no\n")
    run = read_in(event, HEADER + "Tina,,777,1,host,Table 9,no\n")
    Guest.objects.update(notes="By the window")
    undo(run)
    guest = Guest.objects.select_related("invitation__contact").get()
    assert guest.notes == "By the window"
    assert guest.invitation.contact.phone == "555"


def test_the_other_spelling_is_forgotten_too(event: Event) -> None:
    read_in(event, "name,email\nTina Fey,t@x.org\n")
    guest = Guest.objects.get()
    text = 'name,email\n"Fey, Tina",t2@x.org\n'
    run = imports.start(event, ImportRun.Kind.GUESTS, text.encode(), by=None, at=AT)
    imports.choose(run.pk, {2: f"guest/{guest.pk}"})
    imports.finish(run.pk, by=None, at=AT)
    undo(run)
    again = Guest.objects.get()
    assert (again.aliases, again.search_key) == ([], guest.search_key)


def test_a_contact_shared_by_two_is_put_back_once(event: Event) -> None:
    text = "name,contact_name,contact_email,notes\n"
    read_in(event, text + "Ann,Dana,d@x.org,\nBob,Dana,d@x.org,\n")
    run = read_in(event, text + "Ann,Dana,d@x.org,a\nBob,Dana,d@x.org,b\n")
    assert undo(run).put_back == 2
    assert set(Guest.objects.values_list("notes", flat=True)) == {""}


class TestWhoStays:
    @pytest.fixture
    def run(self, event: Event) -> ImportRun:
        return read_in(event, "name,email,plus_ones\nTina,t@x.org,1\nAmy,a@x.org,0\n")

    def told(self, run: ImportRun) -> list[str]:
        undone = undo(run)
        assert (undone.removed, undone.staying) == (1, 1)
        assert names(run.event) == ["Tina"]
        return [why for _guest_id, why in undone.kept]

    def tina(self) -> Guest:
        return Guest.objects.select_related("invitation").get(name="Tina")

    def test_who_has_answered_stays(self, run: ImportRun) -> None:
        say(self.tina(), YES)
        assert self.told(run) == ["Tina has answered."]

    def test_who_was_invited_stays(self, run: ImportRun) -> None:
        invitation = self.tina().invitation
        invitation.invited_at = AT
        invitation.save()
        assert self.told(run) == ["Tina has been written to."]

    def test_who_was_written_to_at_all_stays(self, run: ImportRun) -> None:
        make_message(run.event, about=self.tina().invitation.about)
        assert self.told(run) == ["Tina has been written to."]

    def test_who_owes_money_stays(self, run: ImportRun) -> None:
        tina = self.tina()
        nominee = make_nominee(run.event, "Tina")
        category = make_category(run.event, state="official", official_at=AT)
        make_nomination(category, nominee, outcome="won")
        guest_list.link(tina.pk, nominee.pk, by=make_user(), at=AT)
        assert tina.obligations.get().state == Obligation.State.DUE
        assert self.told(run) == ["Tina owes money."]


def test_a_second_press_answers_as_the_first(event: Event) -> None:
    run = read_in(event, "name\nTina\n")
    first = undo(run)
    people.bring_back(Guest.objects.get().pk, by=make_user(), at=AT)
    assert undo(run) == first
    assert names(event) == ["Tina"]


def test_after_undoing_the_file_can_be_read_in_anew(event: Event) -> None:
    run = read_in(event, "name,email\nTina,t@x.org\n")
    undo(run)
    read_in(event, "name,email\nTina,t@x.org\n")
    assert names(event) == ["Tina"]


def test_what_was_only_looked_at_is_not_undone(event: Event) -> None:
    run = imports.start(event, ImportRun.Kind.GUESTS, b"name\nTina\n", by=None, at=AT)
    assert undo(run) == imports.Undone()
    run.refresh_from_db()
    assert run.state == ImportRun.State.PREVIEWED


def two_presses_race() -> None:
    event = make_event()
    run = read_in(event, "name\nTina\nAmy\n")
    by = make_user()
    found = at_the_same_moment(2, lambda _: imports.undo(run.pk, by=by, at=AT))
    assert [undone.removed for undone in found] == [2, 2]
    assert event.activities.filter(verb="undid an import").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_undo_once() -> None:
    two_presses_race()
    seen_to_fail_without_lock(two_presses_race)
