"""Near names: a host says who is one person, and is not asked twice."""

import pytest

from events.models import Event
from guests import imports
from guests.models import Guest, ImportRun
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT

pytestmark = pytest.mark.django_db


def start(event: Event, text: str) -> ImportRun:
    return imports.start(event, ImportRun.Kind.GUESTS, text.encode(), by=None, at=AT)


def finish(run: ImportRun) -> imports.Summary:
    return imports.finish(run.pk, by=None, at=AT)


def asked(run: ImportRun) -> dict[int, list[str]]:
    """The lines somebody is asked about, with whom they may be."""
    return {pair.row.line: pair.row.maybe for pair in imports.pairs(run, 0, 99)}


def known(event: Event, name: str, email: str = "", **fields: object) -> Guest:
    contact = make_contact(event, name, email=email)
    invitation = make_invitation(contact=contact)
    return make_guest(event, name=name, invitation=invitation, **fields)


ROBERT = "Robert Downey Jr."


@pytest.mark.parametrize(
    "other", ["Downey, Robert", "Róbert Downey", "ROBERT DOWNEY, JR"]
)
def test_another_spelling_on_the_list_is_asked_about(event: Event, other: str) -> None:
    guest = known(event, ROBERT, "r@x.org")
    run = start(event, f'name,email\n"{other}",r2@x.org\n')
    assert asked(run) == {2: [f"guest/{guest.pk}"]}
    assert imports.done(run).maybe == 1


def test_who_was_put_on_the_list_family_name_first_is_asked_about(
    event: Event,
) -> None:
    guest = known(event, "Hale, Tony", "t@x.org")
    run = start(event, 'name,email\n"Hale, Tony",t@x.org\n')
    assert asked(run) == {2: [f"guest/{guest.pk}"]}


def test_unless_a_host_says_so_they_are_two_people(event: Event) -> None:
    known(event, ROBERT, "r@x.org")
    assert finish(start(event, 'name\n"Downey, Robert"\n')).new == 1
    assert event.guests.count() == 2


def test_the_same_person_is_changed_and_the_spelling_kept(event: Event) -> None:
    guest = known(event, ROBERT, "r@x.org")
    text = 'name,email,phone\n"Downey, Robert",r2@x.org,555\n'
    run = start(event, text)
    summary = imports.choose(run.pk, {2: f"guest/{guest.pk}"})
    assert (summary.new, summary.changed, summary.maybe) == (0, 1, 0)
    assert finish(run) == imports.Summary(changed=1)
    guest = Guest.objects.select_related("invitation__contact").get()
    assert (guest.name, guest.aliases) == (ROBERT, ["Robert Downey"])
    contact = guest.invitation.contact
    assert (contact.phone, contact.email) == ("555", "r@x.org")


def test_a_name_somebody_goes_by_is_their_own_the_next_time(event: Event) -> None:
    guest = known(event, ROBERT, "r@x.org")
    run = start(event, 'name,email\n"Downey, Robert",r@x.org\n')
    imports.choose(run.pk, {2: f"guest/{guest.pk}"})
    finish(run)
    again = start(event, 'name,email\n"Downey, Robert",r@x.org\n')
    assert imports.done(again) == imports.Summary(same=1)
    assert asked(again) == {}


def test_two_people_are_not_asked_about_again(event: Event) -> None:
    known(event, ROBERT, "r@x.org")
    text = "name,email\nRobert Downey,r2@x.org\n"
    run = start(event, text)
    assert imports.choose(run.pk, {2: ""}).maybe == 0
    assert finish(run).new == 1
    assert imports.done(start(event, text)) == imports.Summary(same=1)


def test_two_rows_of_a_file_may_be_one_person(event: Event) -> None:
    text = (
        "name,email,phone,tags\n"
        "Tina Fey,,555,host\nFey Tina,t@x.org,,nominee\nAmy,a@x.org,,\n"
    )
    run = start(event, text)
    assert asked(run) == {3: ["line/2"]}
    summary = imports.choose(run.pk, {3: "line/2"})
    assert (summary.new, summary.same) == (2, 1)
    finish(run)
    tina = event.guests.select_related("invitation__contact").get(name="Tina Fey")
    assert (tina.aliases, tina.tags) == (["Fey Tina"], ["host", "nominee"])
    contact = tina.invitation.contact
    assert (contact.email, contact.phone) == ("t@x.org", "555")
    assert imports.done(start(event, text)).new == 0


