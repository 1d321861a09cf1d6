"""What happens to an account without anybody asking: payouts, fees, a busy year."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from losers_lounge.stand_in import balance, payouts
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object

Acting = Callable[[str], AbstractContextManager[Call]]


class Bank:
    """Acts on an account's balance outside of the API ("": the key's own)."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting

    def pay_out(self, account: str = "", currency: str = "usd") -> Object:
        """Send the whole balance to the bank, automatically; returns the payout."""
        with self._acting(account) as call:
            return payouts.pay_out(call, currency)

    def pay_out_by_hand(self, amount: int, account: str = "") -> Object:
        """Send an amount to the bank, as a person does in Stripe's dashboard."""
        with self._acting(account) as call:
            return payouts.pay_out_by_hand(call, amount)

    def arrive(self, payout_id: str, account: str = "") -> Object:
        """The bank has a payout, and an automatic one is itemised."""
        with self._acting(account) as call:
            return payouts.arrive(call, payout_id)

    def come_back(
        self, payout_id: str, status: str = "failed", account: str = ""
    ) -> Object:
        """A payout fails, or is canceled: its money is in the balance again."""
        with self._acting(account) as call:
            return payouts.come_back(call, payout_id, status)

    def move(
        self,
        amount: int,
        type_: str = "stripe_fee",
        category: str = "fee",
        *,
        account: str = "",
        currency: str = "usd",
    ) -> Object:
        """A movement of the account itself, caused by nothing: a fee, say."""
        with self._acting(account) as call:
            nothing = {"id": None, "currency": currency}
            return balance.book(call, nothing, amount, type_, category)

    def repeat(
        self,
        charge_id: str,
        changes: Iterable[Object],
        account: str = "",
    ) -> list[str]:
        """The same payment again, with other fields each; its movements' ids.

        Many at once, and no webhook tells of them.
        """
        with self._acting(account) as call:
            charge = call.store.get(account, "charge", charge_id)
            if charge is None:
                raise LookupError(charge_id)
            entry_id = charge["balance_transaction"]
            entry = call.store.get(account, balance.KIND, entry_id) or {}
            booked = []
            for change in changes:
                copy = charge | {"id": new_id("ch")} | change
                moved = {"created": copy["created"], "currency": copy["currency"]}
                again = entry | moved | {"id": new_id("txn"), "source": copy["id"]}
                copy["balance_transaction"] = again["id"]
                call.store.save(account, copy)
                call.store.save(account, again)
                booked.append(again["id"])
            return booked
