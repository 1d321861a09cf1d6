"""An event on which much has happened, and everybody who might come near it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import receipts
from donations.models import Discrepancy, Donation, ReceiptSeries, Reconciliation
from events.models import Event, Message, Nomination
from guests import imports, invitations, obligations
from guests.models import (
    Admission,
    Contact,
    DoorRequest,
    Guest,
    GuestMerge,
    ImportRun,
    Trophy,
)
from guests.models.trophy import HandOver, TrophyPhoto
from losers_lounge.links import make_token
from tests import factories
from tests.conftest import signed_in
from tests.donations.factories import make_donation
from tests.guests.devices import make_device, token_of
from tests.guests.doorstep import make_exception
from tests.guests.factories import (
    ask_for_a_name,
    make_contact,
    make_guest,
    make_invitation,
    make_offer,
)
from tests.test_routes import ROUTES

TEAM = ("host", "results", "door", "finance")


@dataclass
class Scene:
    """One event with a row of everything; `mark` stands in each of its texts."""

    mark: str
    event: Event
    winner: Guest
    companion: Guest
    assistant: Contact
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

    def phone(self, role: str = "door") -> Client:
        """A phone that a host paired, and nothing else."""
        client = Client()
        device = make_device(self.event, role, f"{self.mark} Phone")
        client.post(reverse("guests:pair", args=[token_of(device)]))
        return client

    def people(self) -> dict[str, Client]:
        return {
            **{role: self.member(role) for role in TEAM},
            "stranger": signed_in(factories.make_member()),
            "anonymous": Client(),
            "guest": self.guest(),
            "agent": self.agent(),
            "payer": self.payer(),
            "phone": self.phone(),
        }


def arguments_of(name: str) -> tuple[str, ...]:
    return next(route.arguments for route in ROUTES if route.name == name)


def make_scene(mark: str = "Lounge") -> Scene:
    """A winner who paid and handed in a statue, with somebody beside them."""
    now = timezone.now()
    charity = factories.make_charity(
        legal_name=f"{mark} Charity", stripe_account_id=f"acct_{mark.lower()}"
    )
    event = factories.make_event(
        name=f"{mark} Night", venue=f"{mark} House", charity=charity, welcome=mark
    )
    factories.make_member(event, user=factories.make_user(f"{mark} Host"))
    nomination = _official_win(event, mark)
    winner, companion = _party(event, mark, nomination)
    with transaction.atomic():
        obligations.bring_up_to_date(event, now)
    invitations.send(event.pk, by="Amy", at=now)
    message = Message.objects.filter(event=event).first()
    message.state = Message.State.FAILED
    message.save(update_fields=["state"])
    run = imports.start(event, ImportRun.Kind.GUESTS, b"name\nAnn\n", by=None, at=now)
    trophy = Trophy.objects.create(
        event=event, guest=winner, nomination=nomination, tag=mark[:9], received_at=now
    )
    assistant = winner.invitation.contact
    public_id, version = winner.invitation.public_id, winner.invitation.link_version
    return Scene(
        mark=mark,
        event=event,
        winner=winner,
        companion=companion,
        assistant=assistant,
        arguments={
            "slug": event.slug,
            "public_id": public_id,
            "guest_id": winner.pk,
            "other_id": companion.pk,
            "message_id": message.pk,
            "change_id": event.list_changes.create(
                kind="tag", value=mark, size=0, nonce=mark, at=now
            ).pk,
            "view_id": event.saved_views.create(
                name=mark, query="vip=1", created_at=now
            ).pk,
            "merge_id": _taken_back(winner, companion).pk,
            "category_id": nomination.category_id,
            "run_id": run.pk,
            "list_id": _official_list(event, f"{mark} Category").pk,
            "trophy_id": trophy.pk,
            "admission_id": make_exception(winner).pk,
            "tag": mark[:9].upper(),
            "photo_id": _photo(trophy, mark).pk,
            "hand_over_id": _stopped(trophy, mark).pk,
            "device_id": make_device(event, name=f"{mark} Other Phone").pk,
            "mailing_id": event.mailings.get().pk,
            "kind": "invitation",
            "offer_id": make_offer(winner).pk,
            "obligation_id": winner.obligations.latest("pk").pk,
            "asked_id": _asked(event, mark).pk,
            "request_id": ask_for_a_name(winner, f"{mark} Asked").pk,
            "member_id": event.members.get().pk,
            "pk": _discrepancy(event, mark).pk,
            "number": _receipt(event, mark),
            "uidb36": "1",
            "key": "none",
            "provider": "postmark",
        },
        tokens={
            "guests:link": make_token("invitation", public_id, version),
            "guests:contact_link": make_token("contact", assistant.public_id, 1),
            "guests:pair": token_of(make_device(event, name=f"{mark} New Phone")),
            "guests:pay_link": make_token("pay", winner.public_id, version),
            "guests:door_pass": make_token("pass", winner.public_id, version),
            "events:unsubscribe": make_token("unsubscribe", message.lookup, 1),
        },
    )


def _photo(trophy: Trophy, mark: str) -> TrophyPhoto:
    now = timezone.now()
    return trophy.photos.create(jpeg=b"\xff\xd8\xff", taken_at=now, by_name=mark)


def _stopped(trophy: Trophy, mark: str) -> HandOver:
    """Somebody came for it, and went to ask once more."""
    now = timezone.now()
    said = {"to": f"{mark} Courier", "identity": mark, "asked_by_name": mark}
    return trophy.hand_overs.create(
        **said, asked_by_key=mark, asked_at=now, cancelled_at=now
    )


def _taken_back(winner: Guest, companion: Guest) -> GuestMerge:
    """They were taken for one person, for a minute."""
    now = timezone.now()
    return GuestMerge.objects.create(
        event=winner.event, kept=winner, gone=companion, at=now, undone_at=now
    )


def _official_win(event: Event, mark: str) -> Nomination:
    now = timezone.now()
    category = factories.make_category(
        event, f"{mark} Category", state="official", official_at=now
    )
    nominee = factories.make_nominee(event, f"{mark} Winner")
    return factories.make_nomination(
        category, nominee, work=f"{mark} Work", outcome="won"
    )


def _official_list(event: Event, category: str) -> ImportRun:
    """The academy's list as somebody has just uploaded it."""
    data = f"category,work,outcome\n{category},Another Work,won\n".encode()
    kind, now = ImportRun.Kind.RESULTS, timezone.now()
    return imports.start(event, kind, data, by=None, at=now)


