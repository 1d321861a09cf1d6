"""What a receipt says, and that it goes on saying it."""

from typing import Any

import pytest

from donations import settlement
from donations.models import Donation, Receipt
from events import mail
from events.models import Message
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
