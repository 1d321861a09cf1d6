"""What may happen at Stripe to the gifts of one night, and the books it leads to."""

import json
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from django.utils import timezone

from donations import reconciliation, stripe_gateway, webhooks
from donations.models import (
    Dispute,
    Donation,
    FraudWarning,
    LedgerEntry,
    Payout,
    Receipt,
    Refund,
)
from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.payments import SessionClosed
from losers_lounge.stand_in.server import StandIn
from losers_lounge.stand_in.store import Object
from tests.donations.factories import make_donation, open_page
from tests.donations.signing import sign
from tests.factories import make_charity, make_event

ACCOUNTS = count(1)
ACTS: dict[str, Callable[["Story", int], Any]] = {}


def act(done: Callable[["Story", int], Any]) -> Callable[["Story", int], Any]:
    """Something that a donor, a bank or the charity does at Stripe."""
    ACTS[done.__name__] = done
    return done


class Story:
    """Some donations with open pages, on an account of their own."""

    def __init__(self, stand_in: StandIn, donations: int = 2) -> None:
        self.stand_in = stand_in
        self.account = f"acct_story{next(ACCOUNTS)}"
        charity = make_charity(stripe_account_id=self.account)
        event = make_event(charity=charity)
        self.donations = [make_donation(event) for _ in range(donations)]
        self.pages = [open_page(donation) for donation in self.donations]

    def happen(self, name: str, which: int) -> None:
        """Do one of ACTS, if Stripe lets it be done."""
        with suppress(ApiError, SessionClosed, LookupError):
            ACTS[name](self, which % len(self.pages))

    def intent(self, which: int) -> str:
        """The payment of a page; LookupError before there is one."""
        session = stripe_gateway.fetch_session(self.pages[which], account=self.account)
        if not session.payment_intent_id:
            raise LookupError
        return session.payment_intent_id

    def last(self, kind: str) -> Object:
        return self.listed(kind)[0]

    def listed(self, kind: str) -> list[Object]:
        """Everything of a kind on the account, newest first."""
        since = self.donations[0].created_at
        return list(stripe_gateway.objects(kind, since, account=self.account))

    def events(self) -> list[str]:
        """All that Stripe has told so far, oldest first, as webhooks carry it."""
        since = self.donations[0].created_at
        told = stripe_gateway.events(since, account=self.account)
        return [event.body for event in told][::-1]

    def reconcile(self) -> None:
        """What `manage.py reconcile` does, for this account."""
        at = timezone.now()
        webhooks.recover(at=at)
        reconciliation.reconcile(self.account, at=at)

    def books(self) -> dict[str, Any]:
        """All that the charity could read, but for times and our own numbers."""
        ours = {"account": self.account}
        of = {"donation__stripe_account": self.account}
        return {
            "donations": rows(
                Donation.objects.for_account(self.account),
                *("public_id", "state", "payment_intent_id"),
                *("amount_cents", "refunded_cents", "charged_back_cents"),
            ),
            "ledger": rows(
                LedgerEntry.objects.filter(**ours),
                *("balance_transaction_id", "kind", "gross_cents", "fee_cents"),
                *("net_cents", "donation__public_id", "payout_id"),
            ),
            "receipts": rows(
                Receipt.objects.filter(void_at=None, **of),
                *("donation__public_id", "amount_cents"),
            ),
            "refunds": rows(
                Refund.objects.filter(**of),
                *("refund_id", "state", "amount_cents", "origin"),
            ),
            "disputes": rows(
                Dispute.objects.filter(**ours),
                *("dispute_id", "status", "outcome", "amount_cents"),
            ),
            "warnings": rows(FraudWarning.objects.filter(**ours), "warning_id"),
            "payouts": rows(
                Payout.objects.filter(**ours),
                *("payout_id", "status", "amount_cents", "items_net_cents"),
            ),
        }


def rows(found: Any, *names: str) -> list[tuple[Any, ...]]:
    return sorted(found.order_by().values_list(*names), key=repr)


def deliver(body: str) -> None:
    """Stripe knocks; the worker is another matter."""
    webhooks.receive(body.encode(), sign(body.encode()))


def type_of(body: str) -> str:
    return str(json.loads(body)["type"])


@act
def pays(story: Story, which: int) -> None:
    story.stand_in.pay(story.pages[which])


@act
def is_declined(story: Story, which: int) -> None:
    story.stand_in.decline(story.pages[which])


@act
def pays_from_an_account(story: Story, which: int) -> None:
    story.stand_in.debit(story.pages[which])


@act
def bank_pays(story: Story, which: int) -> None:
    story.stand_in.bank_answers(story.pages[which], pays=True)


@act
def bank_refuses(story: Story, which: int) -> None:
    story.stand_in.bank_answers(story.pages[which], pays=False)


@act
def page_is_closed(story: Story, which: int) -> None:
    with suppress(stripe_gateway.StripeRefused):
        stripe_gateway.close_session(story.pages[which], account=story.account)


@act
def is_refunded(story: Story, which: int) -> None:
    story.stand_in.refund(story.intent(which))


@act
def is_refunded_in_part(story: Story, which: int) -> None:
    story.stand_in.refund(story.intent(which), 30_000)


@act
def refunds_wait(story: Story, which: int) -> None:
    story.stand_in.issuer.hold_refunds(story.intent(which), "pending")


@act
def refund_fails(story: Story, which: int) -> None:
    story.stand_in.issuer.end_refund(story.last("refund")["id"], "failed")


@act
def refund_arrives(story: Story, which: int) -> None:
    story.stand_in.issuer.end_refund(story.last("refund")["id"], "succeeded")


@act
def is_disputed(story: Story, which: int) -> None:
    story.stand_in.issuer.dispute(story.intent(which))


@act
def bank_only_asks(story: Story, which: int) -> None:
    story.stand_in.issuer.dispute(story.intent(which), is_inquiry=True)


@act
def dispute_is_won(story: Story, which: int) -> None:
    story.stand_in.issuer.decide(story.last("dispute")["id"], "won")


@act
def dispute_is_lost(story: Story, which: int) -> None:
    story.stand_in.issuer.decide(story.last("dispute")["id"], "lost")


@act
def fraud_is_suspected(story: Story, which: int) -> None:
    story.stand_in.issuer.warn(story.intent(which))


@act
def is_paid_out(story: Story, which: int) -> None:
    story.stand_in.bank.pay_out(story.account)


@act
def payout_arrives(story: Story, which: int) -> None:
    story.stand_in.bank.arrive(story.last("payout")["id"], story.account)


@act
def payout_comes_back(story: Story, which: int) -> None:
    story.stand_in.bank.come_back(story.last("payout")["id"], story.account)
