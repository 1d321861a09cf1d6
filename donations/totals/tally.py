"""The same sums over lines that pass by one at a time: for files and for streams."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from donations.models import LedgerEntry

Kind = LedgerEntry.Kind
# What a kind of movement adds to, and with which sign.
NAMES = {
    Kind.CHARGE: ("raised", 1),
    Kind.REFUND: ("refunds", -1),
    Kind.DISPUTE: ("disputes", -1),
}
OTHER = ("other", 1)
SUMS = ("raised", "refunds", "disputes", "kept", "other", "fees", "net")


class Tally:
    """Adds up a statement's lines; minor units. Holds the sums and no line."""

    def __init__(self) -> None:
        self.whole: Counter[str] = Counter()
        self.entry: Counter[str] = Counter()
        self.by_hand: Counter[str] = Counter()

    def add(self, line: Mapping[str, Any]) -> None:
        """A line by the names it has in a statement."""
        if line["source"] == LedgerEntry.Source.MANUAL:
            self.by_hand["cents"] += line["gross"]
            self.by_hand["winners_entry"] += line["entry_gross"]
            self.by_hand["entries"] += 1
            return
        _add(self.whole, line["kind"], line["gross"], line["fee"])
        _add(self.entry, line["kind"], line["entry_gross"], line["entry_fee"])
        self.whole["entries"] += 1
        self.whole["gifts"] += line["kind"] == Kind.CHARGE
        self.whole["covered_fees"] += line["covered"]
        if line["payout"]:
            self.whole["paid_out"] += line["net"]

    def totals(self) -> dict[str, dict[str, int]]:
        """Winners' entry, free gifts and all, with what is counted of all alone."""
        entry = {name: self.entry[name] for name in SUMS}
        whole = {name: self.whole[name] for name in SUMS}
        alone = ("entries", "gifts", "covered_fees", "paid_out")
        return {
            "winners_entry": entry,
            "free_gifts": {name: whole[name] - entry[name] for name in SUMS},
            "all": whole
            | {name: self.whole[name] for name in alone}
            | {"at_stripe": whole["net"] - self.whole["paid_out"]},
            "by_hand": {
                name: self.by_hand[name]
                for name in ("cents", "entries", "winners_entry")
            },
        }


def _add(sums: Counter[str], kind: str, gross: int, fee: int) -> None:
    name, sign = NAMES.get(kind, OTHER)
    sums[name] += sign * gross
    if name != "other":
        sums["kept"] += gross
    sums["fees"] += fee
    sums["net"] += gross - fee
