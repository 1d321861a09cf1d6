"""The outbox: a row is a mail, the rows are the queue, the broker is a doorbell.

    queued -> claimed -> handing_over -> sent
                                      -> queued again, after a definite "later"
                                      -> failed, after a definite "no"
                                      -> unknown, after a second unanswered hand-over
    sent -> bounced or complained, as a report says (events/bounces)

Bulk mail waits for the event's hours (`window`) and its domain's turn (`pace`): a later
not_before, in the row.

All times are the database's own, so that no worker's clock can matter. SMTP leaves
one window that cannot be closed (RFC 1047): between the dot and the answer to it.
A row found there is sent once more under the same Message-ID, and never again.
"""

from events.doorbell import ring
from events.outbox.claims import claim, due, is_due
from events.outbox.decisions import (
    note_arrival,
    note_taken,
    put_back,
    readdress,
    send_again,
    withdraw,
)
from events.outbox.drafts import Draft, create
from events.outbox.holds import hold, holds_mail_of, release, why_nothing_leaves
from events.outbox.outcomes import (
    ClaimLost,
    begin_handover,
    lease_before_the_dot,
    lease_of_the_dot,
    settle_broken,
    settle_deferred,
    settle_refused,
    settle_relay_down,
    settle_sent,
    settle_unanswered,
    sweep,
)
from events.outbox.overview import counts, progress

__all__ = [
    "ClaimLost",
    "Draft",
    "begin_handover",
    "claim",
    "counts",
    "create",
    "due",
    "hold",
    "holds_mail_of",
    "is_due",
    "lease_before_the_dot",
    "lease_of_the_dot",
    "note_arrival",
    "note_taken",
    "progress",
    "put_back",
    "readdress",
    "release",
    "ring",
    "send_again",
    "settle_broken",
    "settle_deferred",
    "settle_refused",
    "settle_relay_down",
    "settle_sent",
    "settle_unanswered",
    "sweep",
    "why_nothing_leaves",
    "withdraw",
]
