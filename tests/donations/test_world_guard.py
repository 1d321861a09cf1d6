"""Wrong mode, wrong account, wrong currency: never in a sum, always by a name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from donations import invariants, ledger, settlement, stripe_gateway, totals
from donations.discrepancies import Finding
from donations.models import Discrepancy, Donation, LedgerEntry, Reconciliation
from donations.reconciliation import verdict
from donations.reconciliation.walk import Walk
from donations.stripe_gateway import BookPage
from events.models import Charity
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, reconcile, stray_entry
from tests.factories import make_charity, make_event
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

Kind = Discrepancy.Kind


def open_kinds() -> set[str]:
    return set(Discrepancy.objects.open().values_list("kind", flat=True))


def change(stand_in: StandIn, kind: str, **changes: Any) -> None:
    """What Stripe says of the newest object of a kind becomes something else."""
    store = stand_in._store
    row = next(iter(store.rows("", kind)))
    store.save("", row | changes)


def raised(donation: Donation) -> int:
    return totals.for_event(donation.event, timezone.now()).raised_cents


@pytest.mark.django_db
def test_live_money_among_test_money_is_not_entered(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    change(stand_in, "charge", livemode=True)

    run = reconcile()

    assert not LedgerEntry.objects.exists() and raised(donation) == 0
    assert (run.stripe_entries, run.ledger_entries) == (0, 0)
    assert Kind.WRONG_MODE in open_kinds()
    assert run.verdict == Reconciliation.Verdict.DIFFERS


@pytest.mark.django_db
def test_money_in_another_currency_belongs_to_no_donation_and_no_total(
    stand_in: StandIn,
) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    change(stand_in, "balance_transaction", currency="eur")

    run = reconcile()

    entry = LedgerEntry.objects.get()
    assert (entry.currency, entry.donation, entry.event) == ("eur", None, None)
    assert raised(donation) == 0
    assert open_kinds() == {Kind.WRONG_CURRENCY}
    # Every currency has its own balance, and the books agree on it.
    checks = {(c["name"], c["currency"]): c for c in run.checks["invariants"]}
    assert checks["I1", "eur"]["holds"] and checks["I5", "eur"]["holds"]


@pytest.mark.django_db
def test_a_payment_on_another_account_than_its_donation_is_not_its_money(
    stand_in: StandIn,
) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    event = make_event(charity=make_charity(stripe_account_id="acct_else"))
    Donation.objects.update(stripe_account="acct_else", event=event)

    reconcile(since=timezone.now() - timedelta(days=1))

    entry = LedgerEntry.objects.get()
    assert (entry.account, entry.donation) == ("", None)
    assert Kind.WRONG_ACCOUNT in open_kinds()
    assert Kind.CHARGE_WITHOUT_DONATION not in open_kinds()
    assert totals.for_event(event, timezone.now()).raised_cents == 0


@pytest.mark.django_db
def test_words_nobody_knows_are_booked_as_other_and_break_nothing(
    stand_in: StandIn,
) -> None:
    make_donation()
    stand_in.bank.move(-7, "issuing_dispute", "other_adjustment")
    page = next(stripe_gateway.pages(timezone.now() - timedelta(days=1), account=""))
    movement = page.movements[0]
    object.__setattr__(movement, "type", "moon_tax")
    from_stripe = LedgerEntry.objects.from_stripe()

    with pytest.MonkeyPatch.context() as patch:
        again = BookPage((movement,), None)
        patch.setattr(stripe_gateway, "pages", lambda *_, **__: iter([again]))
        run = reconcile()

    assert (from_stripe.get().kind, from_stripe.get().stripe_type) == (
        "other",
        "moon_tax",
    )
    assert run.verdict == Reconciliation.Verdict.MATCHED


@pytest.mark.django_db
def test_a_clock_that_is_wrong_is_said_beside_the_verdict(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(stand_in, make_donation())
    pages = stripe_gateway.pages

    def late(*args: Any, **options: Any) -> Any:
        for page in pages(*args, **options):
            yield BookPage(page.movements, timezone.now() - timedelta(minutes=6))

    assert reconcile().checks["clock"]["holds"]
    monkeypatch.setattr(stripe_gateway, "pages", late)
    run = reconcile()

    assert run.checks["clock"] == {"holds": False, "seconds": 360}
    assert run.verdict == Reconciliation.Verdict.MATCHED


@pytest.mark.django_db
def test_a_balance_that_stripe_states_otherwise_is_red_to_the_cent(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(stand_in, make_donation())
    said = stripe_gateway.Balance(livemode=False, cents={"usd": 97_071})
    monkeypatch.setattr(stripe_gateway, "fetch_balance", lambda **_: said)

    run = reconcile()

    checks = {c["name"]: (c["holds"], c["cents"]) for c in run.checks["invariants"]}
    assert checks["I1"] == checks["I5"] == (False, -1)
    assert checks["I2"] == checks["I3"] == checks["I6"] == (True, 0)
    row = Discrepancy.objects.get()
    assert (row.kind, row.subject, row.cents) == (Kind.BALANCE_DIFFERS, "I1 usd", -1)
    assert run.verdict == Reconciliation.Verdict.DIFFERS


@pytest.mark.django_db
def test_money_that_moves_while_the_books_are_read_is_no_difference(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(stand_in, make_donation())
    late = make_donation()
    fetch: Callable[..., Any] = invariants.fetch_balance

    def pay_and_fetch(*args: Any, **options: Any) -> Any:
        if not late.attempts.exists():
            pay(stand_in, late)
        return fetch(*args, **options)

    monkeypatch.setattr(invariants, "fetch_balance", pay_and_fetch)

    run = reconcile()

    checks = {c["name"]: c["holds"] for c in run.checks["invariants"]}
    assert checks["I1"] and checks["I5"]
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db
def test_money_that_moves_after_the_balance_was_asked_for_is_no_difference(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(stand_in, make_donation())
    late = make_donation()
    fetch: Callable[..., Any] = invariants.fetch_balance

    def fetch_and_pay(*args: Any, **options: Any) -> Any:
        balance = fetch(*args, **options)
        pay(stand_in, late)
        settlement.settle(late.pk)
        return balance

    monkeypatch.setattr(invariants, "fetch_balance", fetch_and_pay)

    run = reconcile()

    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert all(c["holds"] for c in run.checks["invariants"] if c["name"] != "I6")
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db
def test_what_is_booked_between_two_checks_makes_neither_red(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check reads both its sides by queries of its own."""
    pay(stand_in, make_donation())
    late, began = make_donation(), timezone.now() - timedelta(days=1)
    fetch: Callable[..., Any] = invariants.fetch_balance
    of_account: Callable[..., Any] = totals.of_account

    def fetch_and_pay(*args: Any, **options: Any) -> Any:
        balance = fetch(*args, **options)
        pay(stand_in, late)
        return balance

    def book_and_add(*args: Any) -> Any:
        if LedgerEntry.objects.count() == 1:
            for page in stripe_gateway.pages(began, account=""):
                ledger.book("", page.movements, at=timezone.now())
        return of_account(*args)

    monkeypatch.setattr(invariants, "fetch_balance", fetch_and_pay)
    monkeypatch.setattr(totals, "of_account", book_and_add)

    run = reconcile()

    assert LedgerEntry.objects.count() == 2
    checks = {c["name"]: c["holds"] for c in run.checks["invariants"]}
    assert checks["I1"] and checks["I5"]


