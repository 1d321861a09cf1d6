"""`manage.py reconcile` says what it compared, and fails in one clear line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from donations.stripe_gateway import StripeUnavailable
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, stray_entry
from tests.factories import make_event


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("reconcile", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_says_what_it_compared(stand_in: StandIn) -> None:
    pay(stand_in, make_donation())

    words = told()

    assert "1 movement at Stripe, 1 in the ledger, 0 of them entered now" in words
    assert "gross  Stripe $1,000.00  ledger $1,000.00" in words
    assert "Equals Stripe to the cent" in words
    assert ": 1 at Stripe $970.70, 1 in the ledger $970.70" in words
    assert "I1  holds: $970.70 and $970.70, $0.00 apart" in words
    assert "I6  holds" in words and "DOES NOT HOLD" not in words


@pytest.mark.django_db
def test_the_command_fails_when_the_books_differ(stand_in: StandIn) -> None:
    make_event()
    stray_entry()

    with pytest.raises(CommandError, match="differs from Stripe: our own account"):
        told()


@pytest.mark.django_db
def test_the_command_fails_when_stripe_is_down(stand_in: StandIn) -> None:
    make_event()
    stand_in.stop()

    with pytest.raises(CommandError, match="Stripe: no answer") as caught:
        told()
    assert isinstance(caught.value.__cause__, StripeUnavailable)


@pytest.mark.django_db
def test_the_command_refuses_a_day_that_is_none(stand_in: StandIn) -> None:
    with pytest.raises(CommandError, match="use a date like"):
        told("--since", "yesterday")
