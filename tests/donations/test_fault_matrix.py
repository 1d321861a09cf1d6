"""Each fault of the wire at each call that moves money: once in the end, by itself.

`FAULT_COUNTS=1,2,9 python3 manage.py test tests/donations/test_fault_matrix.py` also
has them go away while the client still asks again.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.utils import timezone

from donations import checkout, open_pages, pledges, refunds, webhooks
from donations.checkout import CheckoutFailed
from donations.models import Donation, Pledge, Refund
from donations.pledges import PledgeRefused
from donations.stripe_gateway import client as gateway_client
from events.models import Member
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations import pledging
from tests.donations.factories import make_donation, open_page
from tests.factories import make_member

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=30)
# Three times is each time that the client asks: no answer ever comes.
COUNTS = os.environ.get("FAULT_COUNTS", "3").split(",")
FAULTS = [(fault, int(count)) for fault in Fault for count in COUNTS]
HANGS = 0.25


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client gives up, and asks again, in a moment."""
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)
    monkeypatch.setattr(gateway_client, "TIMEOUT_SECONDS", (1, HANGS / 2))
    yield
    # It is kept by its address, which another test's stand-in may be lent.
    gateway_client._client_for.cache_clear()


@pytest.fixture(params=FAULTS, ids=lambda f: f"{f[0]}-{f[1]}")
def goes_wrong(request: pytest.FixtureRequest, stand_in: StandIn) -> Callable[..., Any]:
    """Have a call meet the fault; whatever it raises, a person may see."""
    fault, count = request.param

    def meet(path: str, act: Callable[[], Any]) -> None:
        stand_in.fail(fault, path=path, method="POST", count=count, seconds=HANGS)
        with suppress(CheckoutFailed, PledgeRefused):
            act()
        stand_in.clear_faults()
        if fault is Fault.HANG:
            # Still being answered, under the same key: half an hour later it is not.
            time.sleep(3 * HANGS)

    return meet


def recover() -> None:
    """What beat does by itself, half an hour later."""
    at = timezone.now() + LATER
    checkout.sweep(at)
    refunds.sweep(at)
    pledges.sweep(at)
    pledges.sweep_charges(at)
    webhooks.recover(at=at)


def paid_charges(stand_in: StandIn) -> int:
    return len(pledging.charges(stand_in))


def test_a_payment_and_a_refund(
    stand_in: StandIn, goes_wrong: Callable[..., Any]
) -> None:
    """Opened, closed, opened anew, paid and given back, each under the fault."""
    donation = make_donation()
    goes_wrong("/v1/checkout/sessions", lambda: open_page(donation))
    recover()
    page = open_page(donation)

    goes_wrong(f"/v1/checkout/sessions/{page}/expire", lambda: close(donation))
    recover()
    close(donation)
    donation.refresh_from_db()
    assert donation.state == Donation.State.EXPIRED

    stand_in.pay(open_page(donation))
    recover()
    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert paid_charges(stand_in) == donation.entries.count() == 1
    assert not donation.attempts.live().exists()

    refund = asked_for(donation)
    goes_wrong("/v1/refunds", lambda: refunds.carry_out(refund.pk, timezone.now()))
    recover()
    donation.refresh_from_db()
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert donation.refunded_cents == 30_000
    assert donation.entries.filter(kind="refund").count() == 1


def close(donation: Donation) -> None:
    open_pages.close([donation.pk], at=timezone.now())


def asked_for(donation: Donation) -> Refund:
    user = make_member(donation.event, Member.Role.FINANCE).user
    at = timezone.now()
    return refunds.request(donation.pk, 30_000, "", by=user, nonce="press", at=at)


def test_a_pledge_and_its_charge(
    stand_in: StandIn, goes_wrong: Callable[..., Any]
) -> None:
    """Its customer, its page and its charge, each under the fault."""
    pledge = pledging.make_pledge()
    goes_wrong("/v1/customers", lambda: pledging.open_setup(pledge))
    goes_wrong("/v1/checkout/sessions", lambda: pledging.open_setup(pledge))
    recover()
    pledge = pledging.save_card(stand_in, pledge)
    assert pledge.state == Pledge.State.CARD_SAVED
    assert pledging.kept(stand_in, pledge)

    goes_wrong("/v1/payment_intents", lambda: pledging.charge(pledge))
    recover()
    pledge.refresh_from_db()
    if pledge.state != Pledge.State.PAID:
        # It never reached Stripe: the next look of beat may charge it.
        assert paid_charges(stand_in) == 0
        pledging.charge(pledge, timezone.now() + timedelta(days=2))
        recover()
        pledge.refresh_from_db()

    assert pledge.state == Pledge.State.PAID
    assert paid_charges(stand_in) == 1
    assert pledging.donation_of(pledge).entries.count() == 1
