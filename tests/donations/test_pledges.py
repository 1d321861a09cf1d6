"""A card is saved, and forgotten, over the real wire."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from donations import pledges, webhooks
from donations.models import Pledge, StripeEvent
from donations.pledges import NotChargeable, PledgeOver, SetupUnavailable
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.pledging import (
    charge,
    charges,
    kept,
    make_pledge,
    open_setup,
    save_card,
    saved,
)

pytestmark = pytest.mark.django_db(transaction=True)
State = Pledge.State
LATER = timedelta(minutes=3)
DAY = timedelta(hours=24)


def test_a_saved_card_is_known_by_its_last_four_and_nothing_is_charged(
    stand_in: StandIn,
) -> None:
    pledge = make_pledge()
    first, second = open_setup(pledge), open_setup(pledge)
    assert first == second, "two tabs, one page"

    stand_in.save_card(first)
    pledge = pledges.come_back(pledge.pk, timezone.now())

    assert pledge.state == State.CARD_SAVED
    assert (pledge.card_brand, pledge.card_last4) == ("visa", "4242")
    assert charges(stand_in) == []
    assert pledges.pledged(pledge.event) == (1, 100_000)
    with pytest.raises(PledgeOver):
        open_setup(pledge)


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.ERROR_500_AFTER])
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/checkout/sessions"])
def test_a_lost_answer_on_the_way_to_the_page_is_looked_up(
    stand_in: StandIn, fault: Fault, path: str
) -> None:
    stand_in.fail(fault, path=path, method="POST")
    pledge = make_pledge()

    session = open_setup(pledge)

    stand_in.clear_faults()
    pledge.refresh_from_db()
    assert pledge.setup_session_id == session
    with stand_in._store.transaction():
        assert len(list(stand_in._store.rows("", "customer"))) == 1
        assert len(list(stand_in._store.rows("", "checkout.session"))) == 1


def test_without_an_answer_no_page_opens_and_the_press_may_be_repeated(
    stand_in: StandIn,
) -> None:
    pledge = make_pledge()
    stand_in.fail(Fault.DROP_BEFORE, count=20)
    with pytest.raises(SetupUnavailable):
        open_setup(pledge)
    stand_in.clear_faults()

    assert save_card(stand_in, pledge).state == State.CARD_SAVED


def test_a_page_that_ran_out_is_followed_by_another(stand_in: StandIn) -> None:
    pledge, at = make_pledge(), timezone.now()
    first = open_setup(pledge, at)

    assert open_setup(pledge, at + timedelta(minutes=61)) != first


def test_a_web_server_whose_clock_is_late_opens_a_page_and_sees_when_it_is_over(
    stand_in: StandIn,
) -> None:
    """Stripe refuses a page that is to close in the past: the database says when."""
    pledge, late = make_pledge(), timedelta(hours=2)
    first = open_setup(pledge, timezone.now() - late)
    pledge.refresh_from_db()
    assert pledge.setup_expires_at > timezone.now() + timedelta(minutes=31)
    over = timezone.now() - timedelta(minutes=1)
    Pledge.objects.update(setup_expires_at=over)
    assert open_setup(pledge, timezone.now() - late) != first


def test_webhooks_alone_keep_and_lose_a_card(
    stand_in: StandIn, settings: Settings
) -> None:
    pledge = make_pledge()
    stand_in.save_card(open_setup(pledge))
    webhooks.catch_up(timezone.now())
    webhooks.process_owed(timezone.now())
    pledge.refresh_from_db()
    assert pledge.state == State.CARD_SAVED

    stand_in.forget_card(pledge.payment_method_id)
    webhooks.catch_up(timezone.now())
    webhooks.process_owed(timezone.now())

    pledge.refresh_from_db()
    assert (pledge.state, pledge.payment_method_id) == (State.OFFERED, "")
    assert not StripeEvent.objects.filter(state=StripeEvent.State.FAILED).exists()


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"object": "party"},
        {"object": "checkout.session", "metadata": None},
        {"object": "setup_intent", "metadata": {"pledge_id": 7}},
        {"object": "payment_method", "id": "pm_foreign"},
        {"object": "checkout.session", "client_reference_id": "nobody\0s"},
    ],
)
def test_what_names_no_pledge_of_ours_is_left_alone(named: dict) -> None:
    assert not pledges.settle_named("", named, timezone.now())


@pytest.mark.parametrize("end", [pledges.withdraw, pledges.release])
def test_an_ended_pledge_owes_its_card_away_until_stripe_answers(
    stand_in: StandIn, end: object
) -> None:
    pledge = saved(stand_in)
    assert end(pledge.pk, timezone.now())
    assert not end(pledge.pk, timezone.now())
    stand_in.fail(Fault.DROP_BEFORE, path="/v1/payment_methods", count=9)

    assert pledges.forget_owed(timezone.now()) == 0
    assert kept(stand_in, pledge)
    stand_in.clear_faults()
    assert pledges.forget_owed(timezone.now()) == 1

    assert not kept(stand_in, pledge)
    assert pledges.forget_owed(timezone.now()) == 0
    with pytest.raises(NotChargeable):
        charge(pledge)


def test_a_card_saved_after_the_end_is_forgotten(stand_in: StandIn) -> None:
    pledge = make_pledge()
    session = open_setup(pledge)
    stand_in.save_card(session)
    pledges.withdraw(pledge.pk, timezone.now())

    pledges.sweep(timezone.now())

    pledge.refresh_from_db()
    assert (pledge.state, bool(pledge.detached_at)) == (State.WITHDRAWN, True)
    assert not kept(stand_in, pledge)


def test_a_withdrawn_pledge_s_page_is_closed(stand_in: StandIn) -> None:
    pledge = make_pledge()
    session = open_setup(pledge)
    pledges.withdraw(pledge.pk, timezone.now())

    pledges.sweep(timezone.now())

    assert stand_in.save_card(session)["status"] == "expired"


def test_a_second_page_s_card_is_not_kept_beside_the_first(
    stand_in: StandIn,
) -> None:
    pledge, at = make_pledge(), timezone.now()
    first = open_setup(pledge, at)
    second = open_setup(pledge, at + timedelta(minutes=61))
    stand_in.save_card(second)
    pledge = pledges.come_back(pledge.pk, at)
    stand_in.save_card(first)

    pledges.settle_setup(pledge.pk, session_id=first, at=at)

    with stand_in._store.transaction():
        methods = list(stand_in._store.rows("", "payment_method"))
    attached = [row["id"] for row in methods if row["customer"]]
    assert attached == [pledge.payment_method_id]
