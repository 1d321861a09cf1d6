from collections.abc import Iterator

import pytest
from pytest_django import Settings

from losers_lounge.stand_in.server import StandIn


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    """Stripe on the loopback, spoken to by the real client over HTTP."""
    with StandIn() as server:
        settings.STRIPE_API_BASE = server.base_url
        yield server
