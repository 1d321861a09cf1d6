"""Who is signed in, for how long, and what a link or a cookie opens: nothing more."""

import re
from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from guests import invitations
from guests.realms import guest_realm
from losers_lounge.links import make_token, split_token
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_member
from tests.security.scene import Scene, make_scene

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
EVENTS = "/events/"
NEW_PASSWORD = "another long enough password"


def log_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": email, "password": password}).status_code


def is_in(client: Client) -> bool:
    return client.get(EVENTS).status_code == HTTPStatus.OK


def change_password(client: Client) -> int:
    typed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    typed["password2"] = NEW_PASSWORD
    return client.post("/accounts/password/change/", typed).status_code


def test_login_gives_a_new_session() -> None:
    """Whoever planted the cookie of before holds nothing afterwards."""
    planted, email = Client(), make_member().user.email
    planted.session.update({"planted": True})
    planted.session.save()
    planted.get(LOGIN)
    before = planted.cookies.get("session")
    log_in(planted, email)
    assert is_in(planted)
    assert before is None or planted.cookies["session"].value != before.value


def test_logout_ends_the_session_on_the_server() -> None:
    client, thief = signed_in(make_member()), Client()
    thief.cookies["session"] = client.cookies["session"].value
    assert is_in(thief)
    assert client.get("/accounts/logout/").status_code == HTTPStatus.OK
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(thief)


def test_a_new_password_ends_every_other_session() -> None:
    member = make_member()
    here, elsewhere = signed_in(member), signed_in(member)
    assert is_in(here) and is_in(elsewhere)
    assert change_password(here) == HTTPStatus.FOUND
    assert is_in(here) and not is_in(elsewhere)


def test_the_old_password_is_asked_for() -> None:
    client = signed_in(make_member())
    typed = {"oldpassword": "not it", "password1": NEW_PASSWORD}
    response = client.post(
        "/accounts/password/change/", typed | {"password2": NEW_PASSWORD}
    )
    assert response.status_code == HTTPStatus.OK
    assert log_in(Client(), client.user.email, NEW_PASSWORD) == HTTPStatus.OK


@pytest.mark.parametrize(
    "password", ["short", "password1234", "p" * 11, "1234567890123"]
)
def test_a_password_that_everybody_has_is_refused(password: str) -> None:
    client = signed_in(make_member())
    typed = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    client.post("/accounts/password/change/", typed)
    assert log_in(Client(), client.user.email) == HTTPStatus.FOUND


def test_a_reset_link_works_once_and_ends_every_session() -> None:
    member = make_member()
    elsewhere, client = signed_in(member), Client()
    client.post("/accounts/password/reset/", {"email": member.user.email})
    path = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
    page = client.get(path)
    assert page["Location"].endswith("-set-password/")
    typed = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(page["Location"], typed)
    assert not is_in(elsewhere)
    assert log_in(Client(), member.user.email, NEW_PASSWORD) == HTTPStatus.FOUND
    again = Client().get(path)
    assert b"password1" not in again.content