def _party(event: Event, mark: str, nomination: Nomination) -> tuple[Guest, Guest]:
    email = f"{mark.lower()}@x.example"
    contact = make_contact(event, f"{mark} Agent", email=email, is_assistant=True)
    invitation = make_invitation(event, contact, plus_ones=2)
    winner = make_guest(
        name=f"{mark} Winner",
        invitation=invitation,
        nominee=nomination.nominees.get(),
        answer=Guest.Answer.YES,
        notes=f"{mark} Notes",
    )
    companion = make_guest(
        name=f"{mark} Companion",
        invitation=invitation,
        plus_one_of=winner,
        answer=Guest.Answer.YES,
    )
    Admission.objects.create(
        event=event,
        guest=companion,
        action="in",
        nonce=f"{mark}-nonce",
        by_name=f"{mark} Door",
        colour="green",
        at=timezone.now(),
    )
    return winner, companion


def _receipt(event: Event, mark: str) -> str:
    """Its number, which is another one for every mark."""
    year, last = timezone.now().year, sum(map(ord, mark))
    ReceiptSeries.objects.bulk_create(
        ReceiptSeries(charity=event.charity, year=year + shift, last_number=last)
        for shift in (-1, 0, 1)
    )
    donation = make_donation(
        event,
        donor_name=f"{mark} Donor",
        donor_email=f"donor-{mark.lower()}@x.example",
        state=Donation.State.PAID,
        paid_at=timezone.now(),
    )
    return receipts.bring_up_to_date(donation, at=timezone.now()).number


def _asked(event: Event, mark: str) -> DoorRequest:
    """Somebody the door asks a host about."""
    return event.door_requests.create(
        kind=DoorRequest.Kind.WALK_IN,
        name=f"{mark} Walk-in",
        nonce=f"{mark}-asked",
        asked_at=timezone.now(),
        asked_by_name=f"{mark} Door",
    )


def _discrepancy(event: Event, mark: str) -> Discrepancy:
    now, account = timezone.now(), event.charity.stripe_account_id
    times = dict.fromkeys(("since", "high_water_at", "started_at", "finished_at"), now)
    sides = [
        f"{side}_{what}"
        for side in ("stripe", "ledger")
        for what in ("entries", "gross_cents", "fee_cents", "net_cents")
    ]
    run = Reconciliation.objects.create(
        account=account, verdict="differs", **times, **dict.fromkeys(sides, 0)
    )
    return Discrepancy.objects.create(
        account=account,
        kind="unknown_here",
        subject=f"txn_{mark}",
        cents=1,
        found_in=run,
        found_at=now,
    )
