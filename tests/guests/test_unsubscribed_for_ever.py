"""From the press in a mail program to the next import: no more mail, whatever comes."""

import pytest
from django.test import Client

from events import outbox, suppression
from events.models import Event, Message
from guests import imports, invitations, people
from guests.models import Contact, Guest, ImportRun, Invitation
from losers_lounge.links import make_token
from tests.factories import make_user
from tests.guests.people import AT

pytestmark = pytest.mark.django_db

FILE = b"name,email\nTina Fey,Tina@guests.example\nJon Hamm,jon@guests.example\n"


def read_in(event: Event, data: bytes = FILE) -> None:
    run = imports.start(event, ImportRun.Kind.GUESTS, data, by=None, at=AT)
    imports.finish(run.pk, by=None, at=AT)


def states(event: Event) -> dict[str, str]:
    newest = event.messages.order_by("pk")
    return {row.recipient_email.lower(): row.state for row in newest}


def test_who_unsubscribed_stays_so_after_deletion_and_import(event: Event) -> None:
    read_in(event)
    invitations.send(event.pk, by="Amy", at=AT)
    tina = event.messages.get(recipient_email__iexact="tina@guests.example")
    token = make_token("unsubscribe", tina.lookup, 1)
    press = Client(enforce_csrf_checks=True).post(
        f"/unsubscribe/{token}/", {"List-Unsubscribe": "One-Click"}
    )
    assert press.status_code == 200

    for model in (Guest, Invitation, Contact, Message):
        model.objects.all().delete()
    read_in(event, FILE.replace(b"Tina@", b"TINA@"))
    invitations.send(event.pk, by="Amy", at=AT)

    assert states(event) == {
        "tina@guests.example": Message.State.SUPPRESSED,
        "jon@guests.example": Message.State.QUEUED,
    }
    assert outbox.claim().recipient_email == "jon@guests.example"
    assert outbox.claim() is None


def test_a_wish_taken_back_writes_to_nobody_who_is_off_the_list(event: Event) -> None:
    read_in(event)
    suppression.suppress("tina@guests.example", AT)
    invitations.send(event.pk, by="Amy", at=AT)
    tina = event.guests.get(name="Tina Fey")
    people.remove(tina.pk, by=make_user(), at=AT)
    suppression.lift("tina@guests.example")
    assert states(event)["tina@guests.example"] == Message.State.SUPPRESSED
    people.bring_back(tina.pk, by=make_user(), at=AT)
    assert states(event)["tina@guests.example"] == Message.State.QUEUED
