"""kill -9 for gunicorn's and Celery's workers while Stripe is asked: once, and alone.

Each is killed by its own connection, before Stripe has done as it was asked and after.
Whoever pressed may press again, or never does; in the end there is one page, one
charge, one refund, and nobody has repaired anything.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from donations import refunds
from donations.models import (
    Donation,
    DonationAttempt,
    Pledge,
    Reconciliation,
    Refund,
)
from guests.models import Guest
from losers_lounge.celery import app
from losers_lounge.rehearsal import donor
from tests.faults.killing import AFTER, BEFORE
from tests.faults.money_stage import Stage, Winner, count_by, running_stage
from tests.guests.pledging import pledge_of, wins

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.EMBEDDED, reason="SQLite has one process"),
]
SESSIONS, REFUNDS, CUSTOMERS = "/v1/checkout/sessions", "/v1/refunds", "/v1/customers"
PAYMENTS, BOOKS = "/v1/payment_intents", "/v1/balance_transactions"
WHENS = (BEFORE, AFTER)


@pytest.fixture
def stage(tmp_path: Path, settings: Settings) -> Iterator[Stage]:
    with running_stage(tmp_path, settings) as running:
        yield running


def killed(stage: Stage, path: str, when: str, press: object, body: str) -> None:
    """The press, in the middle of which its worker is killed.

    `body` is what only this press asks for: of those before, a sweep asks again.
    """
    order = stage.killing.next("POST", path, when, body=body)
    assert press() is None
    # Whoever pressed may hear of the death before the killer has noted it.
    stage.eventually(lambda: order in stage.killing.done)


def test_gunicorns_workers_are_killed_in_the_middle_of_presses(stage: Stage) -> None:
    pages = {}
    for when in WHENS:
        pages[stage.winner()] = when
        pages[stage.winner()] = when
    for winner, when in pages.items():
        killed(stage, SESSIONS, when, winner.give, address_of(winner.guest))
    # The first of each two presses again at once; the other one lets it be.
    patient, waiting = list(pages)[::2], list(pages)[1::2]
    donations = [winner.pay(winner.until_led(winner.give)) for winner in patient]
    nominees = [pledges_under_kills(stage, path, when) for path, when in IN_A_PLEDGE]

    stage.eventually(lambda: not any(is_open_ended(winner) for winner in waiting))
    donations += [winner.pay(winner.until_led(winner.give)) for winner in waiting]
    stage.eventually(lambda: {state_of(row) for row in donations} == {"paid"})
    for when, donation in zip([*WHENS, *WHENS], donations, strict=True):
        refund_under_kill(stage, donation, when)

    stage.eventually(lambda: given_back() == [30_000] * len(donations))
    stage.eventually(lambda: {pledge_of(one).state for one in nominees} == SAVED)
    assert set(count_by(stage.known("refund"), "payment_intent").values()) == {1}
    assert len(stage.known("customer")) == len(nominees)
    assert len(stage.known("checkout.session", mode="setup")) == len(nominees)
    stage.ends_well()


IN_A_PLEDGE = [(path, when) for path in (CUSTOMERS, SESSIONS) for when in WHENS]
SAVED = {Pledge.State.CARD_SAVED}


def pledges_under_kills(stage: Stage, path: str, when: str) -> Guest:
    nominee = stage.nominee()
    asked = address_of(nominee.guest) if path == CUSTOMERS else "mode=setup"
    killed(stage, path, when, nominee.agree, asked)
    assert donor.save_card(nominee.until_led(nominee.agree), "good").status == 303
    return nominee.guest


def address_of(guest: Guest) -> str:
    """As a form to Stripe has it."""
    return quote(guest.invitation.contact.email, safe="")


def is_open_ended(winner: Winner) -> bool:
    """Whether nobody knows yet what became of the press."""
    lost = (DonationAttempt.State.CREATED, DonationAttempt.State.UNKNOWN)
    attempts = DonationAttempt.objects.filter(
        donation__settlements__obligation__guest=winner.guest
    )
    return attempts.filter(state__in=lost).exists()


def state_of(donation: Donation) -> str:
    donation.refresh_from_db()
    return donation.state


def refund_under_kill(stage: Stage, donation: Donation, when: str) -> None:
    """Every second of those who gave it back presses the same button once more."""
    nonce = f"back-{donation.pk}"
    back = donation.payment_intent_id
    killed(stage, REFUNDS, when, lambda: stage.refund(donation, nonce), back)
    if donation.pk % 2:
        answer = stage.refund(donation, nonce)
        assert answer is not None and answer.status_code == 302


def given_back() -> list[int]:
    done = Refund.objects.filter(state=Refund.State.SUCCEEDED)
    rows = done.filter(donation__state=Donation.State.PARTIALLY_REFUNDED)
    return list(rows.values_list("donation__refunded_cents", flat=True))


def test_celerys_workers_are_killed_in_the_middle_of_their_tasks(stage: Stage) -> None:
    # All of the worker with its beat, and then each time the process at work alone.
    guests = [stage.pledged() for _ in WHENS]
    paid = [winner.pay(winner.until_led(winner.give)) for winner in winners(stage, 4)]
    kill = stage.killing.next
    power_fails(stage)
    for path in (f"{PAYMENTS}/", BOOKS):
        kill("GET", path, AFTER)
    stage.eventually(lambda: {state_of(row) for row in paid} == {"paid"})

    for when, guest, donation in zip(WHENS, guests, paid, strict=False):
        kill("POST", PAYMENTS, when, body=pledge_of(guest).public_id)
        kill("POST", REFUNDS, when, body=donation.payment_intent_id)
        wins(guest)
        asked_for(stage, donation)
    stage.eventually(lambda: not stage.killing.orders)

    stage.eventually(lambda: {pledge_of(one).state for one in guests} == {"paid"})
    stage.eventually(lambda: given_back() == [30_000] * 2)
    stage.eventually(reconciled)
    charges = stage.known("charge", paid=True)
    assert len(charges) == len(paid) + len(guests)
    assert set(count_by(stage.known("refund"), "payment_intent").values()) == {1}
    stage.ends_well()


def power_fails(stage: Stage) -> None:
    """While webhooks are processed, and Redis had saved nothing; then it is back."""
    worker = stage.stack.processes["worker"]
    stage.stand_in.deliver(paused=True)
    stage.killing.next("GET", SESSIONS, BEFORE, lambda *ports: worker.kill())
    stage.stand_in.deliver(paused=False)
    stage.eventually(lambda: stage.killing.done)
    app.control.purge()
    stage.stack.start_worker()


def winners(stage: Stage, count: int) -> list[Winner]:
    return [stage.winner() for _ in range(count)]


def asked_for(stage: Stage, donation: Donation) -> None:
    """Somebody pressed, and their web server died: the row is owed."""
    by, at = stage.event.members.first().user, timezone.now()
    refunds.request(donation.pk, 30_000, "", by=by, nonce=f"n{donation.pk}", at=at)


def reconciled() -> bool:
    run = Reconciliation.objects.first()
    return run is not None and run.verdict == Reconciliation.Verdict.MATCHED


def test_without_keys_a_killed_worker_leaves_two_pages(
    tmp_path: Path, settings: Settings
) -> None:
    """The key is what makes two questions one: taken away, it is seen to be missing."""
    with running_stage(tmp_path, settings, WITHOUT_KEYS="yes") as stage:
        winner = stage.winner()
        killed(stage, SESSIONS, AFTER, winner.give, address_of(winner.guest))

        winner.until_led(winner.give)

        assert len(stage.known("checkout.session")) == 2
