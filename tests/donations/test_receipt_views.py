"""The receipts as finance finds, reads, prints, corrects and sends them."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import receipts
from donations.models import Donation, Receipt
from events import mail
from events.models import Activity, Event, Message
from tests.donations.factories import make_donation
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def make_receipt(event: Event, name: str = "Tina Fey", **fields: object) -> Receipt:
    now = timezone.now()
    donation = make_donation(
        event,
        donor_name=name,
        state=Donation.State.PAID,
        paid_at=now,
        **fields,
    )
    return receipts.bring_up_to_date(donation, at=now)


def path(event: Event, rest: str = "") -> str:
    return f"/donations/{event.slug}/receipts/{rest}"


def test_receipts_are_found_by_number_name_state_and_year(
    finance: Client, event: Event
) -> None:
    tina, kim = make_receipt(event), make_receipt(event, "Kim <b>")
    receipts.correct(
        kim.donation_id, name="Kim K", email="", by="Dot", at=timezone.now()
    )
    year = timezone.now().year

    def found(query: str) -> set[str]:
        page = finance.get(path(event, query))
        assert page.status_code == 200
        return {row.number for row in page.context["receipts"]}

    everything = {row.number for row in Receipt.objects.all()}
    assert found("") == found(f"?year={year}") == found("?year=x") == everything
    assert found("?state=void") == {kim.number}
    assert found("?q=kim") == everything - {tina.number}
    assert found(f"?q={tina.number}") == {tina.number}
    assert found("?year=1999") == set()
    page = finance.get(path(event)).content.decode()
    assert "Kim &lt;b&gt;" in page and "No gap" in page


def test_the_list_asks_as_often_for_sixty_as_for_one(
    finance: Client, event: Event
) -> None:
    make_receipt(event)
    finance.get(path(event))
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as one:
        finance.get(path(event))
    for number in range(59):
        make_receipt(event, f"Donor {number}")

    with CaptureQueriesContext(connection) as many:
        page = finance.get(path(event))

    assert len(many) == len(one)
    assert len(page.context["receipts"]) == 50
    older = finance.get(path(event, f"?before={page.context['next_key']}"))
    assert len(older.context["receipts"]) == 10


def test_the_mail_names_each_bottle_and_claims_no_engraving_yet(event: Event) -> None:
    receipt = make_receipt(event)
    for order, words in enumerate(("Tina\nOutstanding", "Amy")):
        receipt.donation.rewards.create(
            order=order, engraving=words, requested_at=timezone.now()
        )
    press = {"by": make_user(), "at": timezone.now()}
    receipts.send_again(event, Receipt.objects.all(), "again", **press)

    text = plain_text(Message.objects.latest("pk"))

    assert '"Tina / Outstanding"\n"Amy"\n' in text
    assert "being engraved" not in text and "before you have said yes" in text


def plain_text(message: Message) -> str:
    first = next(
        part
        for part in mail.compose(message).walk()
        if part.get_content_type() == "text/plain"
    )
    return first.get_payload(decode=True).decode().replace("\r\n", "\n")


def test_a_press_sends_what_was_chosen_once_and_a_year_in_few_queries(
    finance: Client, event: Event
) -> None:
    rows = [make_receipt(event, f"Donor {number}") for number in range(12)]
    nowhere = make_receipt(event, "At the door", donor_email="")
    Message.objects.all().delete()
    chosen = {"number": [rows[0].number, rows[1].number, nowhere.number, "x\0"]}
    press = {"nonce": "one-press-of-it"}

    for _twice in range(2):
        answer = finance.post(path(event, "send/"), chosen | press)

    assert Message.objects.filter(kind="receipt").count() == 2
    year = {"all": "1", "year": str(timezone.now().year), "nonce": "another-press"}
    with CaptureQueriesContext(connection) as queries:
        answer = finance.post(path(event, "send/"), year)
    assert Message.objects.filter(kind="receipt").count() == 14
    assert len(queries) < 25
    page = finance.get(answer["Location"]).content.decode()
    assert "0 / 12" in page
    finance.post(path(event, "send/"), chosen | {"nonce": "\r\nX: y"})
    finance.post(path(event, "send/"), press)
    assert Message.objects.filter(kind="receipt").count() == 14


def test_a_corrected_name_is_another_receipt_that_is_sent_and_written_down(
    finance: Client, event: Event
) -> None:
    old = make_receipt(event, "Tian Fey")
    receipts.wish_correction(old.donation, "Tina, not Tian", timezone.now())
    page = finance.get(path(event, f"{old.number}/correct/")).content.decode()
    assert "Tina, not Tian" in page
    form = {"name": " Tina  Fey ", "email": "tina@example.com"}

    same = {"name": "Tian Fey", "email": old.donor_email}
    assert finance.post(path(event, f"{old.number}/correct/"), same).status_code == 422
    answer = finance.post(path(event, f"{old.number}/correct/"), form)
    again = finance.post(path(event, f"{old.number}/correct/"), form)

    old.refresh_from_db()
    new = old.replaced_by
    assert answer["Location"].endswith(f"/{new.number}/")
    assert again.status_code == 422
    assert (new.donor_name, new.donor_email) == ("Tina Fey", "tina@example.com")
    assert old.is_void and "corrected" in old.void_reason
    states = dict(Message.objects.values_list("recipient_email", "state"))
    assert states == {"tina@guest.example": "suppressed", "tina@example.com": "queued"}
    assert Activity.objects.filter(verb__startswith="corrected").count() == 1
    assert finance.get(path(event)).context["wishes"] == []


def test_what_a_donor_asked_for_can_be_left_as_it_is(
    finance: Client, event: Event
) -> None:
    row = make_receipt(event)
    receipts.wish_correction(row.donation, "Call me Liz", timezone.now())
    assert "Call me Liz" in finance.get(path(event)).content.decode()

    for _twice in range(2):
        finance.post(path(event, f"{row.number}/leave/"))

    assert finance.get(path(event)).context["wishes"] == []
    assert Activity.objects.filter(verb__startswith="left the receipt").count() == 1


def test_a_void_receipt_says_so_on_its_page_and_its_paper(
    finance: Client, event: Event
) -> None:
    row = make_receipt(event)
    url = path(event, f"{row.number}.pdf")
    valid = finance.get(url)
    assert valid["Content-Type"] == "application/pdf"
    assert finance.get(url).content == valid.content
    row.donation.state, row.donation.refunded_cents = Donation.State.REFUNDED, 100_000
    receipts.bring_up_to_date(row.donation, at=timezone.now())

    void = finance.get(url)

    assert f"{row.number}-void.pdf" in void["Content-Disposition"]
    assert void.content != valid.content
    page = finance.get(path(event, f"{row.number}/")).content.decode()
    assert "The donation was given back." in page
    assert "Send again" not in page


def test_values_are_for_receipts_from_now_on(finance: Client, event: Event) -> None:
    before = make_receipt(event)
    form = {"admission": "150", "bottle": "225", "who": "Dot", "words": "Thanks.\r\nD"}

    assert finance.post(path(event, "values/"), {"who": "x"}).status_code == 422
    assert finance.post(path(event, "values/"), form).status_code == 302

    event.refresh_from_db()
    assert (event.admission_value_cents, event.reward_value_cents) == (15_000, 22_500)
    before.donation.event = event
    assert receipts.bring_up_to_date(before.donation, at=timezone.now()) is None
    after = make_receipt(event)
    assert before.fair_value_cents == 0 and after.fair_value_cents == 15_000
    assert "estimated in good faith by Dot" in after.wording
    assert after.wording.endswith("Thanks.\nD")
