"""Giving for somebody who granted it, and letters that never leave with a dead link."""

from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import translation

from donations.models import Donation
from events.models import Activity, Message
from guests import portal
from guests.models import Contact, Guest
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_event, make_user
from tests.guests.assistants import desk_of, make_dana, make_principal, page_for
from tests.guests.people import AT, YES, say
from tests.guests.test_payments import make_winner

pytestmark = pytest.mark.django_db


def make_granted() -> tuple[Contact, Guest]:
    """A winner whose publicist may give for them."""
    winner = make_winner(make_event(), name="Tina")
    dana, row = make_dana(winner.event), winner.invitation
    row.contact = dana
    row.save()
    portal.let_give(row.pk, True, AT)
    return dana, winner


@pytest.mark.django_db(transaction=True)
def test_a_granted_gift_goes_the_guests_own_way(stand_in: StandIn) -> None:
    dana, winner = make_granted()
    desk = desk_of(dana)
    typed = {"guest": winner.public_id, "amount": "0.49"}
    pages = [desk.post(page_for(dana, "give"), typed) for _press in range(2)]
    donation = Donation.objects.get()
    assert {page["Location"] for page in pages} == {donation.attempts.get().url}
    assert (donation.donor_name, donation.amount_cents) == ("Tina", 100_000)
    said = Activity.objects.filter(actor_name="Dana for Tina")
    assert said.first().about == winner.about
    thanks = desk.get(page_for(dana, "thanks"))
    assert "Confirming with Stripe" in thanks.text
    assert page_for(dana, "thanks") in thanks.text


def test_what_is_taken_back_is_refused_on_a_page_drawn_before(
    stand_in: StandIn,
) -> None:
    dana, winner = make_granted()
    desk = desk_of(dana)
    portal.let_give(winner.invitation_id, False, AT)
    page = desk.post(page_for(dana, "give"), {"guest": winner.public_id})
    assert page.status_code == HTTPStatus.CONFLICT
    assert not Donation.objects.exists()


def ways_in(letter: Message) -> tuple[list[object], str]:
    """The letter's link, and the page that its calendar entry names."""
    letter.refresh_from_db()
    page = urlsplit(letter.context["calendar"]["url"]).path
    return letter.context["link"]["link"], page


def test_no_letter_leaves_with_a_link_that_was_retired_meanwhile() -> None:
    dana = make_dana(make_event())
    ann = say(make_principal(dana, "Ann"), YES)
    letter, host = Message.objects.get(), make_user()
    hers = reverse("guests:contact", args=[dana.public_id])
    own = reverse("guests:invitation", args=[ann.invitation.public_id])
    assert ways_in(letter) == (["contact", dana.public_id, 1], hers)
    portal.retire_link(dana.pk, by=host, at=AT)
    assert ways_in(letter) == (["contact", dana.public_id, 2], hers)
    portal.set_assistant(dana.pk, False, by=host, at=AT)
    assert ways_in(letter) == (["invitation", ann.invitation.public_id, 1], own)
    portal.set_assistant(dana.pk, True, by=host, at=AT)
    assert ways_in(letter) == (["contact", dana.public_id, 4], hers)
    portal.answer_for_myself(ann.invitation_id, "ann@guests.example", AT)
    assert ways_in(letter) == (["invitation", ann.invitation.public_id, 3], own)


def test_the_log_is_in_english_whatever_language_a_press_is_in() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana, "Ann")
    with translation.override("es"):
        portal.let_give(ann.invitation_id, True, AT)
        portal.let_give(ann.invitation_id, False, AT)
        portal.set_assistant(dana.pk, False, by=make_user(), at=AT)
        portal.set_assistant(dana.pk, True, by=make_user(), at=AT)
    lines = dana.event.activities.order_by("pk")
    assert list(lines.values_list("verb", flat=True)) == [
        "granted giving to",
        "took giving back from",
        "ended the assistant's page of",
        "made an assistant of",
    ]
