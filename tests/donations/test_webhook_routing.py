"""Every kind of object that Stripe tells of goes to its own room, by its id alone."""

import json
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from donations import stripe_gateway, webhooks
from donations.models import Discrepancy, Donation, LedgerEntry, StripeEvent
from donations.webhooks import gaps, routing
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, open_page, pay
from tests.donations.signing import completed, post
from tests.factories import make_charity, make_event

State = StripeEvent.State
NUMBERS = count(1)

Heard = list[tuple[str, str, str]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Which rooms were asked, for whose account, about what."""
    calls: Heard = []

    def listen(room: str, answer: bool) -> Any:
        def settle(account: str, named: Any, at: Any = None, **later: datetime) -> bool:
            told = named["id"] if isinstance(named, dict) else named
            calls.append((room, account, told))
            return answer

        return settle

    monkeypatch.setattr(routing.pledges, "settle_named", listen("pledge", True))
    monkeypatch.setattr(routing.disputes, "settle", listen("dispute", True))
    monkeypatch.setattr(routing.disputes, "settle_warning", listen("warning", True))
    monkeypatch.setattr(routing.payouts, "settle", listen("payout", True))
    return calls


def told(kind: str, type_: str, **fields: Any) -> StripeEvent:
    """An event about an object of this kind, processed."""
    named = {"id": f"x_{next(NUMBERS)}", "object": kind, **fields}
    body = {
        "id": f"evt_{named['id']}",
        "object": "event",
        "type": type_,
        "api_version": stripe_gateway.API_VERSION,
        "created": int(timezone.now().timestamp()),
        "livemode": fields.get("livemode", False),
        "data": {"object": named},
    }
    assert post(json.dumps(body).encode()) == 200
    webhooks.process_owed(timezone.now())
    return StripeEvent.objects.get(event_id=body["id"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "type_", "room"),
    [
        ("checkout.session", "checkout.session.completed", "pledge"),
        ("setup_intent", "setup_intent.succeeded", "pledge"),
        ("setup_intent", "setup_intent.setup_failed", "pledge"),
        ("payment_method", "payment_method.detached", "pledge"),
        ("dispute", "charge.dispute.created", "dispute"),
        ("dispute", "charge.dispute.funds_withdrawn", "dispute"),
        ("payout", "payout.paid", "payout"),
        ("payout", "payout.reconciliation_completed", "payout"),
        (
            "radar.early_fraud_warning",
            "radar.early_fraud_warning.created",
            "warning",
        ),
    ],
)
def test_each_kind_has_its_room(heard: Heard, kind: str, type_: str, room: str) -> None:
    make_donation()

    event = told(kind, type_)

    assert event.state == State.DONE
    assert heard == [(room, "", json.loads(event.payload)["data"]["object"]["id"])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "type_", "fields"),
    [
        ("customer", "customer.created", {}),
        ("a.thing.of.tomorrow", "charge.of_tomorrow", {}),
        ("payout", "payout.paid", {"livemode": True}),
    ],
)
def test_unknown_words_and_the_other_mode_are_stored_and_left_alone(
    heard: Heard, kind: str, type_: str, fields: dict[str, Any]
) -> None:
    make_donation()

    assert told(kind, type_, **fields).state == State.IGNORED
    assert heard == []


@pytest.mark.django_db
def test_an_account_that_is_no_charitys_asks_nobody(heard: Heard) -> None:
    donation = make_donation(make_event(charity=make_charity()))
    named = {"id": "po_1", "object": "payout"}

    post(
        completed(
            donation, type="payout.paid", account="acct_x", data={"object": named}
        )
    )
    webhooks.process_owed(timezone.now())

    assert StripeEvent.objects.get().state == State.IGNORED
    assert heard == []


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["payment_intent", "charge", "refund"])
def test_each_object_of_a_payment_leads_to_its_donation(
    stand_in: StandIn, by: str
) -> None:
    donation = make_donation()
    session = stripe_gateway.fetch_session(pay(stand_in, donation), account="")
    intent = session.payment_intent_id
    fields = {"payment_intent": intent} if by != "payment_intent" else {"id": intent}

    event = told(by, f"{by}.updated" if by != "refund" else "refund.created", **fields)

    donation.refresh_from_db()
    assert event.state == State.DONE
    assert donation.state == Donation.State.PAID


@pytest.mark.django_db
def test_money_that_names_a_donation_we_do_not_have_goes_to_a_person(
    stand_in: StandIn,
) -> None:
    donation, other = make_donation(), make_donation()
    session = stripe_gateway.fetch_session(pay(stand_in, donation), account="")
    Donation.objects.filter(pk=donation.pk).update(public_id="restored")

    event = told("charge", "charge.succeeded", payment_intent=session.payment_intent_id)

    found = Discrepancy.objects.get()
    assert event.state == State.IGNORED
    assert found.kind == Discrepancy.Kind.UNMATCHED_MONEY
    assert (found.subject, found.cents) == (session.payment_intent_id, 100_000)
    other.refresh_from_db()
    assert other.state == Donation.State.CREATED
    assert not LedgerEntry.objects.exists()


@pytest.mark.django_db
def test_another_version_is_taken_and_its_ids_alone_are_read(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    donation = make_donation()
    session_id = pay(stand_in, donation)
    lies = {
        "id": session_id,
        "object": "checkout.session",
        "client_reference_id": donation.public_id,
        "payment_status": "unpaid",
        "amount_total": 1,
        "status": ["a shape of long ago"],
    }

    assert (
        post(completed(donation, api_version="2019-01-01", data={"object": lies}))
        == 200
    )
    webhooks.process_owed(timezone.now())

    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert StripeEvent.objects.get().api_version == "2019-01-01"
    assert "webhook_of_another_version" in caplog.text


@pytest.mark.django_db
def test_with_every_event_forgotten_the_objects_tell_the_same(
    stand_in: StandIn,
) -> None:
    """Stripe keeps events for thirty days; payments it keeps for ever."""
    paid, refunded, closed, waiting = (make_donation() for _ in range(4))
    pay(stand_in, paid)
    session = stripe_gateway.fetch_session(pay(stand_in, refunded), account="")
    stand_in.refund(session.payment_intent_id, 30_000)
    stripe_gateway.close_session(open_page(closed), account="")
    stand_in.debit(open_page(waiting))
    since = timezone.now() - gaps.KEPT

    assert webhooks.sweep_objects("", since, at=timezone.now()) > 0

    states = [Donation.objects.get(pk=d.pk).state for d in (paid, refunded, closed)]
    assert states == ["paid", "partially_refunded", "expired"]
    waiting.refresh_from_db()
    assert waiting.state == Donation.State.PROCESSING


@pytest.mark.django_db
def test_a_list_that_does_not_reach_back_far_enough_is_not_trusted(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(created_at=timezone.now() - gaps.KEPT)
    pay(stand_in, donation)
    monkeypatch.setattr(stripe_gateway, "events", lambda *_, **__: iter(()))

    webhooks.catch_up(timezone.now())
    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID

    swept = []
    monkeypatch.setattr(gaps, "sweep_objects", lambda *a, **k: swept.append(a))
    webhooks.catch_up(timezone.now())
    assert swept == []
