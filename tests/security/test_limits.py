"""Work that costs, and letters that reach strangers, have an end in an hour."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import settlement
from donations.models import Donation
from events.models import Event
from events.views import downloads, team
from guests import mailings
from guests.door import lookups
from guests.door.scans import MOST_SCANS
from guests.mailings import hourly_limit
from guests.models import Guest, Mailing
from guests.views import giving, pledges
from tests.factories import make_member
from tests.guests.devices import make_phone
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.security.scene import Scene

INVITATIONS = mailings.Plan("invitation")

pytestmark = pytest.mark.django_db

FORBIDDEN = HTTPStatus.TOO_MANY_REQUESTS


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """This process has counted nobody's looks yet."""
    lookups.forget()
    yield
    lookups.forget()


def spend(monkeypatch: pytest.MonkeyPatch, room: Any, name: str, most: int) -> None:
    """The same limit, reached sooner."""
    throttle = getattr(room, name)
    values = (throttle.purpose, most, throttle.seconds, throttle.most_of_all)
    monkeypatch.setattr(room, name, type(throttle)(*values))


def look_at(phone: Client, event: Event, guest_id: int) -> int:
    url = reverse("guests:door_card", args=[event.slug, guest_id])
    return phone.get(url).status_code


def crowd(event: Event, size: int) -> list[Guest]:
    invitation = make_invitation(event, make_contact(event))
    names = (f"Guest Number {number}" for number in range(size))
    return [make_guest(name=name, invitation=invitation) for name in names]


def test_a_phone_opens_a_door_s_worth_of_cards_and_no_more(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same card again is no further person, and another phone has its own."""
    spend(monkeypatch, lookups, "PEOPLE", 10)
    people, phone = crowd(event, 13), make_phone(event)
    for _ in range(3):
        assert look_at(phone, event, people[0].pk) == HTTPStatus.OK
    statuses = [look_at(phone, event, guest.pk) for guest in people]
    assert statuses == [200] * 10 + [FORBIDDEN] * 3
    assert look_at(make_phone(event), event, people[12].pk) == HTTPStatus.OK
    told = event.activities.filter(verb__contains="more people than a door")
    assert told.count() == 1
    lookups.forget()
    monkeypatch.undo()
    assert look_at(phone, event, people[12].pk) == HTTPStatus.OK


def test_a_host_may_look_at_everybody(
    event: Event, host: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(monkeypatch, lookups, "PEOPLE", 1)
    statuses = {look_at(host, event, guest.pk) for guest in crowd(event, 12)}
    assert statuses == {HTTPStatus.OK}


def test_a_phone_that_tries_numbers_is_stopped(event: Event) -> None:
    """Ids can be counted up: twenty of nobody here, by card or by scan."""
    phone = make_phone(event)
    statuses = [look_at(phone, event, 900_000 + number) for number in range(21)]
    assert statuses == [404] * 20 + [FORBIDDEN]
    now = timezone.now().isoformat()
    scan = {"guest": 900_100, "action": "in", "at": now, "seq": 1, "nonce": "n"}
    url = reverse("guests:door_sync", args=[event.slug])
    answer = phone.post(
        url, {"sent_at": now, "scans": [scan]}, content_type="application/json"
    )
    assert answer.status_code == FORBIDDEN
    assert "kept on the phone" in answer.json()["error"]
    assert answer["Retry-After"]
    assert not event.admissions.exists()


@pytest.mark.parametrize(
    ("path", "first"),
    [("news/?guest={}", 200), ("settle/{}/by-hand/", 404)],
)
def test_numbers_of_nobody_are_counted_by_news_and_by_hand_too(
    event: Event, door: Client, path: str, first: int
) -> None:
    url = f"/events/{event.slug}/door/{path}"
    statuses = [
        door.get(url.format(900_000 + number)).status_code
        for number in range(lookups.NOBODY.most + 1)
    ]
    assert statuses == [first] * lookups.NOBODY.most + [FORBIDDEN]


def test_a_phone_cannot_flood_the_door_with_scans(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole night's scans come through; what comes after them waits."""
    assert lookups.SCANS.most >= 5 * MOST_SCANS
    spend(monkeypatch, lookups, "SCANS", 2)
    guest, phone = make_guest(event, "Tina Fey"), make_phone(event)
    url, now = reverse("guests:door_sync", args=[event.slug]), timezone.now()
    said = {"guest": guest.pk, "action": "in", "at": now.isoformat(), "seq": 1}
    for nonce, status in (("a", 200), ("b", 200), ("c", FORBIDDEN)):
        told = {"sent_at": now.isoformat(), "scans": [said | {"nonce": nonce}]}
        answer = phone.post(url, told, content_type="application/json")
        assert answer.status_code == status, nonce


def test_searching_through_the_alphabet_ends(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(monkeypatch, lookups, "SEARCHES", 20)
    phone, url = make_phone(event), reverse("guests:door", args=[event.slug])
    pairs = [f"{one}{two}" for one in "abcde" for two in "vwxyz"]
    statuses = [phone.get(url, {"q": pair}).status_code for pair in pairs]
    assert statuses == [200] * 20 + [FORBIDDEN] * 5
    part = phone.get(
        url, {"q": "mn"}, headers={"HX-Request": "true", "HX-Target": "door-found"}
    )
    assert part.status_code == FORBIDDEN
    assert b"Slowly, please" in part.content and b"<html" not in part.content


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("guests:export_csv", "host"),
        ("guests:export_xlsx", "host"),
        ("guests:activity_csv", "host"),
        ("donations:statement_pdf", "finance"),
        ("donations:receipt_pdf", "finance"),
        ("donations:journal_csv", "finance"),
    ],
)
def test_files_are_not_taken_without_end(scene: Scene, name: str, role: str) -> None:
    client = scene.member(role)
    downloads.FILES.count(f"user/{client.user.pk}", downloads.FILES.most)
    assert client.get(scene.url(name)).status_code == FORBIDDEN
    assert scene.member(role).get(scene.url(name)).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "name", ["guests:import", "guests:nomination_import", "guests:results_official"]
)
def test_uploads_are_not_read_without_end(scene: Scene, name: str) -> None:
    client = scene.member("host")
    downloads.UPLOADS.count(f"user/{client.user.pk}", downloads.UPLOADS.most)
    assert client.get(scene.url(name)).status_code == HTTPStatus.OK
    refused = client.post(scene.url(name), {"text": "name\nAmy"})
    assert refused.status_code == FORBIDDEN


