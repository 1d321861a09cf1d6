"""One open payment page per donation, whatever happens to the answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations import checkout, stripe_gateway
from donations.checkout import pages
from donations.donor import Donor
from donations.models import Donation, DonationAttempt
from events.models import Event
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import RETURN_URL, make_donation, open_page, pay
from tests.factories import make_event
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

SESSIONS = "/v1/checkout/sessions"
State = Donation.State


def press(donation: Donation, **later: float) -> str:
    at = timezone.now() + timedelta(**later)
    return checkout.open_checkout(
        donation.pk, success_url=RETURN_URL, cancel_url=RETURN_URL, at=at
    )


def sessions_at_stripe(donation: Donation) -> int:
    found = 0
    for number in range(1, 6):
        since = timezone.now() - timedelta(days=1)
        session = stripe_gateway.find_session(
            donation.public_id, number, since, account=""
        )
        found += session is not None
    return found


@pytest.mark.django_db
def test_a_press_opens_a_page_for_the_donation(stand_in: StandIn) -> None:
    donation = make_donation()

    url = press(donation)

    donation.refresh_from_db()
    attempt = donation.attempts.get()
    session = stripe_gateway.fetch_session(attempt.session_id, account="")
    assert url == attempt.url == session.url
    assert session.reference == donation.public_id
    assert donation.state == State.CHECKOUT_OPEN


@pytest.mark.django_db
def test_a_second_press_shows_the_same_page(stand_in: StandIn) -> None:
    donation = make_donation()

    assert press(donation) == press(donation)
    assert donation.attempts.count() == 1


def race_of_two_tabs() -> None:
    donation = make_donation()

    urls = at_the_same_moment(4, lambda _: press(donation))

    assert len({str(url) for url in urls}) == 1, urls
    assert not isinstance(urls[0], Exception)
    assert donation.attempts.count() == 1
    assert sessions_at_stripe(donation) == 1


@pytest.mark.django_db(transaction=True)
def test_four_tabs_at_once_open_one_page(stand_in: StandIn) -> None:
    race_of_two_tabs()


@pytest.mark.django_db(transaction=True)
def test_the_tabs_need_the_lock(stand_in: StandIn) -> None:
    seen_to_fail_without_lock(race_of_two_tabs, Donation)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.ERROR_500_AFTER])
def test_a_lost_answer_is_found_by_the_next_press(
    stand_in: StandIn, fault: Fault
) -> None:
    donation = make_donation()
    stand_in.fail(fault, path=SESSIONS, method="POST", count=3)
    with pytest.raises(checkout.CheckoutUnavailable):
        press(donation)
    assert donation.attempts.get().state == DonationAttempt.State.UNKNOWN
    stand_in.clear_faults()

    url = press(donation)

    assert url == donation.attempts.get().url
    assert sessions_at_stripe(donation) == 1


@pytest.mark.django_db
def test_a_crash_between_row_and_call_is_made_good(stand_in: StandIn) -> None:
    donation = make_donation()
    pages._claim(donation.pk, RETURN_URL, RETURN_URL, timezone.now())

    press(donation)

    assert donation.attempts.get().state == DonationAttempt.State.OPEN


@pytest.mark.django_db
def test_an_attempt_that_never_arrived_makes_way_for_another(
    stand_in: StandIn,
) -> None:
    donation = make_donation()
    long_ago = timezone.now() - timedelta(minutes=50)
    pages._claim(donation.pk, RETURN_URL, RETURN_URL, long_ago)

    press(donation)

    states = donation.attempts.values_list("state", flat=True)
    assert list(states) == ["failed", "open"]
    assert sessions_at_stripe(donation) == 1


@pytest.mark.django_db
def test_stripe_down_charges_nobody_and_can_be_pressed_again(
    stand_in: StandIn,
) -> None:
    donation = make_donation()
    stand_in.stop()
    with pytest.raises(checkout.CheckoutUnavailable, match="Nothing was charged"):
        press(donation)
    stand_in.start()

    assert press(donation)


@pytest.mark.django_db
def test_too_many_requests_is_try_again(stand_in: StandIn) -> None:
    donation = make_donation()
    stand_in.fail(Fault.RATE_LIMIT, path=SESSIONS, method="POST")

    with pytest.raises(checkout.CheckoutUnavailable, match="busy"):
        press(donation)

    assert press(donation)
    assert donation.attempts.count() == 1


@pytest.mark.django_db
def test_what_stripe_refuses_is_not_asked_again(stand_in: StandIn) -> None:
    donation = make_donation(amount_cents=10)

    with pytest.raises(checkout.CheckoutRefused):
        press(donation)

    attempt = donation.attempts.get()
    assert attempt.state == DonationAttempt.State.FAILED
    assert "tina" not in attempt.error


@pytest.mark.django_db
def test_a_paid_donation_gets_no_second_page(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    press(donation)  # nobody has told yet: the page is still shown

    checkout.sweep(timezone.now() + timedelta(minutes=11))

    with pytest.raises(checkout.AlreadySettled):
        press(donation)


@pytest.mark.django_db
def test_a_page_paid_in_its_last_minute_is_not_opened_again(
    stand_in: StandIn,
) -> None:
    donation = make_donation()
    pay(stand_in, donation)

    with pytest.raises(checkout.AlreadySettled):
        press(donation, hours=2)

    assert sessions_at_stripe(donation) == 1


@pytest.mark.django_db
def test_the_sweep_pays_what_no_webhook_told(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)

    assert checkout.sweep(timezone.now()) == 0
    assert checkout.sweep(timezone.now() + timedelta(minutes=11)) == 1

    donation.refresh_from_db()
    assert donation.state == State.PAID


@pytest.mark.django_db
def test_the_sweep_goes_on_past_one_that_fails(stand_in: StandIn) -> None:
    first, second = make_donation(), make_donation()
    pay(stand_in, first)
    pay(stand_in, second)
    stand_in.fail(Fault.RATE_LIMIT, path=SESSIONS, method="GET")

    checkout.sweep(timezone.now() + timedelta(minutes=11))

    states = Donation.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.CHECKOUT_OPEN, State.PAID]


def give_freely(event: Event, *cents: int, **fields: object) -> Donation:
    """A gift for each amount, and nothing asked for it yet."""
    parts = [checkout.Part("Tina", "gift", amount) for amount in cents]
    donor = Donor("Tina", "t@guest.example")
    return checkout.create_donation(event, donor, parts, at=timezone.now(), **fields)


@pytest.mark.django_db
@pytest.mark.parametrize("cents", [-1, 0, 499, 100_000_000])
def test_an_amount_stripe_would_not_take_makes_no_donation(cents: int) -> None:
    event = make_event()

    with pytest.raises(checkout.CheckoutRefused):
        give_freely(event, cents)

    assert not event.donations.exists()


@pytest.mark.django_db
def test_a_donation_is_its_parts_and_what_covers_the_fees() -> None:
    event = make_event()
    parts = [checkout.Part("Tina", "admission", 100_000), checkout.Part("T", "gift", 1)]
    donor, at = Donor("Dana", "d@x.example"), timezone.now()
    donation = checkout.create_donation(
        event, donor, parts, fee_cover_cents=3_021, at=at
    )
    assert (donation.amount_cents, donation.purpose) == (103_022, "admission")
    rows = donation.parts.values_list("order", "for_name", "purpose", "amount_cents")
    assert list(rows) == [(0, "Tina", "admission", 100_000), (1, "T", "gift", 1)]
    assert give_freely(event, 300, 200).purpose == "gift"
    with pytest.raises(checkout.CheckoutRefused):
        give_freely(event)
    with pytest.raises(checkout.CheckoutRefused):
        give_freely(event, 600, 0)


@pytest.mark.django_db
def test_an_attempt_is_committed_before_stripe_is_asked(stand_in: StandIn) -> None:
    donation = make_donation()
    stand_in.fail(Fault.DROP_BEFORE, path=SESSIONS, method="POST", count=3)

    with pytest.raises(checkout.CheckoutUnavailable):
        press(donation)

    assert donation.attempts.count() == 1
    assert open_page(donation)
