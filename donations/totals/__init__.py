"""What a total is. Every page, mail, export and command asks here and nowhere else.

    raised    gross of the payments that Stripe took, before anything was given back
    refunds   what was given back to donors, less refunds that failed
    disputes  what banks took back, less what was won again
    kept      raised - refunds - disputes: the number we print, before fees
    fees      what Stripe kept, of payments and disputes
    net       kept - fees (+ other movements): what is left
    paid out  of the net, what a payout has taken to the bank and the bank has kept
    at Stripe the rest of the net

Counted are entries of the ledger that belong to the event, in the event's currency,
on the charity's account or the one their donation was paid on; payouts move the
charity's money to its bank and are no part of any total. Two scopes make the whole:

    winners' entry   what the parts of a donation say is admission
    free gifts       all else: gift parts, and what was added to cover the fees

A payment is first winners' entry, up to its admission parts. What goes back comes out
of the free gift first, then out of the entry; what returns later (a dispute won, a
refund that failed) fills them in the opposite order. A fee is shared in proportion,
the odd cent falls to the free gift. Entry by entry both scopes add up to the whole.

Beside these, never within: gifts by hand, and promises whose card was not charged.
Amounts are minor units.
"""

from donations.totals.account import OfAccount, of_account
from donations.totals.beside import Promised, promised
from donations.totals.changes import Change, changes
from donations.totals.event import Sums, Totals, counted, for_event, total
from donations.totals.scopes import Scoped, by_scope
from donations.totals.shares import with_shares
from donations.totals.steps import Day, Point, days, series

__all__ = [
    "Change",
    "Day",
    "OfAccount",
    "Point",
    "Promised",
    "Scoped",
    "Sums",
    "Totals",
    "by_scope",
    "changes",
    "counted",
    "days",
    "for_event",
    "of_account",
    "promised",
    "series",
    "total",
    "with_shares",
]
