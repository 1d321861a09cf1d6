"""An assistant's page, by their own link and by no other."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Activity, Event
from guests import portal
from guests.models import Contact, Guest
from losers_lounge.links import make_token
from tests.donations.factories import make_donation
from tests.factories import make_event, make_user
from tests.guests.assistants import (
    desk_of,
    link_of,
    make_dana,
    make_principal,
    page_for,
)
from tests.guests.factories import make_contact, make_offer
from tests.guests.people import (
    AT,
    NO,
    WAITLISTED,
    YES,
    browser_of,
    page_of,
    party_of,
    say,
)
from tests.guests.test_payments import make_winner

pytestmark = pytest.mark.django_db
READ = ("", "passes", "calendar", "thanks")
PRESSED = ("answer", "answer_all", "needs", "give")


@pytest.fixture
def dana() -> Contact:
    return make_dana(make_event())


def test_the_link_leaves_the_address_at_once(dana: Contact) -> None:
    response = Client().get(link_of(dana))
    assert response["Location"] == page_for(dana)
    assert response["Referrer-Policy"] == "no-referrer"


def test_everybody_they_answer_for_is_on_the_page(dana: Contact) -> None:
    ann, ben = make_principal(dana, "Ann Able"), make_principal(dana, "Ben Bold")
    make_principal(make_contact(dana.event), "Cleo Cold")
    told = desk_of(dana).get(page_for(dana)).text
    assert ann.name in told and ben.name in told
    assert "Cleo" not in told
    assert ann.invitation.public_id not in told


def test_answering_for_one_names_who_comes_along(dana: Contact) -> None:
    ann = make_principal(dana, "Ann", plus_ones=1)
    typed = {"guest": ann.public_id, "answer": YES, "plus_one_1": "Bob", "version": 0}
    response = desk_of(dana).post(page_for(dana, "answer"), typed)
    assert response.status_code == HTTPStatus.FOUND
    assert party_of(ann) == ["Bob"]
    assert Activity.objects.get().actor_name == "Dana for Ann"


def test_in_a_full_room_the_waiting_list_is_offered_before_the_press() -> None:
    dana = make_dana(make_event(capacity=1))
    ann, ben = make_principal(dana, "Ann"), make_principal(dana, "Ben")
    desk = desk_of(dana)
    assert "waiting list" not in desk.get(page_for(dana)).text
    say(ann, YES)

    shown = {
        row["evening"].guest: [choice for choice, _said in row["form"].buttons()]
        for row in desk.get(page_for(dana)).context["shown"]
    }

    assert set(shown[ben]) == {"waitlisted", NO}
    assert "waitlisted" not in shown[ann], "who has a seat keeps it"
    asked = {"guest": ben.public_id, "answer": "waitlisted", "version": 0}
    desk.post(page_for(dana, "answer"), asked)
    ben.refresh_from_db()
    assert ben.answer == "waitlisted"


def test_a_seat_that_is_offered_is_taken_on_the_page_after_the_deadline_too() -> None:
    dana = make_dana(make_event(capacity=1))
    ann, ben = make_principal(dana, "Ann"), make_principal(dana, "Ben")
    say(ann, YES)
    say(ben, WAITLISTED)
    Guest.objects.filter(pk=ann.pk).update(answer=NO)
    make_offer(ben)
    Event.objects.update(rsvp_deadline_at=AT)
    desk = desk_of(dana)

    assert "A seat is kept for Ben." in desk.get(page_for(dana)).text
    ben.invitation.refresh_from_db()
    typed = {"guest": ben.public_id, "answer": YES, "version": ben.invitation.version}
    desk.post(page_for(dana, "answer"), typed)

    ben.refresh_from_db()
    assert ben.answer == YES
    assert "A seat is kept for Ben." not in desk.get(page_for(dana)).text


def test_an_answer_with_a_fault_is_shown_at_its_own_row(dana: Contact) -> None:
    make_principal(dana, "Ann"), make_principal(dana, "Ben")
    ben = Guest.objects.get(name="Ben")
    typed = {"guest": ben.public_id, "answer": ""}
    response = desk_of(dana).post(page_for(dana, "answer"), typed)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    bound = [row["form"] for row in response.context["shown"] if row["form"].is_bound]
    assert [form.auto_id for form in bound] == [f"{ben.public_id}_%s"]


def test_two_desks_do_not_overwrite_each_other(dana: Contact) -> None:
    ann = make_principal(dana, "Ann")
    for desk, reply in ((desk_of(dana), YES), (desk_of(dana), NO)):
        typed = {"guest": ann.public_id, "answer": reply, "version": 0}
        response = desk.post(page_for(dana, "answer"), typed)
    assert response.status_code == HTTPStatus.CONFLICT
    ann.refresh_from_db()
    assert ann.answer == YES


def test_yes_for_all_is_one_press(dana: Contact) -> None:
    make_principal(dana), make_principal(dana)
    desk_of(dana).post(page_for(dana, "answer_all"))
    assert dana.event.guests.attending().count() == 2


def test_what_one_does_not_eat_is_told_for_them(dana: Contact) -> None:
    ann = say(make_principal(dana, "Ann"), YES)
    desk = desk_of(dana)
    [row] = desk.get(page_for(dana)).context["shown"]
    [(_person, dietary, _other)] = row["needs"].rows()
    typed = {"guest": ann.public_id, dietary.html_name: "No nuts"}
    desk.post(page_for(dana, "needs"), typed)
    ann.refresh_from_db()
    assert ann.dietary == "No nuts"
    said = Activity.objects.get(verb__contains="venue")
    assert said.actor_name == "Dana for Ann"


def test_nobody_of_another_contact_can_be_named(dana: Contact) -> None:
    make_principal(dana)
    other = make_principal(make_contact(dana.event))
    for name in ("answer", "give"):
        typed = {"guest": other.public_id, "answer": YES}
        response = desk_of(dana).post(page_for(dana, name), typed)
        assert response.status_code == HTTPStatus.NOT_FOUND
    other.refresh_from_db()
    assert other.answer == Guest.Answer.WAITING


def test_everybody_who_comes_has_a_pass(dana: Contact) -> None:
    ann = make_principal(dana, "Ann", plus_ones=1)
    make_principal(dana, "Ben")
    say(ann, YES, "Bob")
    response = desk_of(dana).get(page_for(dana, "passes"))
    assert [guest.name for guest, _url in response.context["passes"]] == ["Ann", "Bob"]


def test_the_calendar_leads_back_to_the_page(dana: Contact) -> None:
    entry = desk_of(dana).get(page_for(dana, "calendar")).content.decode()
    assert page_for(dana) in entry.replace("\r\n ", "")
    assert "METHOD:PUBLISH" in entry


@pytest.mark.parametrize("retire", ["retire_link", "set_assistant"])
def test_a_retired_link_kills_every_browser_it_let_in(
    dana: Contact, retire: str
) -> None:
    make_principal(dana)
    link, desk = link_of(dana), desk_of(dana)
    press = {"is_assistant": False} if retire == "set_assistant" else {}
    getattr(portal, retire)(dana.pk, **press, by=make_user(), at=AT)
    assert Client().get(link).status_code == HTTPStatus.GONE
    for name in READ:
        assert desk.get(page_for(dana, name)).status_code == HTTPStatus.GONE
    for name in PRESSED:
        assert desk.post(page_for(dana, name)).status_code == HTTPStatus.GONE


def test_the_page_and_the_invitation_never_open_one_another(dana: Contact) -> None:
    row = make_principal(dana).invitation
    desk, guest = desk_of(dana), browser_of(row)
    assert desk.get(page_of(row)).status_code == HTTPStatus.NOT_FOUND
    assert guest.get(page_for(dana)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("purpose", ["invitation", "pass", "unsubscribe"])
def test_a_token_of_another_purpose_opens_no_page(dana: Contact, purpose: str) -> None:
    token = make_token(purpose, dana.public_id, dana.link_version)
    response = Client().get(reverse("guests:contact_link", args=[token]))
    assert response.status_code == HTTPStatus.NOT_FOUND
    own = link_of(dana).split("/")[-2]
    for name in ("guests:link", "guests:door_pass", "events:unsubscribe"):
        assert Client().get(reverse(name, args=[own])).status_code != HTTPStatus.OK


def test_a_contact_who_answers_for_nobody_has_no_page() -> None:
    couple = make_contact(make_event())
    assert Client().get(link_of(couple)).status_code == HTTPStatus.GONE


def test_giving_is_refused_until_the_principal_grants_it() -> None:
    event = make_event()
    winner = make_winner(event)
    dana = make_dana(event)
    row = winner.invitation
    row.contact = dana
    row.save()
    desk = desk_of(dana)
    assert f"Only {winner.name} can let you give" in desk.get(page_for(dana)).text
    response = desk.post(page_for(dana, "give"), {"guest": winner.public_id})
    assert response.status_code == HTTPStatus.CONFLICT
    assert not event.donations.exists()
    portal.let_give(row.pk, True, AT)
    assert f"for {winner.name}" in desk.get(page_for(dana)).text


def test_what_others_gave_is_not_thanked_for_here(dana: Contact) -> None:
    make_principal(dana)
    make_donation(dana.event)
    response = desk_of(dana).get(page_for(dana, "thanks"))
    assert response["Location"] == page_for(dana)


def test_the_page_costs_the_same_for_twenty(
    dana: Contact, django_assert_max_num_queries: object
) -> None:
    for _ in range(20):
        make_principal(dana)
    desk = desk_of(dana)
    with django_assert_max_num_queries(3):
        desk.get(page_for(dana))
