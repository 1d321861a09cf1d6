"""What an assistant may do for others, and what only a principal may."""

from threading import Thread

import pytest
from django.db import connection, transaction

from events.models import Activity, Event, Message
from guests import portal
from guests.models import Contact, Guest, Invitation
from tests.factories import make_event, make_user
from tests.guests.assistants import make_dana, make_principal
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT, NO, YES, browser_of, page_of, say
from tests.interleaving import waits_for_us
from tests.racing import at_the_same_moment, seen_to_fail_without_lock
from tests.workers import eventually

pytestmark = pytest.mark.django_db


def answers(event: Event) -> dict[str, str]:
    return dict(event.guests.principals().values_list("name", "answer"))


def test_yes_for_all_asks_nobody_who_has_answered() -> None:
    event = make_event()
    dana = make_dana(event)
    make_principal(dana, "Ann"), make_principal(dana, "Ben", answer=NO)
    done = portal.say_yes_for_all(dana, AT)
    assert done.answered == ["Ann"]
    assert answers(event) == {"Ann": "yes", "Ben": "no"}


def test_who_finds_no_seat_hinders_nobody_else() -> None:
    event = make_event(capacity=2)
    dana = make_dana(event)
    for name in ("Ann", "Ben", "Cleo"):
        make_principal(dana, name)
    done = portal.say_yes_for_all(dana, AT)
    assert (done.answered, done.without_seat) == (["Ann", "Ben"], ["Cleo"])
    assert answers(event)["Cleo"] == "waiting"


def test_an_assistant_is_held_to_the_deadline_as_a_guest_is() -> None:
    event = make_event(rsvp_deadline_at=AT.replace(year=2012))
    dana = make_dana(event)
    make_principal(dana, "Ann")
    assert portal.say_yes_for_all(dana, AT).is_closed
    assert answers(event) == {"Ann": "waiting"}


def test_the_log_says_who_answered_for_whom() -> None:
    dana = make_dana(make_event())
    make_principal(dana, "Ann")
    portal.say_yes_for_all(dana, AT)
    assert Activity.objects.get().actor_name == "Dana for Ann"


def test_everybody_is_read_in_as_many_queries_as_one(
    django_assert_num_queries: object,
) -> None:
    dana = make_dana(make_event())
    for _ in range(12):
        make_principal(dana)
    with django_assert_num_queries(1):
        assert len(portal.evenings(dana)) == 12


def test_a_principal_lets_their_assistant_give_and_takes_it_back() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana, "Ann")
    for may in (True, True, False):
        portal.let_give(ann.invitation_id, may, AT)
        row = Invitation.objects.get(pk=ann.invitation_id)
        assert row.contact_may_give is may
    said = Activity.objects.order_by("pk").values_list("actor_name", "verb")
    assert list(said) == [
        ("Ann", "granted giving to"),
        ("Ann", "took giving back from"),
    ]


def test_a_shared_address_is_no_assistant() -> None:
    couple = make_contact(make_event())
    ann = make_principal(couple)
    portal.let_give(ann.invitation_id, True, AT)
    portal.answer_for_myself(ann.invitation_id, "ann@guests.example", AT)
    row = Invitation.objects.get(pk=ann.invitation_id)
    assert (row.contact, row.contact_may_give) == (couple, False)


def test_a_principal_who_answers_alone_takes_link_and_mail_along() -> None:
    dana = make_dana(make_event())
    ann, ben = make_principal(dana, "Ann"), make_principal(dana, "Ben")
    merged = make_principal(dana).invitation
    merged.continues_as = ann.invitation
    merged.save()
    portal.let_give(ann.invitation_id, True, AT)
    for _press in range(2):
        portal.answer_for_myself(ann.invitation_id, "Ann@Guests.example", AT)
    row = Invitation.objects.select_related("contact").get(pk=ann.invitation_id)
    assert (row.contact.name, row.contact.email) == ("Ann", "ann@guests.example")
    assert (row.link_version, row.contact_may_give) == (2, False)
    merged.refresh_from_db()
    assert merged.link_version == 2
    assert [seen.guest for seen in portal.evenings(dana)] == [ben]
    sent = Message.objects.order_by("kind").values_list("kind", "recipient_email")
    assert list(sent) == [
        ("handed_over", "dana@agency.example"),
        ("link", "ann@guests.example"),
    ]


