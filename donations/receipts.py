"""The charity's acknowledgement of a donation: numbered, frozen, voided, replaced.

What it must say: IRS Publication 1771, "Written Acknowledgments" (from $250) and
"Written Disclosures" for what is given in return for a payment above $75.
"""

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from donations.models import Donation, Receipt, ReceiptSeries
from events.models import Charity
from events.outbox import Draft, create
from losers_lounge.money import format_cents

State = Donation.State


def bring_up_to_date(donation: Donation, *, at: datetime) -> Receipt | None:
    """Make the valid receipt say what the charity keeps; returns a new one, if any.

    Call under the donation's lock, after its state is set. A dispute that is open
    changes nothing yet.
    """
    if donation.state in (State.DISPUTED, State.REVIEW):
        return None
    current = donation.receipts.valid().first()
    wanted = _acknowledged_cents(donation)
    if current is not None and current.amount_cents == wanted:
        return None
    if current is not None:
        current.void_at = at
        current.save(update_fields=["void_at"])
    if not wanted:
        return None
    receipt = _issue(donation, wanted, _last_void(donation), at)
    # Who gave at the door may have told no address: the receipt waits in the books.
    if receipt.donor_email:
        _queue_mail(receipt, at)
    return receipt


def _acknowledged_cents(donation: Donation) -> int:
    if donation.state in (State.PAID, State.PARTIALLY_REFUNDED):
        return donation.kept_cents
    return 0


def _last_void(donation: Donation) -> Receipt | None:
    return donation.receipts.filter(replaced_by=None).order_by("pk").last()


def _issue(
    donation: Donation, amount_cents: int, replaces: Receipt | None, at: datetime
) -> Receipt:
    event = donation.event
    charity = event.charity
    benefits, fair_value = _benefits(donation)
    fair_value = min(fair_value, amount_cents)
    return Receipt.objects.create(
        donation=donation,
        charity=charity,
        number=_next_number(charity, at.astimezone(event.zone).year),
        donor_name=donation.donor_name,
        donor_email=donation.donor_email,
        charity_name=charity.legal_name,
        charity_ein=charity.ein,
        charity_address=charity.address,
        amount_cents=amount_cents,
        currency=donation.currency,
        fair_value_cents=fair_value,
        deductible_cents=amount_cents - fair_value,
        benefits=benefits,
        wording=_wording(charity, benefits, fair_value),
        paid_at=donation.paid_at,
        issued_at=at,
        replaces=replaces,
    )


def _benefits(donation: Donation) -> tuple[str, int]:
    """What the donor got in return, and its good-faith worth in cents."""
    event = donation.event
    parts, cents = [], 0
    if donation.purpose == Donation.Purpose.ADMISSION:
        parts.append(_("admission to %(event)s") % {"event": event.name})
        cents += event.admission_value_cents
    if donation.rewards.exists():
        parts.append(_("an engraved bottle"))
        cents += event.reward_value_cents
    return ", ".join(parts), cents


def _wording(charity: Charity, benefits: str, fair_value_cents: int) -> str:
    if benefits:
        words = _(
            "In return you received %(benefits)s, with an estimated fair market value "
            "of %(value)s. The amount of your contribution that is deductible for "
            "federal income tax purposes is limited to the excess over that value."
        ) % {"benefits": benefits, "value": format_cents(fair_value_cents)}
    else:
        words = _("No goods or services were provided in return for this gift.")
    return "\n".join(filter(None, [words, charity.receipt_wording.strip()]))


def _next_number(charity: Charity, year: int) -> str:
    """Without gaps: the series row is locked until the receipt is committed."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A receipt is numbered inside the transaction it is made in")
    of_year = ReceiptSeries.objects.select_for_update().filter(
        charity=charity, year=year
    )
    series = of_year.first()
    if series is None:
        first = ReceiptSeries(charity=charity, year=year)
        ReceiptSeries.objects.bulk_create([first], ignore_conflicts=True)
        series = of_year.get()
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return f"LL-{year}-{series.last_number:06d}"


def _queue_mail(receipt: Receipt, at: datetime) -> None:
    donation = receipt.donation
    draft = Draft(
        kind="receipt",
        about=f"donation/{donation.pk}",
        # Two charities may both have a number one.
        dedupe_key=f"receipt:{receipt.charity_id}:{receipt.number}",
        event=donation.event,
        recipient_name=receipt.donor_name,
        recipient_email=receipt.donor_email,
        template="donations/email/receipt",
        context=_mail_context(receipt),
    )
    create([draft], at=at)


def _mail_context(receipt: Receipt) -> dict[str, str | int]:
    donation = receipt.donation
    paid_at = receipt.paid_at.astimezone(donation.event.zone)
    return {
        "number": receipt.number,
        "replaces": receipt.replaces.number if receipt.replaces else "",
        "donor_name": receipt.donor_name,
        "charity_name": receipt.charity_name,
        "charity_ein": receipt.charity_ein,
        "charity_address": receipt.charity_address,
        "amount_cents": receipt.amount_cents,
        "fair_value_cents": receipt.fair_value_cents,
        "deductible_cents": receipt.deductible_cents,
        "wording": receipt.wording,
        "paid_on": date_format(paid_at, "DATE_FORMAT"),
        "engraving": ", ".join(row.engraving for row in donation.rewards.all()),
    }
