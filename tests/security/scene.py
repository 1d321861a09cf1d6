"""An event on which much has happened, and everybody who might come near it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import Donation, Receipt
from events import health, heartbeats
from events.models import Event, Message, Nomination
from guests import imports, invitations, obligations
from guests.models import Contact, Guest, ImportRun, Trophy
from losers_lounge.links import make_token
from tests import factories
from tests.conftest import signed_in
from tests.guests.devices import make_device, token_of
from tests.guests.doorstep import make_exception
from tests.guests.factories import ask_for_a_name, make_offer
from tests.security import rows
from tests.test_routes import ROUTES

TEAM = ("host", "results", "door", "finance")
OTHERS = ("stranger", "anonymous", "guest", "agent", "payer", "donor", "phone")


@dataclass
class Scene:
    """One event with a row of everything; `mark` stands in each of its texts."""

    mark: str
    event: Event
    winner: Guest
    companion: Guest
    assistant: Contact
    donation: Donation
    arguments: dict[str, Any]
    tokens: dict[str, str]

    def url(self, name: str, **others: Any) -> str:
        """The address of a route for this event's rows."""
        token = self.tokens.get(name)
        found = self.arguments | ({"token": token} if token else {})
        if name.startswith("guests:contact"):
            found["public_id"] = self.assistant.public_id
        elif name.startswith("guests:pay"):
            found["public_id"] = self.winner.public_id
        elif name.startswith("donations:") or name == "guests:surplus":
            found["public_id"] = self.donation.public_id
        found |= others
        return reverse(
            name, kwargs={key: found[key] for key in arguments_of(name) if key in found}
        )

    def member(self, role: str) -> Client:
        return signed_in(factories.make_member(self.event, role))

    def guest(self) -> Client:
        """A browser that came in by the winner's link, and by nothing else."""
        client = Client()
        client.get(self.url("guests:link"))
        return client

    def agent(self) -> Client:
        """A browser that came in by the assistant's link, and by nothing else."""
        client = Client()
        client.get(self.url("guests:contact_link"))
        return client

    def payer(self) -> Client:
        """A browser that scanned the winner's code at the door, and nothing else."""
        client = Client()
        client.get(self.url("guests:pay_link"))
        return client

    def donor(self) -> Client:
        """A browser that came in by the donation's link, and by nothing else."""
        client = Client()
        client.get(self.url("donations:donor_link"))
        return client

    def phone(self, role: str = "door") -> Client:
        """A phone that a host paired, and nothing else."""
        client = Client()
        device = make_device(self.event, role, f"{self.mark} Phone")
        client.post(reverse("guests:pair", args=[token_of(device)]))
        return client

    def stranger(self) -> Client:
        """Somebody of another event's team."""
        return signed_in(factories.make_member())

    def person(self, name: str) -> Client:
        """One of the people, by the name that the policy has for them."""
        if name in TEAM:
            return self.member(name)
        return Client() if name == "anonymous" else getattr(self, name)()

    def people(self) -> dict[str, Client]:
        return {name: self.person(name) for name in (*TEAM, *OTHERS)}


def arguments_of(name: str) -> tuple[str, ...]:
    return next(route.arguments for route in ROUTES if route.name == name)


def make_scene(mark: str = "Lounge") -> Scene:
    """A winner who paid and handed in a statue, with somebody beside them."""
    now = timezone.now()
    for name in health.LIMITS:
        heartbeats.note(name)  # as if beat and the workers were up
    charity = factories.make_charity(
        legal_name=f"{mark} Charity", stripe_account_id=f"acct_{mark.lower()}"
    )
    event = factories.make_event(
        name=f"{mark} Night", venue=f"{mark} House", charity=charity, welcome=mark
    )
    factories.make_member(event, user=factories.make_user(f"{mark} Host"))
    nomination = rows.official_win(event, mark)
    winner, companion = rows.party(event, mark, nomination)
    with transaction.atomic():
        obligations.bring_up_to_date(event, now)
    invitations.send(event.pk, by="Amy", at=now)
    message = Message.objects.filter(event=event).first()
    message.state = Message.State.FAILED
    message.save(update_fields=["state"])
    public_id, version = winner.invitation.public_id, winner.invitation.link_version
    assistant = winner.invitation.contact
    of_the_event = _of_the_event(event, mark)
    donation = Receipt.objects.get(
        charity=charity, number=of_the_event["number"]
    ).donation
    return Scene(
        mark=mark,
        event=event,
        winner=winner,
        companion=companion,
        assistant=assistant,
        donation=donation,
        arguments={
            "public_id": public_id,
            "category_id": nomination.category_id,
            "message_id": message.pk,
            **of_the_event,
            **rows.bottle_and_cash(donation, mark),
            **rows.money_in_doubt(donation, mark),
            **_of_the_guests(winner, companion, mark),
            **_of_the_desk(winner, nomination, mark),
        },
        tokens={
            "guests:link": make_token("invitation", public_id, version),
            "guests:contact_link": make_token("contact", assistant.public_id, 1),
            "guests:pair": token_of(make_device(event, name=f"{mark} New Phone")),
            "guests:calendar_link": make_token("calendar", public_id, version),
            "guests:pay_link": make_token("pay", winner.public_id, version),
            "donations:donor_link": make_token("donor", donation.public_id, 1),
            "guests:door_pass": make_token("pass", winner.public_id, version),
            "events:unsubscribe": make_token("unsubscribe", message.lookup, 1),
        },
    )


def _of_the_event(event: Event, mark: str) -> dict[str, Any]:
    now = timezone.now()
    run = imports.start(event, ImportRun.Kind.GUESTS, b"name\nAnn\n", by=None, at=now)
    change = event.list_changes.create(
        kind="tag", value=mark, size=0, nonce=mark, at=now
    )
    view = event.saved_views.create(name=mark, query="vip=1", created_at=now)
    return {
        "slug": event.slug,
        "change_id": change.pk,
        "view_id": view.pk,
        "run_id": run.pk,
        "list_id": rows.official_list(event, f"{mark} Category").pk,
        "mailing_id": event.mailings.get().pk,
        "kind": "invitation",
        "member_id": event.members.get().pk,
        "pk": rows.discrepancy(event, mark).pk,
        "payout_id": rows.payout(event, mark),
        "number": rows.receipt(event, mark),
        "version_number": rows.statement(event, mark),
        "uidb36": "1",
        "key": "none",
        "provider": "postmark",
    }


def _of_the_guests(winner: Guest, companion: Guest, mark: str) -> dict[str, Any]:
    return {
        "guest_id": winner.pk,
        "other_id": companion.pk,
        "merge_id": rows.merge_taken_back(winner, companion).pk,
        "offer_id": make_offer(winner).pk,
        "obligation_id": winner.obligations.latest("pk").pk,
        "request_id": ask_for_a_name(winner, f"{mark} Asked").pk,
        "admission_id": make_exception(winner).pk,
    }


def _of_the_desk(winner: Guest, nomination: Nomination, mark: str) -> dict[str, Any]:
    """The door's and the trophy desk's rows."""
    event, tag = winner.event, mark[:9]
    trophy = Trophy.objects.create(
        event=event,
        guest=winner,
        nomination=nomination,
        tag=tag,
        received_at=timezone.now(),
    )
    return {
        "trophy_id": trophy.pk,
        "tag": tag.upper(),
        "photo_id": rows.photo(trophy, mark).pk,
        "hand_over_id": rows.stopped_hand_over(trophy, mark).pk,
        "device_id": make_device(event, name=f"{mark} Other Phone").pk,
        "asked_id": rows.asked_walk_in(event, mark).pk,
    }