def test_two_rows_may_both_be_somebody_on_the_list(event: Event) -> None:
    guest = known(event, ROBERT, "r@x.org")
    run = start(event, "name,email\nRobert Downey,r2@x.org\nDowney Robert,r3@x.org\n")
    mine = f"guest/{guest.pk}"
    assert asked(run) == {2: [mine], 3: [mine, "line/2"]}
    imports.choose(run.pk, {2: mine, 3: mine})
    assert finish(run) == imports.Summary(changed=1, same=1)
    guest.refresh_from_db()
    assert guest.aliases == ["Robert Downey", "Downey Robert"]


def test_a_choice_can_be_taken_back_before_the_press(event: Event) -> None:
    guest = known(event, ROBERT, "r@x.org")
    run = start(event, "name,email\nRobert Downey,r2@x.org\n")
    imports.choose(run.pk, {2: f"guest/{guest.pk}"})
    assert imports.choose(run.pk, {2: ""}).new == 1


@pytest.mark.parametrize("choice", ["guest/0", "line/9", "guest/x", "two", "guest/"])
def test_what_was_not_asked_is_no_choice(event: Event, choice: str) -> None:
    known(event, ROBERT, "r@x.org")
    run = start(event, "name,email\nRobert Downey,r2@x.org\nAmy,a@x.org\n")
    summary = imports.choose(run.pk, {2: choice, 3: choice, 9: ""})
    assert (summary.new, summary.maybe) == (2, 1)


def test_somebody_taken_off_meanwhile_is_left_out_and_told(event: Event) -> None:
    guest = known(event, ROBERT, "r@x.org")
    run = start(event, "name,email\nRobert Downey,r2@x.org\n")
    imports.choose(run.pk, {2: f"guest/{guest.pk}"})
    Guest.objects.update(removed_at=AT)
    summary = finish(run)
    assert (summary.new, summary.changed, summary.refused) == (0, 0, 1)
    assert "has changed since you looked" in summary.refusals[0][1]


class TestAssistants:
    TEXT = "name,contact_name,contact_email\n" + "".join(
        f"Guest {number},Dana Fox,DANA@x.org\n" for number in range(20)
    )

    def test_twenty_guests_share_one_assistant(self, event: Event) -> None:
        finish(start(event, self.TEXT))
        contact = event.contacts.get()
        assert (contact.name, contact.is_assistant) == ("Dana Fox", True)
        assert contact.invitations.count() == 20

    def test_who_is_written_to_directly_is_nobodys_assistant(
        self, event: Event
    ) -> None:
        finish(start(event, "name,email,contact_email\nTina,t@x.org,\nAmy,,a@x.org\n"))
        assert not event.contacts.filter(is_assistant=True).exists()

    def test_a_known_contact_becomes_an_assistant(self, event: Event) -> None:
        contact = make_contact(event, "Dana Fox", email="dana@x.org")
        finish(start(event, self.TEXT))
        contact.refresh_from_db()
        assert contact.is_assistant
        assert event.contacts.count() == 1

    def test_a_shared_address_is_counted_and_a_digest_offered(
        self, event: Event
    ) -> None:
        run = start(event, self.TEXT + "Tina,,\n")
        summary = imports.done(run)
        assert (summary.shared_people, summary.shared_groups) == (20, 1)
        assert summary.no_email == 1
        finish(run)
        (contact,) = imports.shared_contacts(run)
        assert contact.guest_count == 20
        imports.offer_digests(run, {contact.pk}, {contact.pk})
        contact.refresh_from_db()
        assert contact.wants_digest
        imports.offer_digests(run, set(), {contact.pk})
        contact.refresh_from_db()
        assert not contact.wants_digest
