"""The donor's bank: it doubts a payment, asks for it back, and decides."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from losers_lounge.stand_in import disputes, fraud_warnings, payments, refunds
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.store import Object

Acting = Callable[..., AbstractContextManager[Call]]


class Issuer:
    """Acts on payments, disputes and refunds outside of the API."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting

    def dispute(self, intent_id: str, amount: int | None = None, **how: Any) -> Object:
        """Dispute a payment: `reason`, and `is_inquiry` to ask only at first."""
        with self._acting(payments.KIND, intent_id) as call:
            return disputes.open_one(call, intent_id, amount, **how)

    def decide(self, dispute_id: str, status: str) -> Object:
        """The next word on a dispute: won, lost, prevented, or any other."""
        with self._acting(disputes.KIND, dispute_id) as call:
            return disputes.move(call, dispute_id, status)

    def warn(self, intent_id: str) -> Object:
        """Suspect fraud, before any dispute."""
        with self._acting(payments.KIND, intent_id) as call:
            return fraud_warnings.warn(call, intent_id)

    def hold_refunds(self, intent_id: str, fate: str = "pending") -> None:
        """Refunds of this payment stay on their way: `pending` moves money at once,
        `waiting` when it ends well, `prompt` is as usual."""
        with self._acting(payments.KIND, intent_id) as call:
            refunds.hold(call, intent_id, fate)

    def end_refund(self, refund_id: str, status: str = "succeeded") -> Object:
        """A refund arrives, or comes back (failed, canceled)."""
        with self._acting(refunds.KIND, refund_id) as call:
            return refunds.end(call, refund_id, status)
