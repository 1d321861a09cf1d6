"""A row that breaks what works on it keeps no other waiting, and is told once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from donations import checkout, log_and_continue, settlement, webhooks
from donations.models import Donation, StripeEvent
from donations.webhooks import routing
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.donations.signing import completed, post

pytestmark = pytest.mark.django_db
State = Donation.State


class PoisonError(Exception):
    """Of no kind that anybody has thought of."""


def poisoned(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, bad: Any) -> None:
    """Whatever this function is asked about `bad` breaks."""
    whole = getattr(module, name)

    def broken(*args: Any, **kwargs: Any) -> Any:
        if bad in args or str(bad) in str(args):
            raise PoisonError("tina@example.com")
        return whole(*args, **kwargs)

    monkeypatch.setattr(module, name, broken)


def broken_ones(logs: list[Any]) -> list[Any]:
    return [line for line in logs if line["log_level"] == "error"]


@pytest.mark.parametrize("state", [State.CHECKOUT_OPEN, State.PROCESSING])
def test_the_sweep_of_pages_goes_on_past_a_row_that_breaks_it(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    bad, good = make_donation(), make_donation()
    for row in (bad, good):
        pay(stand_in, row)
    if state == State.PROCESSING:
        later = timezone.now() - timedelta(hours=1)
        Donation.objects.update(state=state, created_at=later)
        bad.attempts.all().delete()
    poisoned(monkeypatch, settlement, "settle", bad.pk)
    with capture_logs() as logs:
        checkout.sweep(timezone.now() + timedelta(minutes=11))
    good.refresh_from_db()
    assert good.state == State.PAID
    (line,) = broken_ones(logs)
    assert line["error"] == "PoisonError"


def test_the_queue_of_webhooks_goes_on_past_one_that_breaks_it(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = make_donation(), make_donation()
    for row in (bad, good):
        post(completed(row, pay(stand_in, row)))
    poisoned(monkeypatch, routing, "follow", bad.public_id)
    with capture_logs() as logs:
        webhooks.process_owed(timezone.now())
    good.refresh_from_db()
    assert good.state == State.PAID
    assert len(broken_ones(logs)) == 1
    left = StripeEvent.objects.exclude(state=StripeEvent.State.DONE).get()
    assert left.attempts == 1, "it has its turn again, and comes to an end"


def test_a_database_that_is_gone_stops_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(MemoryError), log_and_continue.log_and_continue("x"):
        raise MemoryError
    monkeypatch.setattr(log_and_continue.connection, "is_usable", lambda: False)
    with pytest.raises(PoisonError), log_and_continue.log_and_continue("x"):
        raise PoisonError
