"""The outbox's own ring: mail is waiting."""

from losers_lounge import doorbell

TASK = "events.tasks.deliver_queued"
# More are rung by the drains themselves, as long as they find more to do.
MOST_RINGS = 2


def ring(times: int = 1) -> None:
    """Have up to `times` workers look at the outbox; at once, and it never fails."""
    doorbell.ring(TASK, times=times)
