"""A seeded event with somebody signed in, and guests who hold their cookies."""

import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from events.models import Event
from guests.models import Guest
from guests.realms import device_realm, guest_realm
from losers_lounge.demo import seeding
from tests.benchmarks.programs import Web
from tests.guests.devices import make_device

NOMINEES_PERCENT, ANSWERED_PERCENT = 10, 60
LETTERS = """INSERT INTO events_message (event_id, kind, about, dedupe_key, lookup,
       message_id, recipient_name, recipient_email, address_mac, template, context,
       is_bulk, state, attempts, deferrals, not_before, sent_at, last_error,
       server_words, copies_possible, created_at)
       SELECT event_id, 'invitation', 'invitation/' || id, 'dressed/' || id,
       'dressed' || id, '<' || id || '@dressed>', '', '', '', '', '{}', true,
       CASE WHEN id %% 300 = 1 THEN 'failed' ELSE 'sent' END, 1, 0,
       CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, '', '', 1, CURRENT_TIMESTAMP
       FROM guests_invitation WHERE event_id = %(event)s AND invited_at IS NOT NULL"""


@dataclass
class Night:
    """One event of the product, and what a client needs to speak of it."""

    event: Event
    guests: int
    session: dict[str, str]
    phone: dict[str, str]
    invited: list[tuple[Guest, dict[str, str]]] = field(default_factory=list)
    coming: list[int] = field(default_factory=list)
    middle_id: int = 0


def make_night(guests: int, visitors: int) -> Night:
    """Seed an event; `visitors` guests of each kind are ready to be used.

    `invited` have not answered yet, every tenth of them a nominee; `coming` have.
    """
    size = seeding.Size(guests, guests * NOMINEES_PERCENT // 100, ANSWERED_PERCENT)
    event = seeding.seed(f"seeded-{guests}", size, timezone.now())
    dress(event)
    with connection.cursor() as cursor:  # as autovacuum would soon
        is_sqlite = connection.vendor == "sqlite"
        cursor.execute("ANALYZE" if is_sqlite else "VACUUM (ANALYZE)")
    night = Night(event, guests, signed_in(event), phone_of(event))
    waiting = event.guests.filter(answer=Guest.Answer.WAITING)
    waiting = waiting.select_related("invitation")
    night.invited = [(guest, cookie_of(guest)) for guest in spread(waiting, visitors)]
    yes = event.guests.filter(answer=Guest.Answer.YES)
    # Two works let people in, and nobody twice.
    night.coming = [guest.pk for guest in spread(yes, 2 * visitors)]
    by_name = event.guests.order_by("name_key", "pk")
    night.middle_id = by_name[guests // 2].pk
    return night


def dress(event: Event) -> None:
    """What a season leaves behind: tags common and rare, waves, letters, some lost."""
    at = timezone.now()
    guests = event.guests.annotate(turn=F("pk") % 500, lot=F("pk") * 7919 % 1009)
    guests.filter(turn=1).update(tags=["press"])
    guests.filter(lot__lt=336).update(tags=["friend"])
    for every, values in ((200, {"is_vip": True}), (100, {"dietary": "no nuts"})):
        event.guests.annotate(turn=F("pk") % every).filter(turn=1).update(**values)
    invitations = event.invitations.annotate(fifth=F("pk") % 5, turn=F("pk") % 100)
    invitations.filter(fifth=0).update(wave=2)
    invitations.filter(turn__gt=0).update(invited_at=at)
    with connection.cursor() as cursor:
        cursor.execute(LETTERS, {"event": event.pk})


def spread(people: object, count: int) -> list[Guest]:
    """So many of them, every n-th in order, nominees in their true proportion."""
    keys = list(people.order_by("pk").values_list("pk", flat=True))
    chosen = keys[:: max(1, len(keys) // count)][:count]
    return list(people.filter(pk__in=chosen).order_by("pk"))


def signed_in(event: Event) -> dict[str, str]:
    client = Client()
    client.force_login(event.members.first().user)
    name = settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value}


def phone_of(event: Event) -> dict[str, str]:
    """The cookie of a phone that was paired with the door."""
    at, response = timezone.now(), HttpResponse()
    device = make_device(event, claimed_at=at)
    device_realm.remember(response, device, at)
    name = settings.DEVICE_COOKIE_NAME
    return {name: response.cookies[name].value}


def cookie_of(guest: Guest) -> dict[str, str]:
    response = HttpResponse()
    guest_realm.remember(HttpRequest(), response, guest.invitation)
    name = settings.GUEST_COOKIE_NAME
    return {name: response.cookies[name].value}


def answer(web: Web, night: Night, number: int) -> None:
    """Everybody says yes, then everybody no, and yes again: always a change."""
    turn, place = divmod(number, len(night.invited))
    guest, cookie = night.invited[place]
    fields = {
        "guest": guest.public_id,
        "version": str(turn),
        "answer": "no" if turn % 2 else "yes",
        "plus_one_1": "",
    }
    path = f"/invitation/{guest.invitation.public_id}/rsvp/"
    web.post(path, cookie, settings.CSRF_COOKIE_NAME, fields)


def look(web: Web, night: Night, number: int) -> None:
    guest, cookie = night.invited[number % len(night.invited)]
    web.get(f"/invitation/{guest.invitation.public_id}/", cookie)


def admit(web: Web, night: Night, number: int) -> None:
    let_in(web, night, night.coming[number], night.session)


def admit_by_phone(web: Web, night: Night, number: int) -> None:
    let_in(web, night, night.coming[number], night.phone)


def empty_the_room(night: Night) -> None:
    """Nobody has come yet, so that everybody can be let in once more."""
    night.event.admissions.all().delete()


def let_in(web: Web, night: Night, guest_id: int, cookie: dict[str, str]) -> None:
    path = f"/events/{night.event.slug}/door/{guest_id}/admit/"
    fields = {"nonce": uuid.uuid4().hex}
    web.post(path, cookie, settings.CSRF_COOKIE_NAME, fields)
