"""What the holder of an invitation's link can see and do, and nobody else."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from events.models import Message
from guests import invitations
from guests.models import Guest, Invitation
from guests.realms import guest_realm
from losers_lounge.links import make_token
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import (
    AT,
    NO,
    YES,
    browser_of,
    page_of,
    say,
    token_of,
)

pytestmark = pytest.mark.django_db

SHOWN = ("invitation", "pass", "calendar", "thanks")
PRESSED = ("rsvp", "donate", "thanks")


def test_the_token_leaves_the_address() -> None:
    row = make_guest().invitation
    response = Client().get(reverse("guests:link", args=[token_of(row)]))
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == page_of(row)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", SHOWN[:3])
def test_a_guests_pages_are_not_kept_by_browsers(name: str) -> None:
    row = make_guest(answer=YES).invitation
    response = browser_of(row).get(page_of(row, name))
    assert response.status_code == HTTPStatus.OK
    assert "no-store" in response["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    settings: Settings,
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    row = make_guest().invitation
    response = Client().get(reverse("guests:link", args=[token_of(row)]))
    cookie = response.cookies[settings.GUEST_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"


def test_a_link_that_is_off_by_a_letter_is_not_there() -> None:
    token = token_of(make_guest().invitation)
    last = "A" if token[-1] != "A" else "B"
    wrong = [
        token[:-1],
        token[:-1] + last,
        token + "=",
        token.swapcase(),
        token.replace(".", "%25"),
        "x" * 5_000,
        "\N{TROPHY}.\N{TROPHY}",
    ]
    for other in wrong:
        assert Client().get(f"/i/{other}/").status_code == HTTPStatus.NOT_FOUND, other


@pytest.mark.parametrize("purpose", ["pass", "unsubscribe", "receipt"])
def test_a_token_for_something_else_opens_no_invitation(purpose: str) -> None:
    row = make_guest().invitation
    token = make_token(purpose, row.public_id, 1)
    response = Client().get(reverse("guests:link", args=[token]))
    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("name", SHOWN)
def test_without_the_link_nothing_is_there(name: str) -> None:
    mine, other = make_guest().invitation, make_guest().invitation
    for client in (Client(), browser_of(other)):
        response = client.get(page_of(mine, name))
        assert response.status_code == HTTPStatus.NOT_FOUND


def test_a_retired_link_shuts_every_view() -> None:
    guest = make_guest(make_event(name="Velvet"), answer=YES)
    row = guest.invitation
    token, client = token_of(row), browser_of(row)
    invitations.rotate(row.pk, by=make_user(), at=AT)
    page = Client().get(f"/i/{token}/")
    assert page.status_code == HTTPStatus.GONE
    assert "This link was replaced" in page.text
    assert "Velvet" not in page.text and guest.name not in page.text
    for name in SHOWN:
        assert client.get(page_of(row, name)).status_code == HTTPStatus.GONE
    for name in PRESSED:
        response = client.post(page_of(row, name), {"answer": NO})
        assert response.status_code == HTTPStatus.GONE
    guest.refresh_from_db()
    assert guest.answer == YES


def test_a_cookie_signed_elsewhere_opens_nothing(settings: Settings) -> None:
    row = make_guest().invitation
    client = Client()
    forged = [
        signing.dumps({"invitations": {row.public_id: 1}}, salt="another"),
        signing.dumps([row.public_id], salt=guest_realm.SALT),
        signing.dumps(
            {"invitations": {row.public_id: 1}}, key="k" * 50, salt=guest_realm.SALT
        ),
        "nonsense",
    ]
    for value in forged:
        client.cookies[settings.GUEST_COOKIE_NAME] = value
        assert client.get(page_of(row)).status_code == HTTPStatus.NOT_FOUND


def test_one_browser_may_hold_several_invitations() -> None:
    contact = make_contact(make_event())
    rows = [make_guest(invitation=make_invitation(contact=contact)).invitation]
    rows.append(make_guest(invitation=make_invitation(contact=contact)).invitation)
    client = browser_of(rows[0])
    client.get(reverse("guests:link", args=[token_of(rows[1])]))
    for row in rows:
        assert client.get(page_of(row)).status_code == HTTPStatus.OK


def test_the_cookie_stays_small_however_many_links_are_opened(
    settings: Settings,
) -> None:
    event = make_event()
    client = Client()
    for _ in range(guest_realm.MOST_INVITATIONS + 3):
        row = make_guest(event).invitation
        client.get(reverse("guests:link", args=[token_of(row)]))
    assert len(client.cookies[settings.GUEST_COOKIE_NAME].value) < 2_000
    assert client.get(page_of(row)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", SHOWN[:2])
def test_a_guest_is_never_a_user(name: str) -> None:
    row = make_guest(answer=YES).invitation
    client = browser_of(row)
    response = client.get(page_of(row, name))
    assert isinstance(response.wsgi_request.user, AnonymousUser)
    assert "sessionid" not in client.cookies
    team_page = reverse("guests:guest_list", args=[row.event.slug])
    assert client.get(team_page).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(method: str) -> None:
    guest = make_guest()
    client = browser_of(guest.invitation)
    for name in ("invitation", "rsvp", "pass", "calendar", "donate", "thanks"):
        getattr(client, method)(page_of(guest.invitation, name), {"answer": YES})
    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.WAITING
    assert not Message.objects.exists()


def test_an_invitation_of_nobody_says_so() -> None:
    row = make_guest(removed_at=timezone.now()).invitation
    client = browser_of(row)
    assert "no longer names anybody" in client.get(page_of(row)).text
    response = client.post(page_of(row, "rsvp"), {"answer": YES})
    assert response.status_code == HTTPStatus.NOT_FOUND


def test_a_pass_for_everybody_who_comes_and_for_nobody_else() -> None:
    guest = make_guest(name="Merritt Wever", plus_ones=1)
    client = browser_of(guest.invitation)
    empty = client.get(page_of(guest.invitation, "pass"))
    assert "once you have said yes" in empty.text
    say(guest, YES, "Ann")
    page = client.get(page_of(guest.invitation, "pass"))
    assert [name.name for name, _url in page.context["passes"]] == [
        "Merritt Wever",
        "Ann",
    ]


def test_the_calendar_file_is_the_entry_of_the_mail() -> None:
    guest = say(make_guest(make_event(name="Losers; Lounge")))
    row = guest.invitation
    response = browser_of(row).get(page_of(row, "calendar"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:invitation-{row.public_id}" in response.text
    assert "SEQUENCE:1" in response.text
    assert "SUMMARY:Losers\\; Lounge" in response.text
    assert token_of(row).partition(".")[2] not in response.text.replace("\r\n ", "")


def test_the_mails_calendar_link_works_anywhere_and_opens_nothing_else() -> None:
    row = say(make_guest(make_event(name="Losers; Lounge"))).invitation
    token = make_token("calendar", row.public_id, row.link_version)
    phone = Client()
    response = phone.get(reverse("guests:calendar_link", args=[token]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Losers\\; Lounge" in response.text
    assert token.partition(".")[2] not in response.text.replace("\r\n ", "")
    assert phone.get(page_of(row)).status_code == HTTPStatus.NOT_FOUND
    for purpose, version in (("invitation", 1), ("pass", 1), ("calendar", 2)):
        other = make_token(purpose, row.public_id, version)
        path = reverse("guests:calendar_link", args=[other])
        assert phone.get(path).status_code == HTTPStatus.NOT_FOUND
    invitations.rotate(row.pk, by=make_user(), at=AT)
    path = reverse("guests:calendar_link", args=[token])
    assert phone.get(path).status_code == HTTPStatus.NOT_FOUND


def crowd(event, nominations: int) -> Guest:
    nominee = make_nominee(event)
    guest = make_guest(event, plus_ones=10, nominee=nominee)
    for number in range(nominations):
        make_nomination(make_category(event), nominee)
        say(guest, YES, *[f"Friend {n}" for n in range(number % 10 + 1)])
    return guest


def test_the_guest_page_costs_the_same_for_a_crowd(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    event = make_event()
    for nominations in (1, 12):
        guest = crowd(event, nominations)
        client = browser_of(guest.invitation)
        with django_assert_max_num_queries(5):
            client.get(page_of(guest.invitation))


def test_a_lost_link_comes_back_once_an_hour_and_says_nothing_about_who() -> None:
    guest = make_guest()
    guest.invitation.contact.email = "dana@agency.example.com"
    guest.invitation.contact.save()
    Invitation.objects.update(invited_at=AT)
    url = reverse("guests:lost_link")
    pages = [
        Client().post(url, {"email": email})
        for email in ("DANA@agency.example.com ", "dana@agency.example.com", "no@x.org")
    ]
    assert {page.status_code for page in pages} == {HTTPStatus.OK}
    assert all("If this address is on a guest list" in page.text for page in pages)
    assert [row.kind for row in Message.objects.all()] == ["link"]


@pytest.mark.parametrize("email", ["", "no", "a@b\0.org", "x" * 300 + "@example.com"])
def test_an_address_that_is_none_is_told(email: str) -> None:
    response = Client().post(reverse("guests:lost_link"), {"email": email})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.context["form"].errors["email"]
