"""A digest that waits names nobody who was taken off the list meanwhile."""

import pytest

from events.models import Message, User
from guests import mailings, people
from guests.models import Contact, Mailing
from guests.people import removals
from tests.factories import make_event, make_user
from tests.guests.assistants import make_principal
from tests.guests.factories import make_contact
from tests.guests.people import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> User:
    return make_user()


@pytest.fixture
def dana() -> Contact:
    return make_contact(make_event(), "Dana", is_assistant=True, wants_digest=True)


def written(dana: Contact, by: User) -> Message:
    kind = Mailing.Kind.SAVE_THE_DATE
    mailings.plan(dana.event, mailings.Plan(kind), at=AT, by=by, nonce="once")
    mailings.write_due(AT)
    return Message.objects.get(about=dana.about)


def test_who_left_is_named_no_more(dana: Contact, host: User) -> None:
    _ann, ben, _cem = (make_principal(dana, name) for name in ("Ann", "Ben", "Cem"))
    letter = written(dana, host)
    people.remove(ben.pk, by=host, at=AT)
    letter.refresh_from_db()
    assert letter.context["guest_names"] == ["Ann", "Cem"]


def test_a_digest_about_nobody_stays_here(dana: Contact, host: User) -> None:
    both = [make_principal(dana, name) for name in ("Ann", "Ben")]
    letter = written(dana, host)
    removals.remove(dana.event, [guest.pk for guest in both], AT)
    letter.refresh_from_db()
    assert letter.state == Message.State.SUPPRESSED
