"""Every address: who may knock, by which method, and that looking changes nothing."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from donations import receipts, statements
from donations.models import Donation
from events.models import Event, Member
from guests import imports
from guests.models import Guest, ImportRun, Trophy
from losers_lounge.links import make_token
from tests import factories
from tests.conftest import signed_in
from tests.donations.factories import make_donation
from tests.events.mails import make_message
from tests.guests.devices import make_device
from tests.guests.doorstep import make_exception
from tests.guests.factories import (
    ask_for_a_name,
    make_guest,
    make_mailing,
    make_offer,
)
from tests.security.rows import bottle_and_cash, money_in_doubt

APPS = ("events", "donations", "guests")
# Who has no account may knock here. Everything else sends a stranger to the login.
PUBLIC = {
    *("events:home", "events:healthz", "events:readyz", "events:unsubscribe"),
    *("events:bounces", "events:robots", "events:language", "operations:metrics"),
    "events:security",
    *("donations:total", "donations:total_json", "donations:stripe_webhook"),
    "donations:total_press",
    *("donations:donor_link", "donations:donor"),
    *("donations:donor_credit", "donations:donor_wish", "guests:surplus"),
    *("donations:donor_receipt", "donations:donor_pdf"),
    *("donations:donor_bottle", "donations:donor_proof"),
    *("guests:link", "guests:lost_link", "guests:contact_link", "guests:contact"),
    *("guests:contact_answer", "guests:contact_answer_all", "guests:contact_passes"),
    "guests:contact_needs",
    *("guests:contact_calendar", "guests:contact_give", "guests:contact_thanks"),
    *("guests:here", "guests:may_give", "guests:own_address"),
    *("guests:invitation", "guests:rsvp", "guests:pass", "guests:calendar"),
    *("guests:pair", "guests:calendar_link"),
    *("guests:pay_link", "guests:pay", "guests:pay_give", "guests:pay_thanks"),
    *("guests:donate", "guests:thanks", "guests:needs"),
    *("guests:pledge", "guests:contact_pledge"),
    *("account_login", "account_logout", "account_signup", "account_inactive"),
    *("mfa_authenticate", "mfa_login_webauthn"),
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
}
# Called by machines, which sign what they send or do one harmless thing.
CSRF_EXEMPT = {"donations:stripe_webhook", "events:unsubscribe", "events:bounces"}
# The only thing that GET writes: who took a file stands in the log of the event.
FILES = {
    *("guests:export_csv", "guests:export_xlsx", "guests:activity_csv"),
    *("guests:venue_csv", "guests:venue_xlsx"),
    *("donations:statement_json", "donations:statement_csv"),
    *("donations:statement_pdf", "donations:journal_csv", "donations:batch_csv"),
}
LOG, READY = "events.Activity", "events:readyz"
METHODS = re.compile(r"@require_(?:GET|POST|safe|http_methods)\b")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: URLPattern
    arguments: tuple[str, ...]

    @property
    def view(self) -> Callable[..., HttpResponse]:
        return self.pattern.callback

    @property
    def is_ours(self) -> bool:
        return self.name.partition(":")[0] in APPS

    @property
    def is_public(self) -> bool:
        """Open to who has neither an account nor a paired phone."""
        is_open = not getattr(self.view, "login_required", True)
        return is_open and not getattr(self.view, "for_phones", False)

    def url(self, values: dict[str, Any]) -> str:
        named = {name: values.get(name, 1) for name in self.arguments}
        return reverse(self.name, kwargs=named)


def walk(
    resolver: URLResolver, namespace: str = "", arguments: tuple[str, ...] = ()
) -> Iterator[Route]:
    for found in resolver.url_patterns:
        taken = (*arguments, *found.pattern.regex.groupindex)
        if isinstance(found, URLResolver):
            inner = f"{namespace}{found.namespace}:" if found.namespace else namespace
            yield from walk(found, inner, taken)
        else:
            yield Route(f"{namespace}{found.name}", found, taken)


ROUTES = sorted(
    (route for route in walk(get_resolver()) if not route.name.startswith("demo:")),
    key=lambda route: route.name,
)
OURS = [route for route in ROUTES if route.is_ours]
OF_AN_EVENT = [
    route for route in OURS if "slug" in route.arguments and not route.is_public
]


def named(route: Route) -> str:
    return route.name


@pytest.fixture
def values(event: Event) -> dict[str, Any]:
    """An argument for every address: rows of an event on which much has happened."""
    now = timezone.now()
    nominee = factories.make_nominee(event)
    category = factories.make_category(event)
    nomination = factories.make_nomination(category, nominee)
    guest = make_guest(event, nominee=nominee, answer=Guest.Answer.YES)
    other = make_guest(event)
    run = imports.start(event, ImportRun.Kind.GUESTS, b"name\nAnn\n", by=None, at=now)
    trophy = Trophy.objects.create(
        event=event, guest=guest, nomination=nomination, tag="1", received_at=now
    )
    paid = make_donation(event, state=Donation.State.PAID, paid_at=now)
    receipt = receipts.bring_up_to_date(paid, at=now)
    invitation = guest.invitation
    return {
        "slug": event.slug,
        "public_id": invitation.public_id,
        "token": make_token("invitation", invitation.public_id, 1),
        "guest_id": guest.pk,
        "other_id": other.pk,
        "category_id": category.pk,
        "run_id": run.pk,
        "list_id": imports.start(
            event, ImportRun.Kind.RESULTS, b"category\nA\n", by=None, at=now
        ).pk,
        "trophy_id": trophy.pk,
        "admission_id": make_exception(guest).pk,
        "tag": "1",
        "photo_id": trophy.photos.create(jpeg=b"", taken_at=now, by_name="Dot").pk,
        "hand_over_id": trophy.hand_overs.create(to="Tina", asked_at=now).pk,
        "device_id": make_device(event).pk,
        "offer_id": make_offer(guest).pk,
        "obligation_id": guest.obligations.create(
            key="routes",
            amount_cents=1,
            state="due",
            written="",
            created_at=now,
            due_at=now,
        ).pk,
        "request_id": ask_for_a_name(guest).pk,
        "asked_id": event.door_requests.create(
            kind="walk_in", name="Bill", nonce="asked", asked_at=now
        ).pk,
        "message_id": make_message(event).pk,
        "mailing_id": make_mailing(event).pk,
        "kind": "invitation",
        "number": receipt.number,
        "version_number": statements.freeze(event.pk, by="Amy", at=now).number,
        **bottle_and_cash(paid, "Routes"),
        **money_in_doubt(paid, "Routes"),
        "uidb36": "1",
        "key": "none",
        "provider": "postmark",
    }


def test_what_is_public_is_written_out_here() -> None:
    assert {route.name for route in ROUTES if route.is_public} == PUBLIC


def test_what_needs_no_csrf_token_is_written_out_here() -> None:
    exempt = {r.name for r in ROUTES if getattr(r.view, "csrf_exempt", False)}
    assert exempt == CSRF_EXEMPT


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_an_address_has_a_name(route: Route) -> None:
    assert not route.name.endswith((":None", "None"))


@pytest.mark.parametrize("route", OURS, ids=named)
def test_a_view_is_a_function_that_names_its_methods(route: Route) -> None:
    view = inspect.unwrap(route.view)
    assert inspect.isfunction(view)
    assert METHODS.search(inspect.getsource(view)), "no @require_... on the view"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_a_method_that_nobody_declared_is_refused(
    host: Client, values: dict[str, Any], method: str
) -> None:
    for route in OURS:
        response = getattr(host, method)(route.url(values))
        assert response.status_code == 405, route.name


def rows() -> dict[str, list[Any]]:
    """Every row of every table, but for sessions, which log in and out."""
    models = [model for model in apps.get_models() if model is not Session]
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in models
    }


def test_a_row_that_changed_is_noticed(event: Event) -> None:
    before = rows()
    Event.objects.filter(pk=event.pk).update(welcome="changed")
    assert rows() != before


@pytest.fixture
def everyone(event: Event, values: dict[str, Any]) -> Client:
    """One browser that may open every room and holds the invitation's link."""
    user = factories.make_user()
    for role in Member.Role.values:
        member = factories.make_member(event, role, user)
    client = signed_in(member)
    client.get(reverse("guests:link", args=[values["token"]]))
    return client


def changed_by(client: Client, values: dict[str, Any], method: str, *names: str) -> set:
    """The tables that differ after one look at each of these, but for lines of the
    log about files taken."""
    before, files = rows(), 0
    for route in ROUTES:
        if route.name in names:
            response = getattr(client, method)(route.url(values))
            response.getvalue() if response.streaming else None
            # Nobody works beside a test, and /readyz says so.
            assert response.status_code < 500 or route.name == READY, route.name
            files += method == "get" and route.name in FILES
    after = rows()
    assert len(after.pop(LOG)) == len(before.pop(LOG)) + files, names
    return {name for name in after if after[name] != before[name]}


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(
    everyone: Client, values: dict[str, Any], method: str
) -> None:
    names = [route.name for route in ROUTES]
    if changed_by(everyone, values, method, *names):
        guilty = {name: changed_by(everyone, values, method, name) for name in names}
        assert guilty == {}
