"""What a handler is told about the request it answers."""

import time
from dataclasses import dataclass, field
from typing import Any

from losers_lounge.stand_in.store import Store


def now() -> int:
    """The time in whole seconds, as Stripe counts it."""
    return int(time.time())


@dataclass(frozen=True)
class Call:
    """One checked request: whose books, which object, what is asked."""

    store: Store
    account: str
    page_base: str
    object_id: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    idempotency_key: str | None = None
