"""One book, every surface: whoever prints a figure prints the same one."""

import csv
import io
import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from donations import journal, reconciliation, settlement, statements, totals
from donations.models import Statement
from donations.statements import labels, paper, press
from events.models import Event
from guests import facts
from guests.letters import stated_total
from losers_lounge.money import format_cents
from losers_lounge.stand_in.server import StandIn
from tests.donations import books
from tests.donations.factories import make_donation, pay
from tests.security.hostile import MARKUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(event: Event) -> Event:
    """Twenty random donations of an event whose total is open to everybody."""
    Event.objects.update(total_is_public=True)
    event.refresh_from_db()
    books.random_book(event, 11, donations=20)
    return event


def words(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    body = getattr(answer, "streaming_content", None)
    found = b"".join(body) if body else answer.content
    return re.sub(r"\s+", " ", found.decode())


def test_every_surface_says_the_same(
    book: Event, finance: Client, anonymous: Client, host: Client
) -> None:
    now = totals.by_scope(book, timezone.now())
    whole, base = now.whole, f"/donations/{book.slug}/"
    kept = format_cents(whole.kept_cents)
    promised = totals.promised(book).cents

    public = json.loads(words(anonymous, f"/total/{book.slug}.json"))
    stated = json.loads(words(finance, f"{base}statement.json"))["footer"]
    known: dict[str, Any] = facts.read(book, timezone.now())
    sheet = press.draft(book, timezone.now())
    letter = stated_total(book, timezone.now())

    for name in ("raised", "refunds", "disputes", "kept", "fees", "net"):
        cents = getattr(whole, f"{name}_cents")
        assert public[f"{name}_cents"] == stated["totals"]["all"][name] == cents
        entry = getattr(now.admission, f"{name}_cents")
        assert public["winners_entry"][f"{name}_cents"] == entry
        assert stated["totals"]["winners_entry"][name] == entry
        assert known["totals"]["all"][f"{name}_cents"] == cents
        assert known["totals"]["winners_entry"][f"{name}_cents"] == entry
    assert known["ledger"]["gross_cents"] == whole.raised_cents
    assert sheet.cents == letter["kept_cents"] == whole.kept_cents
    assert public["by_hand_cents"] == known["totals"]["by_hand_cents"]
    assert public["promised"]["cents"] == stated["promised"]["cents"] == promised
    assert stated["totals"]["by_hand"]["cents"] == whole.manual_cents
    for client, url in (
        (finance, base),
        (finance, f"{base}statements/"),
        (finance, f"{base}press/"),
        (anonymous, f"/total/{book.slug}/"),
        (anonymous, f"/total/{book.slug}/?screen=1"),
        (host, f"/events/{book.slug}/"),
    ):
        assert kept in words(client, url), url
    for cents in (whole.net_cents, promised, whole.manual_cents, now.gift.kept_cents):
        for url in (base, f"/total/{book.slug}/"):
            assert format_cents(cents) in words(finance, url), (url, cents)


def test_the_journal_is_the_total_and_balances(book: Event, finance: Client) -> None:
    text = words_of_file(finance, f"/donations/{book.slug}/journal.csv")
    debit, credit = Counter[str](), Counter[str]()
    by_document: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(text)):
        left, right = (
            int((row[side] or "0.00").replace(".", "")) for side in ("debit", "credit")
        )
        assert (left == 0) != (right == 0)
        debit[row["account"]] += left
        credit[row["account"]] += right
        by_document[row["document"]] += left - right

    now = totals.by_scope(book, timezone.now())
    assert set(by_document.values()) == {0}
    assert credit["Winners' entry"] == now.admission.raised_cents
    assert credit["Free gifts"] == now.gift.raised_cents
    assert debit["Stripe fees"] - credit["Stripe fees"] == now.whole.fees_cents
    at_stripe = debit["Stripe balance"] - credit["Stripe balance"]
    assert at_stripe == now.at_stripe_cents
    assert debit["Bank"] - credit["Bank"] == now.paid_out_cents
    by_hand = debit["Cash and checks"] - credit["Cash and checks"]
    assert by_hand == now.whole.manual_cents


