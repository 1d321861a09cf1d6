"""kill -9 between our commit and Stripe's answer leaves a row that recovers alone.

Real processes, killed while Stripe's stand-in holds their call.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from donations import checkout, refunds, settlement, webhooks
from donations.models import Donation, DonationAttempt, Refund, StripeEvent
from donations.webhooks import queue
from events.models import Member
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import RETURN_URL, make_donation, open_page, pay
from tests.donations.signing import completed, post
from tests.factories import make_member
from tests.workers import eventually, worker_environment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.EMBEDDED, reason="SQLite has one process"),
]
LATER = timedelta(minutes=30)
HELD_SECONDS = 30
# What web and worker do in their views and tasks, without their frames around it.
OPEN = """
from django.utils import timezone
from donations import checkout
checkout.open_checkout({0}, success_url="{1}", cancel_url="{1}", at=timezone.now())
"""
GIVE_BACK = """
from django.utils import timezone
from donations import refunds
refunds.carry_out({0}, timezone.now())
"""
WORK = """
from donations import webhooks
webhooks.process({0})
"""


@contextmanager
def killed_in_its_call(
    stand_in: StandIn, path: str, method: str, code: str
) -> Iterator[None]:
    """A process that runs this, killed while its request is held; before or after
    the effect, as the stand-in does what it was asked once nobody listens."""
    stand_in.fail(Fault.HANG, path=path, method=method, seconds=HELD_SECONDS)
    environment = worker_environment() | {"STRIPE_API_BASE": stand_in.base_url}
    command = [sys.executable, "-c", f"import django; django.setup(){code}"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        eventually(lambda: not stand_in._faults.on_order())
        yield
    finally:
        process.kill()
        process.wait()
        # Whatever it asked for is let go, unheard.
        stand_in._faults.close()
        stand_in._faults.open()


def charges(stand_in: StandIn) -> int:
    with stand_in._store.transaction():
        return sum(row["paid"] for row in stand_in._store.rows("", "charge"))


def test_the_web_dies_while_a_page_is_opened(stand_in: StandIn) -> None:
    donation = make_donation()
    code = OPEN.format(donation.pk, RETURN_URL)

    with killed_in_its_call(stand_in, "/v1/checkout/sessions", "POST", code):
        attempt = donation.attempts.get()
        assert attempt.state == DonationAttempt.State.CREATED

    checkout.sweep(timezone.now() + LATER)
    assert not donation.attempts.live().exclude(state="open").exists()
    stand_in.pay(open_page(donation))
    assert settlement.settle(donation.pk).state == Donation.State.PAID
    assert charges(stand_in) == 1


def test_the_web_dies_while_money_is_given_back(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    settlement.settle(donation.pk)
    user = make_member(donation.event, Member.Role.FINANCE).user
    at = timezone.now()
    refund = refunds.request(donation.pk, 30_000, "", by=user, nonce="press", at=at)

    with killed_in_its_call(
        stand_in, "/v1/refunds", "POST", GIVE_BACK.format(refund.pk)
    ):
        refund.refresh_from_db()
        assert refund.state == Refund.State.REQUESTED

    refunds.sweep(timezone.now() + LATER)
    refund.refresh_from_db()
    donation.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED
    assert donation.refunded_cents == 30_000
    assert donation.entries.filter(kind="refund").count() == 1


def test_the_worker_dies_while_it_follows_an_event(stand_in: StandIn) -> None:
    donation = make_donation()
    post(completed(donation, pay(stand_in, donation)))
    event = StripeEvent.objects.get()

    with killed_in_its_call(
        stand_in, "/v1/checkout/sessions", "GET", WORK.format(event.pk)
    ):
        event.refresh_from_db()
        assert (event.state, event.attempts) == (StripeEvent.State.NEW, 1)

    assert webhooks.process_owed(timezone.now()) == 0
    webhooks.process_owed(timezone.now() + queue.IN_HAND)
    event.refresh_from_db()
    donation.refresh_from_db()
    assert event.state == StripeEvent.State.DONE
    assert donation.state == Donation.State.PAID
    assert donation.entries.count() == 1
