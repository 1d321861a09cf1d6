"""The stand-in as a whole: start it, point the app at it, act as a donor."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from losers_lounge.stand_in import (
    bank_debits,
    bank_page,
    checkout_page,
    control,
    payments,
    refunds,
    saved_cards,
    sessions,
    setup_page,
    setup_sessions,
)
from losers_lounge.stand_in.api import Api
from losers_lounge.stand_in.bank import Bank
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.exchanges import Exchanges
from losers_lounge.stand_in.faults import Fault, Faults
from losers_lounge.stand_in.handler import Wire
from losers_lounge.stand_in.issuer import Issuer
from losers_lounge.stand_in.messages import Answer, Incoming
from losers_lounge.stand_in.store import Object, Store
from losers_lounge.stand_in.webhooks import WEBHOOK_SECRET, Courier, Endpoint

STOPS_WITHIN = 0.02


class StandIn:
    """Stripe on the loopback, with a payment page and webhooks of its own."""

    def __init__(
        self,
        port: int = 0,
        *,
        public_base: str | None = None,
        webhook_url: str | None = None,
        webhook_secret: str = WEBHOOK_SECRET,
        path: Path | str | None = None,
        merchant: str = "Worldwide Orphans",
    ) -> None:
        self.merchant = merchant
        self.port = port
        self._public_base = public_base
        self._store = Store(path)
        self._endpoint = Endpoint(webhook_url, webhook_secret)
        self._faults = Faults()
        self._exchanges = Exchanges()
        self._api = Api(self._store, self._faults)
        self._courier = Courier(self._store, self._endpoint, self.expire_overdue)
        self._wire: Wire | None = None

    def start(self) -> Self:
        """Listen, and deliver what is owed; a second start keeps the port."""
        self._faults.open()
        self._wire = Wire(self.port, self)
        self.port = self._wire.server_port
        threading.Thread(
            target=self._wire.serve_forever, args=[STOPS_WITHIN], daemon=True
        ).start()
        self._courier.start()
        return self

    def stop(self) -> None:
        """Stop answering and delivering; the books stay open."""
        if self._wire is None:
            return
        self._faults.close()
        self._wire.shutdown()
        self._wire.server_close()
        self._wire.cut_connections()
        self._wire = None
        self._courier.stop()

    def close(self) -> None:
        """Stop, and close the books."""
        self.stop()
        self._exchanges.tell(event for _, event in self._store.due("event", now()))
        self._store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """Where the app sends its requests."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def page_base(self) -> str:
        """Where the donor's browser finds the payment page."""
        return self._public_base or self.base_url

    def answer(self, incoming: Incoming) -> Answer:
        """Send each request to the part that it is for."""
        if incoming.path == control.DISPUTES:
            return control.dispute(self.issuer, incoming)
        if incoming.path.startswith(control.PREFIX):
            answer = control.answer(
                self._endpoint, self._faults, self._exchanges, incoming
            )
            self._courier.try_again_now()
            return answer
        self.expire_overdue()
        answer = self._answer_from_the_books(incoming)
        self._exchanges.note(incoming, answer)
        self._courier.wake()
        return answer

    def _answer_from_the_books(self, incoming: Incoming) -> Answer:
        if incoming.path.startswith(checkout_page.PREFIX):
            with self._store.transaction():
                return checkout_page.answer(
                    self._store, self.merchant, self.page_base, incoming
                )
        if incoming.path == bank_page.PREFIX:
            with self._store.transaction():
                return bank_page.answer(self._store, self.page_base, incoming)
        if incoming.path.startswith(setup_page.PREFIX):
            with self._store.transaction():
                return setup_page.answer(
                    self._store, self.merchant, self.page_base, incoming
                )
        return self._api.answer(incoming, self.page_base)

    def expire_overdue(self) -> None:
        """Close the sessions whose time has run out."""
        with self._store.transaction():
            sessions.expire_overdue(self._store, self.page_base)

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go; while None they are kept for later."""
        return self._endpoint.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.deliver(url=url)

    @property
    def webhook_secret(self) -> str:
        """What webhooks are signed with."""
        return self._endpoint.secret

    def deliver(self, **settings: Any) -> None:
        """Change deliveries: `url`, `secret`, `paused`, `shuffle`, `copies`."""
        control.adjust(self._endpoint, **settings)
        self._courier.try_again_now()

    def settle(self, timeout: float = 5.0) -> bool:
        """Wait until every webhook is taken; False if one is still owed."""
        return self._courier.settle(timeout)

    def fail(self, fault: Fault | str, **wishes: Any) -> None:
        """Order a fault: `path` prefix, `method`, `count`, `seconds`."""
        self._faults.order(fault, **wishes)

    def clear_faults(self) -> None:
        """Take back the faults that have not happened yet."""
        self._faults.clear()

    def pay(self, session_id: str, email: str | None = None) -> Object:
        """Pay as a donor does on the hosted page; returns the session."""
        with self._acting(sessions.KIND, session_id) as call:
            return payments.pay(call, session_id, email)

    def decline(self, session_id: str, email: str | None = None) -> Object:
        """Have a card declined on the hosted page; returns the session."""
        with self._acting(sessions.KIND, session_id) as call:
            return payments.decline(call, session_id, email)

    def save_card(self, session_id: str, choice: str = "good") -> Object:
        """Save a card on the setup page: `good`, `authenticate`, `decline` …"""
        with self._acting(sessions.KIND, session_id) as call:
            return setup_sessions.finish(call, session_id, choice)

    def forget_card(self, payment_method_id: str) -> Object:
        """Detach a card as somebody does in Stripe's dashboard."""
        with self._store.transaction():
            account = self._store.owner(saved_cards.KIND, payment_method_id)
            call = Call(self._store, account or "", self.page_base, payment_method_id)
            method = saved_cards.detach(call)
        self._courier.wake()
        return method

    def debit(self, session_id: str, email: str | None = None) -> Object:
        """Pay from a bank account on the hosted page: the bank answers later."""
        with self._acting(sessions.KIND, session_id) as call:
            return bank_debits.begin(call, session_id, email)

    def bank_answers(self, session_id: str, *, pays: bool) -> Object:
        """The bank pays the debit, or refuses it; returns the session."""
        with self._acting(sessions.KIND, session_id) as call:
            return bank_debits.finish(call, session_id, pays=pays)

    def refund(self, payment_intent_id: str, amount: int | None = None) -> Object:
        """Refund as the merchant does in Stripe's dashboard."""
        wishes: dict[str, Any] = {"payment_intent": payment_intent_id}
        if amount is not None:
            wishes["amount"] = amount
        with self._acting(payments.KIND, payment_intent_id, **wishes) as call:
            return refunds.create(call)

    @property
    def issuer(self) -> Issuer:
        """The donor's bank: disputes, early warnings, refunds that do not arrive."""
        return Issuer(self._acting)

    @property
    def bank(self) -> Bank:
        """Payouts, fees and whatever else moves money by itself."""
        return Bank(self._acting_for)

    @contextmanager
    def _acting_for(self, account: str) -> Iterator[Call]:
        """Something happens to an account outside of the API."""
        with self._store.transaction():
            yield Call(self._store, account, self.page_base)
        self._courier.wake()

    @contextmanager
    def _acting(self, kind: str, object_id: str, **params: Any) -> Iterator[Call]:
        """Someone acts on an object outside of the API, in its own account."""
        with self._store.transaction():
            account = self._store.owner(kind, object_id)
            yield Call(self._store, account or "", self.page_base, params=params)
        self._courier.wake()