@pytest.mark.django_db
def test_what_has_a_name_is_not_named_again_in_another_currency(
    stand_in: StandIn,
) -> None:
    """A stray entry explains its own currency's difference, and no other's."""
    pay(stand_in, make_donation())
    entry = stray_entry(currency="usd")
    reconcile()
    stray = stray_entry(currency="eur", balance_transaction_id="txn_euro")
    run = reconcile()
    found = Discrepancy.objects.filter(kind=Kind.UNKNOWN_AT_STRIPE)
    subjects = {entry.balance_transaction_id, stray.balance_transaction_id}
    assert set(found.values_list("subject", flat=True)) == subjects
    assert Kind.BALANCE_DIFFERS not in open_kinds()
    red = {c["currency"] for c in run.checks["invariants"] if c["name"] == "I1"}
    assert red == {"eur", "usd"}


@pytest.mark.django_db
def test_two_comparisons_list_a_difference_once(stand_in: StandIn) -> None:
    make_event()
    stray_entry()

    runs = [reconcile(), reconcile()]

    row = Discrepancy.objects.get(kind=Kind.UNKNOWN_AT_STRIPE)
    assert row.closed_at is None and row.found_in == runs[1]


@pytest.mark.django_db(transaction=True)
def test_two_verdicts_at_once_wait_for_each_other() -> None:
    """Without the lock each holds the rows that the other one wants next."""
    make_event()
    at = timezone.now()
    kinds = (Kind.UNKNOWN_AT_STRIPE, Kind.UNKNOWN_HERE)
    found = [Finding(kinds[n % 2], f"txn_{n}", 1) for n in range(60)]
    nothing = stripe_gateway.Balance(livemode=False, cents={})

    def write(number: int) -> Reconciliation:
        walk = Walk("", at, at)
        walk.findings = found[:: -1 if number else 1]
        return verdict.write(walk, nothing)

    def race() -> None:
        runs = at_the_same_moment(2, write)
        assert [type(run) for run in runs] == [Reconciliation, Reconciliation]
        assert Discrepancy.objects.filter(kind__in=kinds, closed_at=None).count() == 60

    race()
    seen_to_fail_without_lock(race, Charity)