def test_a_reset_says_the_same_for_known_and_unknown() -> None:
    known = make_member().user.email
    url = "/accounts/password/reset/"
    answers = [Client().post(url, {"email": who}) for who in (known, "no@x.example")]
    assert {answer.status_code for answer in answers} == {HTTPStatus.FOUND}
    assert len({answer["Location"] for answer in answers}) == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_reset_while_no_mail_goes_out_says_try_again(
    settings: Settings, is_known: bool
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    email = make_member().user.email if is_known else "no@x.example"
    response = Client().post("/accounts/password/reset/", {"email": email})
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"]


def test_a_person_who_left_is_out_with_the_next_click() -> None:
    member = make_member()
    client = signed_in(member)
    member.user.is_active = False
    member.user.save()
    assert not is_in(client)
    assert log_in(Client(), member.user.email) == HTTPStatus.FOUND
    fresh = Client()
    log_in(fresh, member.user.email)
    assert not is_in(fresh)


def test_a_role_that_was_taken_away_opens_nothing(scene: Scene) -> None:
    door = scene.member("door")
    page = scene.url("guests:door")
    assert door.get(page).status_code == HTTPStatus.OK
    scene.event.members.filter(user=door.user).delete()
    assert door.get(page).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/email/"])
def test_nobody_makes_an_account_or_takes_an_address_over(path: str) -> None:
    typed = {"email": "new@x.example", "password1": PASSWORD, "password2": PASSWORD}
    for client in (Client(), signed_in(make_member())):
        client.post(path, typed | {"action_add": ""})
    assert log_in(Client(), "new@x.example") == HTTPStatus.OK


def test_a_guest_s_cookie_is_nobody_s_login(scene: Scene) -> None:
    guest = scene.guest()
    response = guest.get(scene.url("guests:invitation"))
    assert response.status_code == HTTPStatus.OK
    assert isinstance(response.wsgi_request.user, AnonymousUser)
    assert "session" not in guest.cookies
    assert not is_in(guest)
    value = guest.cookies["guest"].value
    for name in ("session", "csrf", "sessionid"):
        other = Client()
        other.cookies[name] = value
        assert not is_in(other)


def test_a_session_is_no_guest_s_cookie(scene: Scene) -> None:
    host, other = scene.member("host"), Client()
    page = scene.url("guests:invitation")
    assert host.get(page).status_code == HTTPStatus.NOT_FOUND
    other.cookies["guest"] = host.cookies["session"].value
    assert other.get(page).status_code == HTTPStatus.NOT_FOUND


def forged(scene: Scene) -> dict[str, str]:
    """Guest cookies that say the right thing, signed by the wrong hand."""
    public_id = scene.winner.invitation.public_id
    opened = {"invitations": {public_id: 1}}
    good = signing.dumps(opened, salt=guest_realm.SALT)
    body, stamp, mac = good.split(":")

    def says(**parts: object) -> str:
        return signing.dumps(parts, salt=guest_realm.SALT)

    return {
        "another salt": signing.dumps(opened, salt="other"),
        "another key": signing.dumps(opened, key="x" * 50, salt=guest_realm.SALT),
        "no mac": f"{body}:{stamp}:",
        "mac of another": f"{body}:{stamp}:{mac[::-1]}",
        "a list": signing.dumps([public_id], salt=guest_realm.SALT),
        "a retired version": says(invitations={public_id: 0}),
        "a version of none": says(invitations={public_id: None}),
        "an assistant's": says(contacts={public_id: 1}),
    }


def test_a_forged_cookie_opens_nothing(scene: Scene) -> None:
    for name, value in forged(scene).items():
        client = Client()
        client.cookies["guest"] = value
        status = client.get(scene.url("guests:invitation")).status_code
        was_ours = name == "a retired version"
        assert status == (HTTPStatus.GONE if was_ours else HTTPStatus.NOT_FOUND), name


def other_letter(letter: str) -> str:
    return "B" if letter == "A" else "A"


def test_a_token_with_one_letter_off_opens_nothing(scene: Scene) -> None:
    token = scene.tokens["guests:link"]
    # The last letter carries spare bits, but the text is compared, not the bits.
    for place in range(len(token)):
        wrong = token[:place] + other_letter(token[place]) + token[place + 1 :]
        if wrong != token:
            status = Client(REMOTE_ADDR=f"10.0.0.{place}").get(f"/i/{wrong}/")
            assert status.status_code == HTTPStatus.NOT_FOUND, place


@pytest.mark.parametrize("tail", ["=", "%25", "A", " ", ".", "%0a", "\u0661", "/x"])
def test_a_token_with_something_behind_it_opens_nothing(
    scene: Scene, tail: str
) -> None:
    for name in ("guests:link", "events:unsubscribe"):
        address = scene.url(name).removesuffix("/") + tail + "/"
        assert Client().get(address).status_code == HTTPStatus.NOT_FOUND
    passed = scene.url("guests:door_pass").removesuffix("/") + tail + "/"
    assert scene.member("door").get(passed).status_code == HTTPStatus.NOT_FOUND


def test_a_link_is_good_for_its_own_purpose_alone(scene: Scene) -> None:
    invitation, entry = scene.tokens["guests:link"], scene.tokens["guests:door_pass"]
    assert Client().get(f"/i/{entry}/").status_code == HTTPStatus.NOT_FOUND
    assert Client().get(f"/unsubscribe/{invitation}/").status_code == 404
    assert scene.member("door").get(f"/pass/{invitation}/").status_code == 404


def test_the_mac_of_another_invitation_opens_nothing(scene: Scene) -> None:
    lookup, _ = split_token(scene.tokens["guests:link"])
    _, mac = split_token(make_scene("Other").tokens["guests:link"])
    assert Client().get(f"/i/{lookup}.{mac}/").status_code == HTTPStatus.NOT_FOUND


def test_a_retired_link_shuts_mail_browser_and_pass(scene: Scene) -> None:
    guest, door, host = scene.guest(), scene.member("door"), scene.member("host")
    invitations.rotate(scene.winner.invitation_id, by=host.user, at=timezone.now())
    assert Client().get(scene.url("guests:link")).status_code == HTTPStatus.GONE
    assert guest.get(scene.url("guests:invitation")).status_code == HTTPStatus.GONE
    refused = guest.post(scene.url("guests:rsvp"), {"answer": "no"})
    assert refused.status_code == HTTPStatus.GONE
    assert door.get(scene.url("guests:door_pass")).status_code == 404
    lookup, _ = split_token(scene.tokens["guests:link"])
    new = reverse("guests:link", args=[make_token("invitation", lookup, 2)])
    assert Client().get(new).status_code == HTTPStatus.FOUND


def test_a_press_without_its_csrf_token_does_nothing(scene: Scene) -> None:
    """Cookies alone, as another site's form would send them, are not enough."""
    for name, before in (
        ("guests:rsvp", scene.guest()),
        ("events:team", scene.member("host")),
    ):
        client = Client(enforce_csrf_checks=True)
        client.cookies = before.cookies
        typed = {"answer": "no", "name": "X", "email": "x@x.example", "role": "host"}
        for kind in ("application/json", "text/plain", None):
            how = {"content_type": kind, "data": "{}"} if kind else {"data": typed}
            response = client.post(scene.url(name), **how)
            assert response.status_code == HTTPStatus.FORBIDDEN
            assert "Nothing was changed." in response.content.decode()
    scene.winner.refresh_from_db()
    assert scene.winner.answer == "yes"
    assert not scene.event.members.filter(user__email="x@x.example").exists()


def test_the_database_holds_no_link_that_works(
    scene: Scene, settings: Settings
) -> None:
    """Who steals a dump finds lookups, and not the key that the macs are made with."""
    mac = split_token(scene.tokens["guests:link"])[1]
    told = [
        *scene.event.messages.values(),
        *scene.event.invitations.values(),
        *scene.event.guests.values(),
        *scene.event.activities.values(),
    ]
    assert mac not in str(told)
    assert settings.SECRET_KEY not in str(told)
