"""Money on its way back: refunds, disputes and the warnings before them."""

from typing import Any

from donations.stripe_gateway.answers import read_dispute, read_refund, read_warning
from donations.stripe_gateway.client import client, named_errors, options, retrieve
from donations.stripe_gateway.records import (
    DisputeFacts,
    RefundFacts,
    RefundOrder,
    WarningFacts,
)

PAGE = 100


def give_back(order: RefundOrder, *, account: str, key: str) -> RefundFacts:
    """Refund a payment, in part or whole. The same key and order is one refund."""
    params: dict[str, Any] = {
        "payment_intent": order.payment_intent_id,
        "amount": order.amount_cents,
        "reason": "requested_by_customer",
        "metadata": {"refund_id": order.reference},
    }
    with named_errors():
        refund = client().v1.refunds.create(params, options(account, key))
        return read_refund(refund.to_dict())


def find_refund(order: RefundOrder, *, account: str) -> RefundFacts | None:
    """The refund that this order led to, looked for among those of its payment.

    The way to learn what became of a call whose answer was lost.
    """
    params = {"payment_intent": order.payment_intent_id, "limit": PAGE}
    with named_errors():
        page = client().v1.refunds.list(params, options(account))
        for refund in page.auto_paging_iter():
            found = read_refund(refund.to_dict())
            if found.reference == order.reference:
                return found
    return None


def fetch_dispute(dispute_id: str, *, account: str) -> DisputeFacts:
    """A dispute as it stands now, with the money that it has moved."""
    with named_errors():
        return read_dispute(retrieve("disputes", dispute_id, account=account))


def submit_evidence(
    dispute_id: str, evidence: dict[str, str], *, account: str, key: str
) -> DisputeFacts:
    """Hand evidence to the bank. Stripe passes it on once, so there is no second go.

    `evidence` is by the names of Stripe's text fields, 20,000 characters each.
    """
    params: dict[str, Any] = {"evidence": evidence, "submit": True}
    with named_errors():
        disputes = client().v1.disputes
        sent = disputes.update(dispute_id, params, options(account, key))
        return read_dispute(sent.to_dict())


def fetch_warning(warning_id: str, *, account: str) -> WarningFacts:
    """A bank's early fraud warning as it stands now."""
    with named_errors():
        return read_warning(
            retrieve("radar/early_fraud_warnings", warning_id, account=account)
        )
