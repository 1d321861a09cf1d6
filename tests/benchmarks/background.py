"""What no page waits for: a file read in, mails sent, webhooks booked."""

import csv
import json
import time
import uuid
from collections.abc import Iterator

import stripe
from django.utils import timezone

from donations import checkout
from donations.donor import Donor
from donations.models import Donation
from events.models import Event, Message
from guests import invitations
from tests.benchmarks.programs import Failed, Web
from tests.benchmarks.stage import WEBHOOK_SECRET, Stage
from tests.benchmarks.works import Side, Work

ROWS = 1_000
MAILS = 25
PAYMENTS_PER_ROUND = 4
CENTS = 100_000


def works(stage: Stage, event: Event, rounds: int) -> Iterator[Work]:
    yield read_guests(stage, event)
    yield mail(stage, event)
    yield same_letter(stage, event)
    yield webhook(stage, event, rounds)


def read_guests(stage: Stage, event: Event) -> Work:
    """Each time a new file, for an event that nobody is invited to yet."""

    def by_us(number: int) -> None:
        slug, path = f"import-{number}", make_file(stage, number)
        make_sibling(event, slug)
        expect(ROWS, stage.worker.do("read_guests", slug, path))

    def by_bare(number: int) -> None:
        expect(ROWS, stage.bare_worker.do("read_guests", make_file(stage, number)))

    return Work(
        "import, per row",
        Side(by_bare, [stage.bare_worker]),
        Side(by_us, [stage.worker]),
        bar=3,
        acts=1,
        units=ROWS,
    )


def make_sibling(event: Event, slug: str) -> None:
    """An evening like this one, without a guest."""
    sibling = Event.objects.get(pk=event.pk)
    sibling.pk, sibling.slug = None, slug
    sibling.save(force_insert=True)


def make_file(stage: Stage, number: int | str, rows: int = ROWS) -> str:
    path = stage.folder / f"guests-{number}.csv"
    with open(path, "w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["name", "email", "plus_ones", "tags"])
        for row in range(rows):
            key = f"{number}-{row}"
            name, address = f"Ana Góngora {key}", f"ana-{key}@guests.example"
            writer.writerow([name, address, "1", "friend"])
    return str(path)


def mail(stage: Stage, event: Event) -> Work:
    """Invitations, which are the many."""
    queue_invitations(event)
    count = str(MAILS)
    return Work(
        "mail, claim to sent",
        Side(
            lambda number: stage.bare_worker.do("send_mails", count),
            [stage.bare_worker],
        ),
        Side(
            lambda number: expect(MAILS, stage.worker.do("send_mails", count)),
            [stage.worker],
        ),
        bar=3,
        acts=1,
        units=MAILS,
    )


def queue_invitations(event: Event) -> None:
    """Everybody's letter waits, and no other."""
    Message.objects.all().delete()
    event.invitations.update(invited_at=None)
    invitations.send(event.pk, by="benchmark", at=timezone.now())


def same_letter(stage: Stage, event: Event) -> Work:
    """Beside a loop that writes the very same letters, and keeps no account of them.

    What was queued for `mail` is more than both need.
    """
    count = str(MAILS)
    return Work(
        "mail, the same letter",
        Side(
            lambda number: expect(MAILS, stage.worker.do("send_same_letters", count)),
            [stage.worker],
        ),
        Side(
            lambda number: expect(MAILS, stage.worker.do("send_mails", count)),
            [stage.worker],
        ),
        bar=2,
        acts=1,
        units=MAILS,
    )


def webhook(stage: Stage, event: Event, rounds: int) -> Work:
    """From Stripe's knock to the ledger, which takes asking Stripe what is true."""
    donations = [
        paid_donation(stage, event) for _ in range((rounds + 1) * PAYMENTS_PER_ROUND)
    ]

    def by_us(number: int) -> None:
        knock(stage.web, "/stripe/webhook/", body_about(*donations[number]))
        expect(1, stage.worker.do("process_webhooks"))

    def by_bare(number: int) -> None:
        knock(stage.bare_web, "/webhook/", body_about(*donations[number]))

    return Work(
        "webhook, received to booked",
        Side(by_bare, [stage.bare_web]),
        Side(by_us, [stage.web, stage.worker]),
        bar=4,
        acts=PAYMENTS_PER_ROUND,
    )


def paid_donation(stage: Stage, event: Event) -> tuple[str, str]:
    """Paid at Stripe, and nobody here has been told: its reference and its page."""
    part = checkout.Part("Tina Fey", Donation.Purpose.GIFT, CENTS)
    donor = Donor(part.for_name, "tina@guests.example")
    donation = checkout.create_donation(event, donor, [part], at=timezone.now())
    back = f"http://127.0.0.1:{stage.web.port}/"
    url = checkout.open_checkout(
        donation.pk, success_url=back, cancel_url=back, at=timezone.now()
    )
    session_id = url.rsplit("/", 1)[1]
    stage.stripe.pay(session_id)
    return donation.public_id, session_id


def body_about(reference: str, session_id: str) -> bytes:
    """A webhook as Stripe writes it, about a page that was paid."""
    session = {
        "id": session_id,
        "object": "checkout.session",
        "client_reference_id": reference,
    }
    event = {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "type": "checkout.session.completed",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": session},
    }
    return json.dumps(event).encode()


def knock(web: Web, path: str, body: bytes) -> None:
    signature = stripe.WebhookSignature.generate_signature_header(
        body.decode(), WEBHOOK_SECRET
    )
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    web.expect(200, "POST", path, body=body, headers=headers)


def expect(count: int, told: str) -> None:
    """A figure without the work behind it would be a lie."""
    if told != str(count):
        raise Failed(f"{count} were to be done, and {told} were")
