"""The money arrives while somebody presses, at whatever moment: nobody gives twice."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from donations.models import Donation, Pledge
from events.models import Event
from guests import payments, pledges
from guests.models import Guest, GuestPledge
from guests.payments import NothingOwed, PaymentPending, asked, by_hand
from guests.pledges import winning
from tests.donations.pledging import make_pledge
from tests.factories import make_event, make_user
from tests.guests.test_by_hand import cash
from tests.guests.test_payments import make_winner
from tests.interleaving import every_moment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer"
    ),
]
State = Donation.State
Press = Callable[[Guest], object]


def on_a_page(guest: Guest) -> None:
    payments.donation_for(guest.pk)


def in_cash(guest: Guest) -> None:
    taken = cash(f"cash-{guest.pk}")
    by_hand.take(guest.pk, taken, by=make_user(), at=timezone.now())


def by_card(guest: Guest) -> bool:
    return pledges.charge(guest.pledges.get().pk, timezone.now())


def make_pledged(event: Event, cents: int) -> Guest:
    """A winner whose card may be charged with so much."""
    guest = make_winner(event)
    pledge = make_pledge(
        event, amount_cents=cents, state="card_saved", payment_method_id="pm_1"
    )
    GuestPledge.objects.create(guest=guest, pledge=pledge)
    return guest


PRESSES = pytest.mark.parametrize(
    ("press", "pledged_cents", "state"),
    [
        (on_a_page, 100_000, State.CHECKOUT_OPEN),
        (on_a_page, 100_000, State.PROCESSING),
        (in_cash, 100_000, State.PROCESSING),
        # Less than is owed.
        (by_card, 50_000, State.PROCESSING),
    ],
)


def race(press: Press, pledged_cents: int, state: State) -> None:
    """What is in `state` is paid after any one of the statements of a press."""
    event = make_event(charges_pledges_by_rule=True)
    for moment in every_moment():
        guest = make_pledged(event, pledged_cents)
        donation = payments.donation_for(guest.pk)
        rows = Donation.objects.filter(pk=donation.pk)
        rows.update(state=state)

        def is_heard_of(rows: QuerySet = rows) -> None:
            rows.update(state=State.PAID, paid_at=timezone.now())

        with moment.brings(is_heard_of), suppress(NothingOwed, PaymentPending):
            press(guest)

        found = Donation.objects.filter(settlements__obligation__guest=guest)
        assert list(found) == [donation], f"moment {moment.number}"


@PRESSES
def test_what_is_paid_in_that_very_moment_is_not_asked_for_again(
    press: Press, pledged_cents: int, state: State
) -> None:
    race(press, pledged_cents, state)


@PRESSES
def test_unless_the_money_is_not_held(
    press: Press, pledged_cents: int, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (asked, by_hand, winning):
        monkeypatch.setattr(room, "hold_money", lambda guest_ids: None)
    with pytest.raises(AssertionError, match="moment"):
        race(press, pledged_cents, state)


@pytest.mark.parametrize("pledged_cents", [100_000, 50_000])
def test_while_a_bank_is_at_work_no_card_is_charged_not_even_for_a_part(
    pledged_cents: int,
) -> None:
    event = make_event(charges_pledges_by_rule=True)
    guest = make_pledged(event, pledged_cents)
    donation = payments.donation_for(guest.pk)
    Donation.objects.update(state=State.PROCESSING)

    assert not by_card(guest)

    assert list(event.donations.all()) == [donation]
    assert guest.pledges.get().pledge.state == Pledge.State.CARD_SAVED