def test_a_letter_that_has_not_left_goes_to_the_principal_with_the_new_link() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana, "Ann")
    say(ann, YES)
    portal.answer_for_myself(ann.invitation_id, "ann@guests.example", AT)
    letter = Message.objects.get(kind="confirmation")
    assert letter.recipient_email == "ann@guests.example"
    assert letter.context["qr"]["link"][-1] == 2


def test_the_assistants_own_address_would_change_nothing() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana)
    with pytest.raises(portal.SameAddress):
        portal.answer_for_myself(ann.invitation_id, "DANA@agency.example", AT)
    assert not Message.objects.exists()


def test_no_grant_outlives_the_assistant() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana)
    portal.let_give(ann.invitation_id, True, AT)
    for is_assistant in (False, True):
        portal.set_assistant(dana.pk, is_assistant, by=make_user(), at=AT)
    dana.refresh_from_db()
    assert dana.link_version == 3
    with pytest.raises(portal.NotGranted):
        portal.begin_giving(dana, [ann], AT)


def test_letters_of_before_open_nothing_for_who_becomes_an_assistant() -> None:
    """They held the invitation's own link, by which one may give in Ann's name."""
    contact = make_contact(make_event(), "Dana", email="dana@agency.example")
    ann = make_guest(
        name="Ann", invitation=make_invitation(contact=contact, invited_at=AT)
    )
    browser = browser_of(ann.invitation)
    assert browser.get(page_of(ann.invitation)).status_code == 200
    for _twice in range(2):
        portal.set_assistant(contact.pk, True, by=make_user(), at=AT)
    assert browser.get(page_of(ann.invitation)).status_code == 410
    letter = Message.objects.get()
    assert (letter.kind, letter.recipient_email) == ("portal_link", contact.email)
    assert letter.context["link"]["link"] == ["contact", contact.public_id, 2]


def agencies_race() -> None:
    """Six assistants press "all yes" for two people each; there is one seat."""
    event = make_event(capacity=1)
    desks = [make_dana(event) for _ in range(6)]
    for dana in desks * 2:
        make_principal(dana)
    at_the_same_moment(6, lambda number: portal.say_yes_for_all(desks[number], AT))
    assert event.guests.attending().count() == event.capacity
    letters = Message.objects.filter(event=event, kind="confirmation")
    assert letters.count() == event.capacity


@pytest.mark.django_db(transaction=True)
def test_assistants_never_fill_one_seat_twice() -> None:
    agencies_race()
    seen_to_fail_without_lock(agencies_race, Event)


@pytest.mark.django_db(transaction=True)
def test_one_page_in_two_browsers_answers_everybody_once() -> None:
    dana = make_dana(make_event())
    for _ in range(4):
        make_principal(dana)
    at_the_same_moment(2, lambda _: portal.say_yes_for_all(dana, AT))
    assert Message.objects.filter(kind="confirmation").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_principal_who_leaves_while_pressed_for_leaves_once() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana, "Ann")

    at_the_same_moment(
        4,
        lambda _: portal.answer_for_myself(ann.invitation_id, "ann@guests.example", AT),
    )

    ann = Guest.objects.select_related("invitation__contact").get(pk=ann.pk)
    assert ann.invitation.link_version == 2
    assert Message.objects.filter(kind="handed_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_yes_for_all_does_not_overrule_who_says_no_at_that_moment() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana, "Ann")
    pressed = Thread(target=say_yes_and_hang_up, args=[dana])
    with transaction.atomic():
        Event.objects.select_for_update().get(pk=dana.event_id)
        pressed.start()
        eventually(waits_for_us)
        say(ann, NO)
    pressed.join()
    ann.refresh_from_db()
    assert ann.answer == NO


def say_yes_and_hang_up(dana: Contact) -> None:
    portal.say_yes_for_all(dana, AT)
    connection.close()
