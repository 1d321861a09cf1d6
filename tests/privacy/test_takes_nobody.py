"""An evening whose guests are forgotten takes nobody new: they would vanish too."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event, User
from guests import forgotten, imports
from guests.actors import Actor
from guests.door import requests, walk_ins
from guests.door.walk_ins import Visitor
from guests.models import Guest, ImportRun
from guests.privacy import evenings, retention
from tests.factories import make_user
from tests.guests.factories import make_guest
from tests.losers_lounge.commands import failure

pytestmark = pytest.mark.django_db

FILE = b"name,email\nTina Fey,tina@example.com\n"
SAID = "guests have been forgotten, and anybody added"


@pytest.fixture
def over(event: Event) -> Event:
    evenings.ask(event.pk, by="Amy", at=timezone.now())
    event.refresh_from_db()
    return event


def url(event: Event, name: str, *more: object) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *more])


def nobody(event: Event) -> bool:
    return not (event.guests.exists() or event.contacts.exists())


def test_a_host_is_refused_in_one_sentence_by_hand_and_by_file(
    host: Client, over: Event
) -> None:
    sent = {"name": "Tina Fey", "plus_ones": "0"}
    by_hand = host.post(url(over, "guest_new"), sent)
    by_file = host.post(url(over, "import"), {"text": FILE.decode()})
    for answer in (by_hand, by_file):
        assert answer.status_code == 422
        assert SAID in answer.text
    assert nobody(over)
    assert not over.import_runs.exists()


def test_a_file_read_before_is_not_written_after(host: Client, event: Event) -> None:
    run = start(event)
    Event.objects.update(guests_erased_at=timezone.now())
    page = host.post(url(event, "import_apply", run.pk), follow=True)
    assert SAID in page.text
    assert nobody(event)


def test_a_large_file_half_written_stops(event: Event) -> None:
    run = start(event)
    ImportRun.objects.update(state=ImportRun.State.APPLYING)
    evenings.ask(event.pk, by="Amy", at=timezone.now())
    imports.carry_on_all(timezone.now())
    assert nobody(event)
    retention.forget_due(timezone.now())
    run.refresh_from_db()
    assert run.state == ImportRun.State.DISCARDED
    assert not run.parts.exists()


def test_the_command_says_it_in_one_line(over: Event, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(FILE)
    assert SAID in failure("import_guests", over.slug, str(tmp_path / "list.csv"))
    assert nobody(over)


def test_the_door_neither_asks_nor_lets_in_who_is_not_known(event: Event) -> None:
    checker, at = Actor(name="Side door"), timezone.now()
    asked = requests.ask_walk_in(event, Visitor("Bill"), nonce="a", by=checker, at=at)
    Event.objects.update(guests_erased_at=at)
    with pytest.raises(requests.CannotAsk, match=SAID):
        requests.ask_walk_in(event, Visitor("Tina"), nonce="b", by=checker, at=at)
    with pytest.raises(walk_ins.CannotWelcome, match=SAID):
        requests.grant(asked.pk, by=make_user(), at=at)
    assert nobody(event)


@pytest.mark.parametrize("page", ["guest_edit", "guest_address"])
def test_nobody_is_named_anew_who_was_forgotten(
    host: Client, event: Event, page: str
) -> None:
    """Who is forgotten is not looked at again: what was typed would stay."""
    guest = make_guest(event, "Tina Fey")
    evenings.ask(event.pk, by="Amy", at=timezone.now())
    retention.forget_due(timezone.now())
    form = host.get(url(event, page, guest.pk)).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    kept = {name: value for name, value in typed.items() if value not in (None, "")}
    kept |= {"name": "Tina Fey", "aliases": "", "tags": ""}
    answer = host.post(url(event, page, guest.pk), kept)
    assert answer.status_code == 422
    assert "forgotten" in answer.text
    assert not Guest.objects.filter(name="Tina Fey").exists()
    assert not event.contacts.filter(name="Tina Fey").exists()


def test_without_the_refusal_they_would_be_gone_within_the_hour(
    host: Client, over: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgotten, "takes_nobody", lambda event: "")
    host.post(url(over, "guest_new"), {"name": "Tina Fey", "plus_ones": "0"})
    assert over.guests.filter(name="Tina Fey").exists()
    retention.forget_due(timezone.now())
    assert not over.guests.filter(name="Tina Fey").exists()


def start(event: Event) -> ImportRun:
    by: User = make_user()
    kind = ImportRun.Kind.GUESTS
    return imports.start(event, kind, FILE, by=by, at=timezone.now())
