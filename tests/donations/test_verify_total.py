"""`manage.py verify_total` proves an event's total to the cent, or fails by name."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations import reconciliation, statements, stripe_gateway, totals
from donations.models import LedgerEntry
from events.models import Event
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, stray_entry
from tests.factories import make_charity, make_event


def verified(event: Event) -> str:
    out = StringIO()
    call_command("verify_total", event.slug, stdout=out)
    return out.getvalue()


def pay_and_book(stand_in: StandIn, event: Event, cents: int = 100_000) -> LedgerEntry:
    donation = make_donation(event, amount_cents=cents)
    pay(stand_in, donation)
    reconciliation.reconcile(donation.stripe_account, at=timezone.now())
    donation.refresh_from_db()
    return donation.entries.get()


@pytest.mark.django_db
def test_a_total_that_equals_stripe_is_said_in_one_line(stand_in: StandIn) -> None:
    event, other = make_event(), make_event()
    entry = pay_and_book(stand_in, event)
    pay_and_book(stand_in, event, 50_000)
    pay_and_book(stand_in, other)
    stand_in.refund(entry.donation.payment_intent_id, 20_000)
    reconciliation.reconcile("", at=timezone.now())

    words = verified(event)

    assert words.count("\n") == 1
    net = totals.for_event(event, timezone.now()).net_cents
    assert "raised $1,500.00" in words and "in 3 movements" in words
    assert f"net ${net // 100:,}.{net % 100:02}" in words


@pytest.mark.django_db
def test_an_event_without_a_cent_is_verified(stand_in: StandIn, event: Event) -> None:
    assert "raised $0.00, net $0.00 in 0 movements" in verified(event)


@pytest.mark.django_db
def test_each_account_is_asked_for_its_own_movements(stand_in: StandIn) -> None:
    event = make_event(charity=make_charity(stripe_account_id="acct_orphans"))
    pay_and_book(stand_in, event)

    assert "raised $1,000.00" in verified(event)


@pytest.mark.django_db
def test_an_entry_that_stripe_does_not_know_fails_by_name(stand_in: StandIn) -> None:
    event = make_event()
    pay_and_book(stand_in, event)
    stray_entry(event=event, kind="charge", gross_cents=1, net_cents=1)

    with pytest.raises(CommandError) as refusal:
        verified(event)

    words = str(refusal.value)
    assert "raised $1,000.01 here and $1,000.00 at Stripe" in words
    assert "1 movement apart: txn_stray" in words


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"gross_cents": 99_999, "net_cents": 97_069}, {"kind": "refund"}]
)
def test_a_cent_or_a_kind_that_differs_fails(
    stand_in: StandIn, wrong: dict[str, int | str]
) -> None:
    event = make_event()
    donation = make_donation(event)
    pay(stand_in, donation)
    since = timezone.now() - timedelta(hours=1)
    movement = next(stripe_gateway.movements(since, account=""))
    truth = {"kind": "charge", "gross_cents": 100_000, "fee_cents": 2_930}
    key = movement.balance_transaction_id
    stray_entry(
        **truth | {"net_cents": 97_070, "balance_transaction_id": key} | wrong,
        event=event,
    )

    with pytest.raises(CommandError, match=f"1 movement apart: {key}"):
        verified(event)


@pytest.mark.django_db
def test_it_proves_nothing_when_stripe_is_down(stand_in: StandIn) -> None:
    event = make_event()
    pay_and_book(stand_in, event)
    stand_in.stop()

    with pytest.raises(CommandError, match="nothing was verified: Stripe: no answer"):
        verified(event)


def write_statement(event: Event, path: Path) -> str:
    """A statement as somebody keeps it; the text that is in it."""
    at = timezone.now()
    rows = statements.lines(event)
    pieces = (
        statements.as_json(event, at)
        if path.suffix == ".json"
        else statements.as_csv(rows)
    )
    text = "".join(pieces)
    path.write_text(text, newline="")
    return text


def verify(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("verify_total", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["night.json", "night.csv"])
def test_a_file_proves_itself_and_stripe_agrees(
    stand_in: StandIn,
    tmp_path: Path,
    name: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    event = make_event()
    entry = pay_and_book(stand_in, event)
    stand_in.refund(entry.donation.payment_intent_id, 20_000)
    reconciliation.reconcile("", at=timezone.now())
    path = tmp_path / name
    text = write_statement(event, path)

    with django_assert_num_queries(0):
        words = verify(path, "--stripe")

    assert "2 entries in an unbroken chain; raised $1,000.00, $800.00 after" in words
    assert "the same at Stripe, to the cent: 2 entries" in words
    head = words.split("head ")[1][:64]
    printed = [head, *(part[:64] for part in words.split("seal ")[1:])]
    assert len(printed) == (2 if name.endswith(".json") else 1)
    assert all(verify(path, "--head", one) for one in printed)
    with pytest.raises(CommandError, match="it ends with"):
        verify(path, "--head", "0" * 64)
    path.write_text(text.replace("100000", "100001", 1), newline="")
    with pytest.raises(CommandError, match=r"line \d of the file: entry 1 \(txn_"):
        verify(path)


@pytest.mark.django_db
def test_a_file_that_stripe_does_not_confirm_fails_by_name(
    stand_in: StandIn, tmp_path: Path
) -> None:
    event, path = make_event(), tmp_path / "night.json"
    pay_and_book(stand_in, event)
    stray_entry(event=event, kind="charge", gross_cents=1, net_cents=1)
    write_statement(event, path)
    assert verify(path)

    with pytest.raises(CommandError, match="1 of 2 entries .*: txn_stray"):
        verify(path, "--stripe")
    stand_in.stop()
    with pytest.raises(CommandError, match="Stripe was not asked to the end"):
        verify(path, "--stripe")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"hello", b"{}", b"\0" * 99])
def test_a_file_that_is_no_statement_is_said_to_be_none(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "night.json"
    with pytest.raises(CommandError, match="cannot be read"):
        verify(path)
    path.write_bytes(content)
    with pytest.raises(CommandError, match="no closing statement"):
        verify(path)
