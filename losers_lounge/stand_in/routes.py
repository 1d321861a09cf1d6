"""Which request goes where, and the parameter type that judges it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import stripe.params as params
from stripe.params import checkout, radar

from losers_lounge.stand_in import (
    balance,
    customers,
    disputes,
    events,
    fraud_warnings,
    line_items,
    off_session,
    payments,
    payouts,
    refunds,
    saved_cards,
    sessions,
    setup_sessions,
    updates,
)
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.store import Object


@dataclass(frozen=True)
class Route:
    """One method of Stripe's API."""

    method: str
    path: str
    params: type
    handler: Callable[[Call], Object]

    def match(self, method: str, path: str) -> str | None:
        """The object id in the path (empty if it names none), or None."""
        if method != self.method:
            return None
        pattern = re.escape(self.path).replace(r"\{id\}", r"([A-Za-z0-9_]+)")
        found = re.fullmatch(pattern, path)
        if found is None:
            return None
        return found[1] if found.groups() else ""


_SESSIONS = "/v1/checkout/sessions"

ROUTES = (
    Route("POST", _SESSIONS, checkout.SessionCreateParams, setup_sessions.create),
    Route("GET", _SESSIONS, checkout.SessionListParams, sessions.listed),
    Route(
        "GET",
        f"{_SESSIONS}/{{id}}",
        checkout.SessionRetrieveParams,
        sessions.retrieve,
    ),
    Route(
        "POST",
        f"{_SESSIONS}/{{id}}/expire",
        checkout.SessionExpireParams,
        sessions.expire,
    ),
    Route(
        "GET",
        f"{_SESSIONS}/{{id}}/line_items",
        checkout.SessionLineItemListParams,
        line_items.listed,
    ),
    Route(
        "GET",
        "/v1/payment_intents",
        params.PaymentIntentListParams,
        payments.listed,
    ),
    Route(
        "GET",
        "/v1/payment_intents/{id}",
        params.PaymentIntentRetrieveParams,
        payments.retrieve,
    ),
    Route(
        "POST",
        "/v1/payment_intents",
        params.PaymentIntentCreateParams,
        off_session.create,
    ),
    Route(
        "POST",
        "/v1/payment_intents/{id}",
        params.PaymentIntentUpdateParams,
        updates.update_intent,
    ),
    Route(
        "POST",
        "/v1/payment_intents/{id}/cancel",
        params.PaymentIntentCancelParams,
        off_session.cancel,
    ),
    Route("POST", "/v1/customers", params.CustomerCreateParams, customers.create),
    Route("GET", "/v1/customers", params.CustomerListParams, customers.listed),
    Route(
        "GET",
        "/v1/customers/{id}",
        params.CustomerRetrieveParams,
        customers.retrieve,
    ),
    Route(
        "GET",
        "/v1/setup_intents/{id}",
        params.SetupIntentRetrieveParams,
        saved_cards.retrieve_setup,
    ),
    Route(
        "GET",
        "/v1/payment_methods/{id}",
        params.PaymentMethodRetrieveParams,
        saved_cards.retrieve,
    ),
    Route(
        "POST",
        "/v1/payment_methods/{id}/detach",
        params.PaymentMethodDetachParams,
        saved_cards.detach,
    ),
    Route("GET", "/v1/charges", params.ChargeListParams, payments.listed_charges),
    Route(
        "GET",
        "/v1/charges/{id}",
        params.ChargeRetrieveParams,
        payments.retrieve_charge,
    ),
    Route("POST", "/v1/refunds", params.RefundCreateParams, refunds.create),
    Route("GET", "/v1/refunds", params.RefundListParams, refunds.listed),
    Route("GET", "/v1/refunds/{id}", params.RefundRetrieveParams, refunds.retrieve),
    Route("GET", "/v1/disputes", params.DisputeListParams, disputes.listed),
    Route("GET", "/v1/disputes/{id}", params.DisputeRetrieveParams, disputes.retrieve),
    Route("POST", "/v1/disputes/{id}", params.DisputeUpdateParams, disputes.update),
    Route("POST", "/v1/disputes/{id}/close", params.DisputeCloseParams, disputes.close),
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings",
        radar.EarlyFraudWarningListParams,
        fraud_warnings.listed,
    ),
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings/{id}",
        radar.EarlyFraudWarningRetrieveParams,
        fraud_warnings.retrieve,
    ),
    Route(
        "GET",
        "/v1/balance_transactions",
        params.BalanceTransactionListParams,
        payouts.listed_movements,
    ),
    Route(
        "GET",
        "/v1/balance_transactions/{id}",
        params.BalanceTransactionRetrieveParams,
        balance.retrieve,
    ),
    Route("GET", "/v1/payouts", params.PayoutListParams, payouts.listed),
    Route("GET", "/v1/payouts/{id}", params.PayoutRetrieveParams, payouts.retrieve),
    Route("GET", "/v1/balance", params.BalanceRetrieveParams, balance.balance),
    Route("GET", "/v1/events", params.EventListParams, events.listed),
    Route("GET", "/v1/events/{id}", params.EventRetrieveParams, events.retrieve),
)