def words_of_file(client: Client, url: str) -> str:
    return b"".join(client.get(url).streaming_content).decode()


def test_a_journal_runs_no_formula(event: Event) -> None:
    donation = make_donation(event)
    at = books.START
    books.entry(donation, "charge", 100, 3, at, stripe_type="=1+1")

    (first, *_) = journal.rows(event)

    assert first[-1] == "charge =1+1"


def test_a_press_sheet_stands_and_corrections_are_dated(
    book: Event, finance: Client, anonymous: Client
) -> None:
    url, public = f"/donations/{book.slug}/press/", f"/total/{book.slug}/press/"
    assert "not frozen" in words(anonymous, public)
    for _ in range(2):
        finance.post(f"{url}freeze/")
    sheet = Statement.objects.get(kind="press")
    then = format_cents(totals.for_event(book, timezone.now()).kept_cents)
    later = timezone.now() + timedelta(seconds=1)
    donation = make_donation(book)
    books.entry(donation, "charge", 70_000, 2_330, later)
    books.entry(donation, "refund", -1_234, 0, later)
    since = press.since(sheet, later)

    page = words(anonymous, public)

    assert f"has raised {then} for" in page and press.read(sheet).cents
    assert "−$12.34" in page and "$700.00" in page and "1 more gift" in page
    assert format_cents(since.now_cents) in page
    assert since.now_cents == press.read(sheet).cents + 70_000 - 1_234
    assert since.rest_cents == 0
    finance.post(f"{url}freeze/")
    assert [row.number for row in press.sheets(book)] == [2, 1]


def test_a_closing_statement_is_frozen_by_a_press_and_kept_as_it_was(
    book: Event, finance: Client
) -> None:
    base = f"/donations/{book.slug}/"
    for _ in range(2):
        answer = finance.post(f"{base}statements/freeze/", follow=True)
    assert "Nothing has changed since version 1" in answer.content.decode()
    frozen = words_of_file(finance, f"{base}statement.json?version=1")
    donation = make_donation(book)
    books.entry(donation, "charge", 50_000, 1_480, timezone.now())
    finance.post(f"{base}statements/freeze/")

    assert words_of_file(finance, f"{base}statement.json?version=1") == frozen
    assert statements.check(io.StringIO(frozen, newline="")).faults == []
    table = words_of_file(finance, f"{base}statement.csv?version=2")
    assert statements.check(io.StringIO(table, newline="")).faults == []
    page = words(finance, f"{base}statements/2/")
    assert "$500.00" in page and donation.entries.get().balance_transaction_id in page
    assert "(+$500.00)" in (listed := words(finance, f"{base}statements/"))
    assert "Raised" not in listed and "Taken by Stripe in all" in listed
    pages = b"".join(finance.get(f"{base}statement.pdf?version=2").streaming_content)
    assert pages.startswith(b"%PDF")
    for odd in ("0", "3", "x", "99999"):
        url = f"{base}statement.json?version={odd}"
        assert finance.get(url).status_code == 404


def test_filters_find_and_nonsense_is_no_error(event: Event, finance: Client) -> None:
    url = f"/donations/{event.slug}/gifts/"
    at = timezone.now()
    make_donation(event, donor_name="Tina Fey", state="paid", paid_at=at)
    make_donation(event, donor_name="Jon Hamm", purpose="gift")
    day = f"{at.astimezone(event.zone):%Y-%m-%d}"
    for query, expected in (
        ("", (True, True)),
        ("state=paid", (True, False)),
        ("purpose=gift", (False, True)),
        ("source=manual", (False, False)),
        ("name=hamm", (False, True)),
        (f"first_day={day}&last_day={day}", (True, True)),
        ("last_day=2001-01-01", (False, False)),
        ("state=nonsense&first_day=0001-01-01&last_day=9999-12-31", (True, True)),
        (f"name={escape('%_')}", (False, False)),
    ):
        page = words(finance, f"{url}?{query}")
        assert ("Tina Fey" in page, "Jon Hamm" in page) == expected, query


