"""A difference is a person's work: named, given to somebody, closed with a reason."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from donations import reconciliation, stripe_gateway, unmatched
from donations.discrepancies import GONE, bring_up_to_date
from donations.models import Discrepancy, Donation, DonationAttempt
from donations.unmatched import NotMatchable
from events.models import Event, Member
from losers_lounge.stand_in.server import StandIn
from tests.conftest import signed_in
from tests.donations.factories import make_donation, open_page, pay, reconcile
from tests.factories import make_charity, make_event, make_member
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

Kind = Discrepancy.Kind


def raised(kind: Kind = Kind.UNMATCHED_MONEY, subject: str = "txn_1") -> Discrepancy:
    return reconciliation.raise_exception("", kind, subject, 500, at=timezone.now())


def url(name: str, event: Event, *args: int) -> str:
    return reverse(f"donations:{name}", args=[event.slug, *args])


def stray(stand_in: StandIn, event: Event) -> Discrepancy:
    """A payment at Stripe whose donation here is gone."""
    donation = make_donation(event, amount_cents=20_000)
    pay(stand_in, donation)
    donation.attempts.all().delete()
    donation.delete()
    reconcile(since=timezone.now() - timedelta(days=1))
    return Discrepancy.objects.get(kind=Kind.CHARGE_WITHOUT_DONATION)


@pytest.mark.django_db
def test_an_exception_raised_twice_is_one_and_comes_back_when_it_had_gone() -> None:
    at = timezone.now()
    row = raised()
    assert raised() == row

    bring_up_to_date("", "txn_1", [Kind.UNMATCHED_MONEY], [], at=at)
    row.refresh_from_db()
    assert row.reason == GONE
    raised()
    row.refresh_from_db()
    assert row.closed_at is None

    reconciliation.close(row.pk, "A test of the till.", at=at)
    raised()
    row.refresh_from_db()
    assert row.reason == "A test of the till."


@pytest.mark.django_db
def test_one_is_given_to_somebody_of_the_team_and_closed_by_name(
    event: Event, finance: Client
) -> None:
    row = raised()
    stranger = make_member().user

    refused = finance.post(url("exception_assign", event, row.pk), {"to": stranger.pk})
    assert refused.status_code == 422
    finance.post(url("exception_assign", event, row.pk), {"to": finance.user.pk})
    page = finance.get(url("exceptions", event) + "?whose=me").content.decode()
    assert "txn_1" in page
    refused = finance.post(url("explain_discrepancy", event, row.pk), {"reason": " "})
    assert refused.status_code == 422 and b"required" in refused.content
    finance.post(url("explain_discrepancy", event, row.pk), {"reason": "A test."})

    row.refresh_from_db()
    assert row.assigned_to == finance.user
    assert (row.reason, row.closed_by_name) == ("A test.", str(finance.user))
    assert "A test." in finance.get(url("exception", event, row.pk)).content.decode()


@pytest.mark.django_db
def test_the_list_is_filtered_and_paged_and_nonsense_lists_the_open_ones(
    event: Event, finance: Client
) -> None:
    for number in range(60):
        raised(subject=f"txn_{number}")
    closed = raised(Kind.DISPUTED, "dp_1")
    reconciliation.close(closed.pk, "Won.", at=timezone.now())
    here = url("exceptions", event)

    def shown(query: str) -> str:
        return finance.get(f"{here}?{query}").content.decode()

    first = shown("")
    assert "txn_59" in first and "txn_9<" not in first and "dp_1" not in first
    assert "dp_1" in shown("state=closed") and "dp_1" in shown("state=all")
    assert "txn_59" not in shown("kind=disputed&state=all")
    assert "txn_59" in shown("state=x&kind=y&whose=z&before=%F0")
    assert "txn_9<" in shown(f"state=open&before={Discrepancy.objects.all()[50].pk}")
    with CaptureQueriesContext(connection) as asked:
        shown("state=all")
    assert len(asked) <= 10


@pytest.mark.django_db
def test_who_does_not_keep_the_books_finds_none_of_it(event: Event) -> None:
    row = raised()
    make_donation(event, state="paid", paid_at=timezone.now())
    other = make_event(charity=make_charity())
    client = signed_in(make_member(other, Member.Role.FINANCE))

    for name, args in (("exceptions", []), ("exception", [row.pk])):
        assert client.get(url(name, other, *args)).status_code == 404
    for name in ("exception_assign", "exception_match", "exception_take"):
        assert client.post(url(name, other, row.pk)).status_code == 404
    assert "unmatched_money" not in client.get(url("payouts", other)).content.decode()


@pytest.mark.django_db
def test_unmatched_money_is_given_to_the_donation_it_was_meant_for(
    stand_in: StandIn, event: Event, finance: Client
) -> None:
    row = stray(stand_in, event)
    meant = make_donation(event, amount_cents=20_000)
    other = make_donation(event, amount_cents=30_000)
    here = url("exception_match", event, row.pk)

    assert finance.post(here, {"donation": other.public_id}).status_code == 422
    finance.post(here, {"donation": meant.public_id})
    finance.post(here, {"donation": meant.public_id})

    meant.refresh_from_db()
    row.refresh_from_db()
    assert meant.state == Donation.State.PAID
    assert meant.entries.get().gross_cents == 20_000
    assert row.closed_by_name == str(finance.user)
    assert reconcile().verdict == "matched"
    with pytest.raises(NotMatchable):
        unmatched.match(row.pk, other.pk, by=finance.user, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_open_for_the_donation_is_closed(
    stand_in: StandIn, event: Event, finance: Client
) -> None:
    """Else its donor could pay a second time for what somebody has just matched."""
    row, meant = stray(stand_in, event), make_donation(event, amount_cents=20_000)
    open_page(meant)

    finance.post(url("exception_match", event, row.pk), {"donation": meant.public_id})

    assert meant.attempts.get().state == DonationAttempt.State.EXPIRED
    meant.refresh_from_db()
    assert meant.state == Donation.State.PAID


@pytest.mark.django_db
def test_one_payment_is_never_given_to_two_donations(
    stand_in: StandIn, event: Event, finance: Client
) -> None:
    row = stray(stand_in, event)
    meant, other = [make_donation(event, amount_cents=20_000) for _ in range(2)]
    here = url("exception_match", event, row.pk)
    finance.post(here, {"donation": meant.public_id})

    again = finance.post(here, {"donation": other.public_id})

    assert again.status_code == 422 and "another donation" in again.content.decode()
    other.refresh_from_db()
    assert (other.state, other.payment_intent_id) == (Donation.State.CREATED, "")


@pytest.mark.django_db
def test_unmatched_money_is_kept_as_a_gift_once(
    stand_in: StandIn, event: Event, finance: Client
) -> None:
    row = stray(stand_in, event)
    page = finance.get(url("exception", event, row.pk)).content.decode()
    assert "No unpaid donation" in page

    for _ in range(2):
        finance.post(url("exception_take", event, row.pk))

    gift = event.donations.get()
    assert (gift.state, gift.amount_cents) == (Donation.State.PAID, 20_000)
    assert gift.purpose == Donation.Purpose.GIFT and gift.parts.count() == 1
    assert reconcile().verdict == "matched"


@pytest.mark.django_db
def test_what_a_webhook_had_told_of_the_same_payment_is_closed_with_it(
    stand_in: StandIn, event: Event, finance: Client
) -> None:
    row = stray(stand_in, event)
    charge = unmatched.entry_of(row).charge_id
    intent = stripe_gateway.fetch_stray(charge, account="").payment_intent_id
    told, other = raised(subject=intent), raised(subject="pi_other")

    finance.post(url("exception_take", event, row.pk))

    for closed in (row, told):
        closed.refresh_from_db()
        assert event.donations.get().public_id in closed.reason
        assert closed.closed_by_name == str(finance.user)
    assert list(Discrepancy.objects.open()) == [other]


@pytest.mark.django_db
def test_when_stripe_is_down_nothing_is_matched(
    stand_in: StandIn, event: Event, finance: Client
) -> None:
    row = stray(stand_in, event)
    stand_in.stop()

    refused = finance.post(url("exception_take", event, row.pk))

    assert refused.status_code == 422 and b"press again" in refused.content
    assert not event.donations.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_close_one_leave_the_first_reason() -> None:
    def race() -> None:
        Discrepancy.objects.all().delete()
        row = raised()
        reasons = at_the_same_moment(
            2,
            lambda number: (
                reconciliation.close(
                    row.pk, f"Reason {number}", at=timezone.now()
                ).reason
            ),
        )
        assert len(set(reasons)) == 1

    race()
    seen_to_fail_without_lock(race, Discrepancy)
