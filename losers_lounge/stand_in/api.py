"""Stripe's API: who asks, what for, and the answer in Stripe's shape."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any

import stripe

from losers_lounge.stand_in import faults, wire
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.errors import ApiError, CardRefused, invalid
from losers_lounge.stand_in.expansion import expanded
from losers_lounge.stand_in.faults import Fault, Faults, Order
from losers_lounge.stand_in.idempotency import Keys, fingerprint
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.messages import Answer, Incoming, Sent, as_json
from losers_lounge.stand_in.routes import ROUTES, Route
from losers_lounge.stand_in.store import Object, Store
from losers_lounge.stand_in.validation import checked

TEST_KEY = re.compile(r"(sk|rk)_test_\w+")
CLOSED = Answer(500, sent=Sent.NOTHING)


class Api:
    """Answers requests under /v1/ from the books in a store."""

    def __init__(self, store: Store, orders: Faults) -> None:
        self._store = store
        self._faults = orders
        self._keys = Keys(store)

    def answer(self, incoming: Incoming, page_base: str) -> Answer:
        """One request answered, or whatever a fault makes of it."""
        order = self._faults.take(incoming.method, incoming.path)
        spoiled = faults.before_effect(order)
        if spoiled is not None:
            return spoiled
        request_id = new_id("req", 14)
        try:
            answer = self._answer(incoming, request_id, page_base, order)
        except ApiError as refusal:
            answer = as_json(refusal.status, refusal.body())
        headers = _headers(incoming, request_id)
        whole = replace(answer, headers=headers | answer.headers)
        return faults.after_effect(order, whole)

    def _answer(
        self, incoming: Incoming, request_id: str, page_base: str, order: Order | None
    ) -> Answer:
        account = _account(incoming)
        route, object_id = _routed(incoming)
        encoded = incoming.query if incoming.method == "GET" else incoming.body
        tree = wire.decode(encoded)
        params = checked(route.params, tree)
        key = incoming.headers.get("Idempotency-Key")
        call = Call(
            store=self._store,
            account=account,
            page_base=page_base,
            object_id=object_id,
            params=params,
            request_id=request_id,
            idempotency_key=key if incoming.method == "POST" else None,
        )
        asked = fingerprint(incoming.method, incoming.path, tree)
        with self._keys.held(account, call.idempotency_key):
            if not self._faults.hang(order):
                return CLOSED
            return self._once(route, call, asked, order)

    def _once(
        self, route: Route, call: Call, asked: str, order: Order | None
    ) -> Answer:
        """The answer kept under the request's key, or else the effect, now."""
        key = call.idempotency_key
        with self._store.transaction():
            kept = self._keys.first_answer(call.account, key, asked)
            if kept is None:
                outcome = self._outcome(route, call, order)
                self._keys.keep(call.account, key, asked, outcome)
                return as_json(outcome["status"], outcome["answer"])
        replayed = {
            "Idempotent-Replayed": "true",
            "Original-Request": kept["request_id"],
        }
        return as_json(kept["status"], kept["answer"], replayed)

    def _outcome(self, route: Route, call: Call, order: Order | None) -> Object:
        status, answer = self._handled(route, call)
        if order is not None and order.fault is Fault.ERROR_500_AFTER:
            status, answer = 500, faults.SERVER_ERROR
        return {"status": status, "answer": answer, "request_id": call.request_id}

    def _handled(self, route: Route, call: Call) -> tuple[int, dict[str, Any]]:
        try:
            with self._store.transaction():
                return self._effect(route, call)
        except ApiError as refusal:
            return refusal.status, refusal.body()

    def _effect(self, route: Route, call: Call) -> tuple[int, dict[str, Any]]:
        try:
            return 200, expanded(call, route.handler(call))
        except CardRefused as refusal:
            # Caught inside of the transaction: the failed charge is kept.
            return refusal.status, refusal.body()


def _headers(incoming: Incoming, request_id: str) -> dict[str, str]:
    headers = {"Request-Id": request_id, "Stripe-Version": stripe.api_version}
    for name in ("Idempotency-Key", "Stripe-Account"):
        if name in incoming.headers:
            headers[name] = incoming.headers[name]
    return headers


def _account(incoming: Incoming) -> str:
    """The account whose books are meant; empty for the key's own."""
    _check_key(_key(incoming.headers.get("Authorization", "")))
    version = incoming.headers.get("Stripe-Version", stripe.api_version)
    if version != stripe.api_version:
        raise invalid(f"Invalid Stripe API version: {version}")
    account = incoming.headers.get("Stripe-Account", "")
    if account and not re.fullmatch(r"acct_\w+", account):
        raise ApiError(
            403,
            f"The provided key does not have access to account '{account}' (or that"
            " account does not exist).",
            code="account_invalid",
        )
    return account


def _key(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return credentials.strip()
    try:
        decoded = base64.b64decode(credentials).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.partition(":")[0]


def _check_key(key: str) -> None:
    if not key:
        raise ApiError(
            401,
            "You did not provide an API key. You need to provide your API key in the"
            " Authorization header, using Bearer auth.",
        )
    if not TEST_KEY.fullmatch(key):
        raise ApiError(401, f"Invalid API Key provided: {key[:3]}****")


def _routed(incoming: Incoming) -> tuple[Route, str]:
    for route in ROUTES:
        object_id = route.match(incoming.method, incoming.path)
        if object_id is not None:
            return route, object_id
    raise ApiError(
        404,
        f"Unrecognized request URL ({incoming.method}: {incoming.path}).",
    )