def test_a_host_puts_so_many_strangers_on_the_team_in_an_hour(scene: Scene) -> None:
    host = scene.member("host")
    team.INVITED.count(str(host.user.pk), team.INVITED.most)
    typed = {"name": "A", "email": "a@x.example", "role": "door"}
    before = scene.event.members.count()
    assert host.post(scene.url("events:team"), typed).status_code == FORBIDDEN
    assert scene.event.members.count() == before


def test_a_page_that_presses_by_itself_asks_stripe_so_often(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After that it shows what stands here; the webhook or the sweep will tell."""
    asked: list[int] = []
    monkeypatch.setattr(settlement, "confirm_return", asked.append)
    Donation.objects.update(state=Donation.State.CHECKOUT_OPEN)
    guest, page = scene.guest(), scene.url("guests:thanks")
    given = giving.Given(scene.donation, scene.donation.amount_cents)
    monkeypatch.setattr(giving, "_given", lambda *_: [given])
    scene.donation.refresh_from_db()
    statuses = {guest.post(page).status_code for _ in range(giving.ASKS.most + 5)}
    assert statuses == {HTTPStatus.OK}
    assert len(asked) == giving.ASKS.most


def test_looking_for_a_saved_card_asks_stripe_so_often(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(pledges.cards, "come_back", lambda pk, _at: asked.append(pk))
    kept = SimpleNamespace(pledge=SimpleNamespace(setup_session_id="cs"), pledge_id=7)
    monkeypatch.setattr(pledges.pledges, "latest", lambda _guest: kept)
    guest, page = scene.guest(), scene.url("guests:pledge")
    presses = range(pledges.LOOKS.most + 5)
    statuses = {guest.post(page, {"do": "look"}).status_code for _ in presses}
    assert statuses == {HTTPStatus.FOUND}
    assert asked == [7] * pledges.LOOKS.most


def planned(event: Event, letters: int, by: Any, minutes: int = 1) -> Mailing:
    now = timezone.now()
    return event.mailings.create(
        kind="invitation",
        send_at=now,
        created_at=now - timedelta(minutes=minutes),
        total=letters,
        nonce=f"n{Mailing.objects.count()}",
        by=by,
    )


def test_an_account_writes_to_so_many_in_an_hour(event: Event) -> None:
    """Of all its events together; by the server's own command to anybody."""
    member, now = make_member(event), timezone.now()
    elsewhere = make_member(user=member.user).event
    planned(elsewhere, hourly_limit.LETTERS, member.user, minutes=59)
    make_invitation(event, make_contact(event, email="a@x.example"))
    for guest in event.invitations.all():
        make_guest(name="Amy", invitation=guest)
    said = {"at": now, "nonce": "one too many"}
    with pytest.raises(hourly_limit.TooManyLetters, match="send_invitations"):
        mailings.plan(event, INVITATIONS, by=member.user, **said)
    assert not event.mailings.exists() and not event.messages.exists()
    later = said | {"at": now + timedelta(minutes=2)}
    assert mailings.plan(event, INVITATIONS, by=member.user, **later).total == 1
    assert mailings.plan(event, INVITATIONS, by="command", at=now, nonce="c")


def test_the_page_says_who_can_send_more(event: Event, host: Client) -> None:
    planned(event, hourly_limit.LETTERS, host.user)
    make_guest(
        invitation=make_invitation(event, make_contact(event, email="a@x.example"))
    )
    page = reverse("guests:mailing_new", args=[event.slug])
    answer = host.post(page, {"when": "now", "nonce": "n5"})
    assert answer.status_code == FORBIDDEN
    assert b"send_invitations" in answer.content
    pressed = host.post(
        reverse("guests:invitations_send", args=[event.slug]), follow=True
    )
    assert b"send_invitations" in pressed.content
    assert not event.messages.exists()
