"""What went to the bank is explained to the cent, or says by how much it is not."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import payouts, stripe_gateway
from donations.models import Discrepancy, Donation, LedgerEntry, Payout, Reconciliation
from donations.stripe_gateway import StripeRefused
from losers_lounge.stand_in.server import StandIn
from tests.conftest import signed_in
from tests.donations.factories import make_donation, pay, reconcile
from tests.factories import make_charity, make_event, make_member

Kind = Discrepancy.Kind


def checks(run: Reconciliation) -> dict[str, tuple[bool, int]]:
    rows = run.checks["invariants"]
    return {row["name"]: (row["holds"], row["cents"]) for row in rows}


def open_kinds() -> set[str]:
    return set(Discrepancy.objects.open().values_list("kind", flat=True))


def settle(payout: dict) -> Payout:
    payouts.settle("", payout["id"], at=timezone.now())
    return Payout.objects.get(payout_id=payout["id"])


@pytest.fixture
def two_gifts(stand_in: StandIn) -> None:
    for _ in range(2):
        pay(stand_in, make_donation())


@pytest.mark.django_db
def test_a_payout_is_explained_item_by_item_whatever_the_books_knew(
    stand_in: StandIn, two_gifts: None
) -> None:
    seat = make_member(Donation.objects.first().event, "finance")
    Donation.objects.update(event=seat.event)
    finance = signed_in(seat)
    stand_in.bank.move(-200)
    sent = stand_in.bank.pay_out()

    row = settle(sent)
    assert (row.status, row.itemised_at) == ("in_transit", None)
    stand_in.bank.arrive(sent["id"])
    row = settle(sent)

    assert (row.status, row.items, row.is_automatic) == ("paid", 3, True)
    assert row.amount_cents == row.items_net_cents == 2 * 97_070 - 200
    assert row.unexplained_cents == 0
    entries = LedgerEntry.objects.filter(payout_id=row.payout_id)
    assert entries.count() == 4  # its own movement, too
    assert entries.filter(donation__isnull=False).count() == 2
    run = reconcile()
    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert all(holds for holds, _cents in checks(run).values())
    # The account's own fee is shown by name; the books agree on it.
    assert open_kinds() == {Kind.ACCOUNT_FEE}
    here = f"/donations/{Donation.objects.first().event.slug}/payouts/"
    assert row.payout_id in finance.get(here).content.decode()
    with CaptureQueriesContext(connection) as asked:
        page = finance.get(f"{here}{row.payout_id}/").content.decode()
    assert "Unexplained" in page and "$0.00" in page and "$2.00" in page
    assert page.count("Tina Fey") == 2
    assert len(asked) <= 10
    assert finance.get(f"{here}po_nobody/").status_code == 404


@pytest.mark.django_db
def test_reconciling_finds_a_payout_that_no_webhook_told_of_and_that_it_failed(
    stand_in: StandIn, two_gifts: None
) -> None:
    sent = stand_in.bank.pay_out()
    stand_in.bank.arrive(sent["id"])
    run = reconcile()
    assert Payout.objects.get().status == "paid"
    assert checks(run)["I5"] == (True, 0)

    stand_in.bank.come_back(sent["id"])
    run = reconcile()

    row = Payout.objects.get()
    assert (row.status, row.failure_code) == ("failed", "account_closed")
    assert row.unexplained_cents == 0
    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert all(holds for holds, _cents in checks(run).values())
    assert open_kinds() == {Kind.PAYOUT_FAILED}

    # What came back goes out with the next one, as an item of it.
    stand_in.bank.arrive(stand_in.bank.pay_out()["id"])
    run = reconcile()
    again = Payout.objects.get(status="paid")
    assert (again.items, again.unexplained_cents) == (1, 0)
    assert all(holds for holds, _cents in checks(run).values())


@pytest.mark.django_db
def test_a_manual_payout_has_no_items_and_says_so(
    stand_in: StandIn, two_gifts: None
) -> None:
    sent = stand_in.bank.pay_out_by_hand(50_000)
    stand_in.bank.arrive(sent["id"])

    run = reconcile()

    row = Payout.objects.get()
    assert (row.is_automatic, row.itemised_at, row.items) == (False, None, 0)
    assert open_kinds() == {Kind.PAYOUT_MANUAL}
    assert checks(run)["I5"] == (True, 0)
    with pytest.raises(StripeRefused):
        payouts._itemise(row, timezone.now())


@pytest.mark.django_db
def test_a_payout_that_its_items_do_not_add_up_to_is_named(
    stand_in: StandIn, two_gifts: None
) -> None:
    sent = stand_in.bank.pay_out()
    stand_in.bank.arrive(sent["id"])
    store = stand_in._store
    store.save("", store.get("", "payout", sent["id"]) | {"amount": 194_139})

    row = settle(sent)

    assert row.unexplained_cents == -1
    found = Discrepancy.objects.get()
    assert (found.kind, found.subject) == (Kind.PAYOUT_UNEXPLAINED, sent["id"])
    assert found.cents == -1
    run = reconcile()
    assert checks(run)["I4"] == (False, 1)
    assert checks(run)["I5"] == (False, 1)

    store.save("", store.get("", "payout", sent["id"]) | {"amount": 194_140})
    settle(sent)
    found.refresh_from_db()
    assert found.closed_at is not None


@pytest.mark.django_db
def test_an_older_answer_and_a_word_nobody_knows_break_nothing(
    stand_in: StandIn, two_gifts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = stand_in.bank.pay_out()
    early = timezone.now()
    facts = stripe_gateway.fetch_payout(sent["id"], account="")
    odd = replace(facts, status="resting", reconciliation_status="dreaming")
    monkeypatch.setattr(stripe_gateway, "fetch_payout", lambda *_, **__: odd)

    assert settle(sent).status == "resting"
    monkeypatch.setattr(stripe_gateway, "fetch_payout", lambda *_, **__: facts)
    payouts.settle("", sent["id"], at=early)

    assert Payout.objects.get().status == "resting"


@pytest.mark.django_db
def test_a_payout_of_another_mode_or_account_is_none_of_ours(
    stand_in: StandIn, two_gifts: None
) -> None:
    make_event(charity=make_charity(stripe_account_id="acct_else"))
    sent = stand_in.bank.pay_out()
    stand_in._store.save("", sent | {"livemode": True})

    assert not payouts.settle("", sent["id"], at=timezone.now())
    with pytest.raises(StripeRefused):
        payouts.settle("acct_else", sent["id"], at=timezone.now())

    assert not Payout.objects.exists()
    assert open_kinds() == {Kind.WRONG_MODE}