def test_the_public_is_told_names_that_were_offered_and_corrections_with_their_time(
    event: Event, anonymous: Client
) -> None:
    Event.objects.update(total_is_public=True)
    at = books.START
    paid = {"state": "paid", "paid_at": at}
    named = make_donation(event, credit_name=MARKUP, **paid)
    make_donation(event, donor_name="Shy", **paid)
    refunded = make_donation(event, credit_name="Gone", **paid | {"state": "refunded"})
    books.entry(named, "charge", 100_000, 2_930, at)
    books.entry(named, "refund", -40_000, 0, at + timedelta(hours=2))
    page = words(anonymous, f"/total/{event.slug}/")
    said = json.loads(words(anonymous, f"/total/{event.slug}.json"))

    assert said["credits"] == [MARKUP] and escape(MARKUP) in page
    assert "Shy" not in page and refunded.credit_name not in page
    assert said["corrections"] == [
        "September 22, 10:00 pm PDT corrected: −\u2060$400.00, a refund"
    ]
    assert said["shown"]["kept"] == "$600.00" and said["equals_stripe"] is False


def test_a_badge_is_for_the_figures_that_were_compared(
    event: Event, stand_in: StandIn, anonymous: Client, tmp_path: Any
) -> None:
    Event.objects.update(total_is_public=True)
    donation = make_donation(event)
    pay(stand_in, donation)
    reconciliation.reconcile("", at=timezone.now())

    page = words(anonymous, f"/total/{event.slug}/?screen=1")

    assert re.search(r"Equals Stripe to the cent at \d\d:\d\d:\d\d P[DS]T", page)
    path = tmp_path / "now.json"
    text = "".join(statements.as_json(event, timezone.now()))
    path.write_text(text, newline="")
    proven = json.loads(text)["footer"]["reconciliation"]
    assert proven["equals_stripe"] and not proven["difference"]
    named = {row["name"] for row in proven["invariants"] if row["holds"]}
    assert {"I1", "I2", "I3", "I4", "I5", "I6"} <= named
    assert paper.as_pdf(
        labels.printing(event), text, statements.lines_of(text)
    ).startswith(b"%PDF")
    call_command("verify_total", str(path), "--stripe", stdout=io.StringIO())

    begun_before = timezone.now() - timedelta(hours=1)
    books.entry(donation, "charge", 100, 3, begun_before)
    assert "Being reconciled" in words(anonymous, f"/total/{event.slug}/")


def test_a_press_sheet_speaks_one_language_whoever_reads_it(
    event: Event, anonymous: Client
) -> None:
    """That of the evening's letters, in which its sentence is kept."""
    Event.objects.update(total_is_public=True, language="en")
    url = f"/total/{event.slug}/press/"

    page = anonymous.get(url, headers={"accept-language": "es"}).content.decode()

    sheet = re.search('<article[^>]*lang="en".*</article>', page, re.DOTALL)
    assert sheet and "has raised $0.00" in sheet[0] and "As of" in sheet[0]
    assert "A fecha de" not in sheet[0] and "El total" in page


def test_a_new_payment_takes_the_badge_away_until_compared(
    event: Event, anonymous: Client, stand_in: StandIn
) -> None:
    Event.objects.update(total_is_public=True)
    url = f"/total/{event.slug}/"
    reconciliation.reconcile("", at=timezone.now())
    assert "Equals Stripe to the cent" in words(anonymous, url)

    donation = make_donation(event)
    pay(stand_in, donation)
    settlement.settle(donation.pk)

    assert "Being reconciled" in words(anonymous, url)
