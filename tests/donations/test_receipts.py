"""What a receipt says, and that it goes on saying it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donations import receipts, settlement
from donations.models import Donation, ManualGift, Receipt, Reward
from events import mail
from events.models import Event, Message
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.factories import make_charity, make_event


def receipt_for(stand_in: StandIn, donation: Donation) -> Receipt:
    pay(stand_in, donation)
    return settlement.settle(donation.pk).receipts.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "fair_value", "deductible", "benefits"),
    [
        ({}, 9_000, 91_000, "admission to Losers Lounge, an engraved bottle"),
        ({"amount_cents": 5_000}, 5_000, 0, "admission to Losers Lounge"),
        (
            {"purpose": "gift", "amount_cents": 100_000},
            2_000,
            98_000,
            "an engraved bottle",
        ),
        ({"purpose": "gift", "amount_cents": 5_000}, 0, 5_000, ""),
    ],
)
def test_only_what_exceeds_the_benefits_is_deductible(
    stand_in: StandIn,
    fields: dict[str, Any],
    fair_value: int,
    deductible: int,
    benefits: str,
) -> None:
    event = make_event(admission_value_cents=7_000, reward_value_cents=2_000)

    receipt = receipt_for(stand_in, make_donation(event, **fields))

    assert receipt.fair_value_cents == fair_value
    assert receipt.deductible_cents == deductible
    assert receipt.benefits.startswith(benefits)
    no_benefits = "No goods or services" in receipt.wording
    assert no_benefits == (not benefits)


@pytest.mark.django_db
def test_a_receipt_keeps_its_words_when_the_charity_changes_its_own(
    stand_in: StandIn,
) -> None:
    event = make_event(charity=make_charity(receipt_wording="With thanks from Malawi."))
    receipt = receipt_for(stand_in, make_donation(event))
    event.charity.legal_name = event.charity.receipt_wording = "Somebody else"
    event.charity.save()

    receipt.refresh_from_db()

    assert receipt.charity_name == "Worldwide Orphans Foundation"
    assert receipt.wording.endswith("With thanks from Malawi.")


@pytest.mark.django_db
def test_two_charities_count_for_themselves(stand_in: StandIn) -> None:
    first = receipt_for(stand_in, make_donation())
    second = receipt_for(stand_in, make_donation())

    assert first.charity != second.charity
    assert first.number == second.number
    assert Message.objects.filter(kind="receipt").count() == 2


@pytest.mark.django_db
def test_the_mail_says_what_the_receipt_says(stand_in: StandIn) -> None:
    event = make_event(admission_value_cents=7_000)
    receipt = receipt_for(stand_in, make_donation(event, donor_name="Amy & <Co>"))

    composed = mail.compose(Message.objects.get(kind="receipt"))

    text, html = (
        part.get_payload(decode=True).decode()
        for part in composed.walk()
        if part.get_content_maintype() == "text"
    )
    assert receipt.number in composed["Subject"]
    for body in (text, html):
        assert receipt.number in body
        assert "$1,000.00" in body and "$930.00" in body
    assert "Amy & <Co>" in text and "Amy &amp; &lt;Co&gt;" in html


def paid(event: Event, parts: list[tuple[str, str, int]], **fields: Any) -> Donation:
    """Money that is there, for several people."""
    now = timezone.now()
    cents = sum(cents for _name, _purpose, cents in parts)
    donation = make_donation(
        event,
        state=Donation.State.PAID,
        paid_at=now,
        **{"amount_cents": cents + fields.get("fee_cover_cents", 0)} | fields,
    )
    donation.parts.all().delete()
    for order, (name, purpose, cents) in enumerate(parts):
        donation.parts.create(
            order=order, for_name=name, purpose=purpose, amount_cents=cents
        )
    return donation


def issued(donation: Donation) -> Receipt:
    with transaction.atomic():
        return receipts.bring_up_to_date(donation, at=timezone.now())


def told(receipt: Receipt) -> list[tuple[str, str, int]]:
    return [
        (line.for_name, line.words, line.cents)
        for line in receipts.shown_lines(receipt)
    ]


THREE = [
    ("Tina", "admission", 100_000),
    ("Amy", "admission", 100_000),
    ("Kim", "gift", 50_000),
]


@pytest.mark.django_db
def test_each_part_has_its_line_and_what_came_in_return_its_own() -> None:
    event = make_event(admission_value_cents=15_000, reward_value_cents=22_500)
    donation = paid(event, THREE, fee_cover_cents=3_000)
    Reward.objects.create(
        donation=donation, for_name="Tina", engraving="T", requested_at=timezone.now()
    )

    receipt = issued(donation)

    assert told(receipt) == [
        ("Tina", "Winner's donation", 100_000),
        ("Amy", "Winner's donation", 100_000),
        ("Kim", "Free gift", 50_000),
        ("", "Toward the processing fees", 3_000),
        ("Tina", "Admission", 15_000),
        ("Amy", "Admission", 15_000),
        ("Tina", "Engraved bottle", 22_500),
    ]
    assert (receipt.fair_value_cents, receipt.deductible_cents) == (52_500, 200_500)
    assert "2 admissions to Losers Lounge, an engraved bottle" in receipt.wording
    assert "limited to the excess" in receipt.wording


@pytest.mark.django_db
def test_what_was_given_back_is_a_line_and_an_admission_wholly_back_is_no_benefit() -> (
    None
):
    event = make_event(admission_value_cents=15_000)
    donation = paid(event, THREE)
    first = issued(donation)
    for cents, admissions, why in (
        (50_000, 2, "$500.00 was given back."),
        (150_000, 1, "$1,000.00 was given back."),
    ):
        donation.state = Donation.State.PARTIALLY_REFUNDED
        donation.refunded_cents = cents
        before = donation.receipts.valid().get()
        now = issued(donation)
        before.refresh_from_db()
        assert (before.void_reason, now.replaces) == (why, before)
        assert now.amount_cents == 250_000 - cents
        assert ("", "Given back", -cents) in told(now)
        assert now.fair_value_cents == admissions * 15_000
        assert issued(donation) is None
    donation.state, donation.refunded_cents = Donation.State.CHARGED_BACK, 0

    assert issued(donation) is None

    assert donation.receipts.valid().count() == 0
    last = donation.receipts.last()
    assert last.void_reason == "The bank took the payment back after a dispute."
    # No receipt had left yet: nobody is told that one is void.
    assert not Message.objects.filter(template__endswith="receipt_void").exists()
    assert first.number != last.number
    donation.state = Donation.State.PAID
    assert issued(donation).replaces == last


@pytest.mark.django_db
def test_a_declined_bottle_is_no_benefit_and_the_receipt_says_so() -> None:
    event = make_event(reward_value_cents=22_500)
    at_once = issued(paid(event, THREE[:1], declines_reward=True))
    small = issued(paid(event, [("Kim", "gift", 5_000)], declines_reward=True))
    later = paid(event, [("Kim", "gift", 100_000)])
    bottle = Reward.objects.create(
        donation=later, for_name="Kim", engraving="K", requested_at=timezone.now()
    )
    before = issued(later)
    bottle.state = Reward.State.DECLINED
    bottle.save()

    after = issued(later)

    assert at_once.benefit_declined and "declined" in at_once.wording
    assert not small.benefit_declined and "declined" not in small.wording
    assert before.fair_value_cents == 22_500 and not before.benefit_declined
    assert after.replaces == before and after.fair_value_cents == 0
    assert after.benefit_declined
    assert "No goods or services were provided" in after.wording
    before.refresh_from_db()
    assert before.void_reason == "The bottle was declined."


@pytest.mark.django_db
def test_cash_is_called_cash_and_no_ein_makes_no_claim_about_taxes() -> None:
    event = make_event(charity=make_charity(ein=""), admission_value_cents=100)
    donation = paid(event, THREE[:1], source="manual")
    ManualGift.objects.create(
        donation=donation,
        kind="cheque",
        cheque_number="0042",
        photo=b"",
        nonce="n",
        received_at=timezone.now(),
        received_by_name="Dot",
    )

    receipt = issued(donation)

    assert receipt.wording.startswith("Given by check no. 0042. In return you")
    sheet = str(receipts.describe(receipt))
    assert "deductible" not in receipt.wording + sheet
    donation.state, donation.refunded_cents = Donation.State.REFUNDED, 100_000
    issued(donation)
    receipt.refresh_from_db()
    assert receipt.void_reason == "The gift was taken out of the books."


@pytest.mark.django_db
def test_numbers_have_no_gap_and_a_missing_one_is_seen() -> None:
    event = make_event()
    for _number in range(3):
        last = issued(paid(event, THREE[:1]))
    (check,) = receipts.number_checks(event.charity)
    assert (check.last_number, check.receipts, check.is_whole) == (3, 3, True)
    event.charity.receipt_series.update(last_number=4)
    (check,) = receipts.number_checks(event.charity)
    assert check.highest == last.number and not check.is_whole


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["number", "donor_name", "lines", "paid_at"])
def test_the_database_itself_keeps_a_receipt_as_it_is(column: str) -> None:
    row = issued(paid(make_event(), THREE[:1]))
    new = {"lines": [], "paid_at": timezone.now()}.get(column, "changed")
    for change in (
        lambda: Receipt.objects.filter(pk=row.pk).update(**{column: new}),
        lambda: Receipt.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="is not changed"), transaction.atomic():
            change()
    assert connection.vendor == "postgresql"
    Receipt.objects.filter(pk=row.pk).update(void_at=timezone.now(), void_reason="x")


@pytest.mark.django_db
def test_the_mail_carries_the_receipt_and_is_the_same_handed_over_twice() -> None:
    event = make_event(admission_value_cents=15_000)
    receipt = issued(paid(event, THREE, donor_name="Łukasz <b> Żak"))
    message = Message.objects.get(kind="receipt")

    first, composed = mail.render(message), mail.compose(message)
    Receipt.objects.filter(pk=receipt.pk).update(
        void_at=timezone.now(), void_reason="gone"
    )

    assert mail.render(Message.objects.get(pk=message.pk)) == first
    (paper,) = [
        part for part in composed.walk() if part.get_content_type() == "application/pdf"
    ]
    assert paper.get_filename() == f"{receipt.number}.pdf"
    assert paper.get_payload(decode=True) == receipts.printed(receipt)
    html = next(
        part.get_payload(decode=True).decode()
        for part in composed.walk()
        if part.get_content_type() == "text/html"
    )
    assert f"/donor/{receipt.donation.public_id}." in html
    assert "Łukasz &lt;b&gt; Żak" in html and "Amy" in html
    # The link is signed when it leaves: the row opens no door.
    assert f"/donor/{receipt.donation.public_id}." not in str(message.context)
    assert len(first) < 150_000
