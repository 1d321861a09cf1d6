"""A letter that waits while its reader changes leads where the new reader may go."""

import pytest

from events.models import Event, Message
from guests.models import Contact, Guest
from guests.people import addresses
from guests.people.addresses import Address
from tests.factories import make_user
from tests.guests.assistants import make_dana, make_principal, ways_in
from tests.guests.factories import make_guest
from tests.guests.merges import merge, unmerge
from tests.guests.people import AT, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(event: Event) -> Contact:
    dana = make_dana(event)
    make_principal(dana, "Bob")
    return dana


@pytest.fixture
def ann(dana: Contact) -> Guest:
    ann = make_principal(dana, "Ann")
    say(ann)
    return ann


def move(ann: Guest) -> None:
    """A host has Ann's mail sent to Ann, and nobody else's."""
    address = Address("Ann", "ann@guests.example")
    old = Address.of(ann.invitation.contact).mark
    addresses.change(ann.pk, address, old, everyone=False, by=make_user(), at=AT)


def letter_of(guest: Guest) -> Message:
    return Message.objects.get(about=guest.invitation.about)


def own(guest: Guest) -> set[tuple[str, str]]:
    return {("invitation", guest.invitation.public_id)}


def test_an_own_address_gets_no_assistants_page(ann: Guest) -> None:
    move(ann)
    letter = letter_of(ann)
    assert letter.recipient_email == "ann@guests.example"
    assert ways_in(letter) == own(ann)


def test_a_letter_that_came_back_from_the_assistant_is_repaired_without_her_page(
    ann: Guest,
) -> None:
    letter = letter_of(ann)
    Message.objects.update(state=Message.State.FAILED)
    move(ann)
    addresses.repair(letter.pk, "ann@elsewhere.example", by=make_user(), at=AT)
    letter = letter_of(ann)
    assert letter.recipient_email == "ann@elsewhere.example"
    assert ways_in(letter) == own(ann)


def test_who_is_merged_with_an_own_address_gets_no_assistants_page(
    event: Event, dana: Contact, ann: Guest
) -> None:
    merged = merge(ann, make_guest(event, "Ann O."), address="gone")
    assert ways_in(letter_of(ann)) == own(ann)
    unmerge(merged)
    letter = letter_of(ann)
    assert letter.recipient_email == dana.email
    assert ways_in(letter) == {("contact", dana.public_id)}


def test_an_assistant_gets_no_invitations_link_by_a_merge(
    event: Event, dana: Contact, ann: Guest
) -> None:
    alone = make_guest(event, "Ann O.")
    say(alone)
    merge(alone, ann, address="gone")
    letter = letter_of(alone)
    assert letter.recipient_email == dana.email
    assert ways_in(letter) == {("contact", dana.public_id)}
