"""What the app knows of Stripe's answers, and the ways in which one may be missing."""

from dataclasses import dataclass
from datetime import datetime


class StripeError(Exception):
    """Stripe could not be asked, or did not do it. The text names no person."""


class StripeUnavailable(StripeError):
    """No answer, or none that can be read: whether it was done is not known."""


class StripeBusy(StripeError):
    """Asked too often, or the same question is just being answered: not done."""


class StripeRefused(StripeError):
    """A definite no: it was not done, and asking again will not change that."""


class Forged(Exception):
    """The webhook is not Stripe's, not fresh, or not an event."""


class Stale(Forged):
    """It is signed, but not now: replayed, or one of the clocks is wrong."""


@dataclass(frozen=True)
class OrderLine:
    """One line of the payment page: what for, and how much in minor units."""

    name: str
    amount_cents: int


@dataclass(frozen=True)
class Order:
    """What a Checkout session is opened for."""

    reference: str
    attempt: int
    event_slug: str
    lines: tuple[OrderLine, ...]
    currency: str
    description: str
    donor_email: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """A Checkout session as it stands now."""

    session_id: str
    status: str  # open, complete, expired
    url: str
    payment_intent_id: str
    reference: str
    attempt: int
    expires_at: datetime
    # What was typed on the page, or told to it.
    donor_email: str = ""
    payment: "Payment | None" = None  # where it was asked for as well


@dataclass(frozen=True)
class Movement:
    """A balance transaction: one movement of money in Stripe's books."""

    balance_transaction_id: str
    type: str
    reporting_category: str
    currency: str
    gross_cents: int
    fee_cents: int
    net_cents: int
    source_id: str
    charge_id: str
    payment_intent_id: str
    reference: str
    occurred_at: datetime
    available_at: datetime
    # Whether what moved it is real money; None: it does not say.
    livemode: bool | None = None


@dataclass(frozen=True)
class BookPage:
    """One page of a list of movements, and the time at Stripe when it was sent."""

    movements: tuple[Movement, ...]
    server_time: datetime | None


@dataclass(frozen=True)
class PayoutFacts:
    """A payout as it stands now; the words are Stripe's."""

    payout_id: str
    status: str
    amount_cents: int
    currency: str
    is_automatic: bool
    reconciliation_status: str
    failure_code: str
    livemode: bool
    created_at: datetime
    arrives_at: datetime


@dataclass(frozen=True)
class Balance:
    """What an account holds, by currency: settled, and still on its way.

    `ledger` is what the ledger came to at that moment; who asks adds it.
    """

    livemode: bool
    cents: dict[str, int]
    ledger: dict[str, int] | None = None


@dataclass(frozen=True)
class RefundOrder:
    """What is to be given back, of which payment; minor units."""

    reference: str
    payment_intent_id: str
    amount_cents: int


@dataclass(frozen=True)
class RefundFacts:
    """A refund as Stripe has it, whoever made it; `status` is Stripe's own word."""

    refund_id: str
    status: str  # pending, requires_action, succeeded, failed, canceled, or newer
    amount_cents: int
    currency: str
    reason: str
    failure_reason: str
    reference: str  # our Refund's public id, when it was made here
    charge_id: str
    payment_intent_id: str
    created_at: datetime
    has_moved: bool = True  # the money has left the balance, and not come back

    @property
    def counts(self) -> bool:
        """Whether the donor has the money, or will have it for all that is known."""
        is_off = self.status in ("failed", "canceled")
        return not is_off and (self.has_moved or self.status == "succeeded")


@dataclass(frozen=True)
class DisputeFacts:
    """A dispute as Stripe has it; `status` and `reason` are Stripe's own words."""

    dispute_id: str
    status: str
    reason: str
    amount_cents: int
    currency: str
    charge_id: str
    payment_intent_id: str
    evidence_due_at: datetime | None
    submissions: int  # how often evidence was sent in
    created_at: datetime
    movements: tuple[Movement, ...]
    is_refundable: bool = False  # giving the money back ends it

    @property
    def is_inquiry(self) -> bool:
        """The bank asks only: no money has moved, and none does if it is answered."""
        return self.status.startswith("warning_")

    @property
    def is_over(self) -> bool:
        """Words that do not exist yet count as open: somebody looks at them."""
        return self.status in ("won", "lost", "warning_closed", "prevented")

    @property
    def lost_cents(self) -> int:
        """What the bank keeps, now that it is over; minor units."""
        if self.status == "won" or not self.is_over:
            return 0
        if not self.movements and self.status == "lost":
            return self.amount_cents
        return max(0, -sum(movement.gross_cents for movement in self.movements))


@dataclass(frozen=True)
class WarningFacts:
    """A bank's early fraud warning; `fraud_type` is Stripe's own word."""

    warning_id: str
    charge_id: str
    payment_intent_id: str
    fraud_type: str
    is_actionable: bool
    warned_at: datetime


@dataclass(frozen=True)
class Payment:
    """A payment intent with its latest charge, refunds and disputes."""

    payment_intent_id: str
    status: str
    reference: str
    amount_cents: int
    currency: str
    livemode: bool
    is_charged: bool
    refunded_cents: int
    dispute: str  # "" (none, or a bank that only asks), open, won, lost
    paid_at: datetime | None
    movements: tuple[Movement, ...]
    charge_id: str = ""
    refunds: tuple[RefundFacts, ...] = ()
    disputes: tuple[DisputeFacts, ...] = ()
    lost_cents: int = 0  # taken back by banks for good


@dataclass(frozen=True)
class SetupOrder:
    """What a page that saves a card is opened for."""

    reference: str
    number: int
    currency: str
    customer_id: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True)
class SavedCard:
    """A payment method; detached from its customer it can never be charged."""

    payment_method_id: str
    brand: str
    last4: str
    is_attached: bool


@dataclass(frozen=True)
class SetupPage:
    """A session that saves a card, as it stands now."""

    session_id: str
    status: str  # open, complete, expired
    url: str
    reference: str
    number: int
    expires_at: datetime
    card: SavedCard | None


@dataclass(frozen=True)
class CardOrder:
    """What a saved card is charged for, without its owner."""

    reference: str
    attempt: int
    pledge: str
    event_slug: str
    amount_cents: int
    currency: str
    description: str
    customer_id: str
    payment_method_id: str


@dataclass(frozen=True)
class TriedCharge:
    """A charge of a saved card as it stands; both words are Stripe's own."""

    payment_intent_id: str
    status: str  # succeeded, requires_payment_method, canceled, …
    refusal: str  # "", authentication_required, card_declined, expired_card, …


@dataclass(frozen=True)
class VerifiedEvent:
    """An event that Stripe signed, or listed; its body names what to fetch."""

    event_id: str
    account: str
    type: str
    api_version: str
    livemode: bool
    occurred_at: datetime
    body: str
