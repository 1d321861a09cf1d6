"""Issue, void and replace: the only writer of Receipt rows."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations.models import Donation, Receipt
from donations.receipts import mails
from donations.receipts.contents import Contents, contents_of
from donations.receipts.numbers import next_number
from donations.receipts.sheet import printed_in
from events import activity
from events.models import User
from losers_lounge.compiled import compiled
from losers_lounge.compiled_rows import insert
from losers_lounge.telling import told_cents

State = Donation.State
# A dispute that is open changes nothing yet; what is being checked waits.
UNDECIDED = (State.DISPUTED, State.REVIEW)
KEPT = (State.PAID, State.PARTIALLY_REFUNDED)
ASKED, CORRECTED, LEFT = (
    noop("asked for a correction of the receipt of"),
    noop("corrected the receipt of"),
    noop("left the receipt as it is for"),
)


class CorrectedMeanwhile(Exception):
    """Somebody put it right since the page was shown; `now` is what stands."""

    def __init__(self, now: Receipt) -> None:
        super().__init__(now.number)
        self.now = now


class NothingToCorrect(Exception):
    """There is no valid receipt, or it already says so; the message is for people."""


def bring_up_to_date(donation: Donation, *, at: datetime) -> Receipt | None:
    """Make the valid receipt say what the charity keeps; returns a new one, if any.

    Call under the donation's lock, after its state and its bottles are set.
    """
    if donation.state in UNDECIDED:
        return None
    papers = _papers(donation.pk)
    current = _valid(papers)
    if donation.state not in KEPT or not donation.kept_cents:
        if current is not None:
            _void(current, _why_nothing_is_left(donation), at)
            mails.queue_void(current, at)
        return None
    wanted = contents_of(donation)
    if current is not None and wanted.are_those_of(current):
        return None
    if current is not None:
        _void(current, _why_another(current, wanted), at)
    return _replace(donation, wanted, papers, at)


@transaction.atomic
def correct(
    donation_id: int,
    *,
    name: str,
    email: str,
    by: User,
    at: datetime,
    shown: str = "",
) -> Receipt:
    """Put right how a donor is named or reached: a new receipt replaces the old.

    `shown` is the number of the receipt that a page showed, where one did. Raises
    NothingToCorrect, and CorrectedMeanwhile where another stands in its place by now.
    Written down with who did it; the new receipt is sent.
    """
    donation = Donation.objects.locked().get(pk=donation_id)
    papers = list(donation.receipts.order_by("pk"))
    current = _to_correct(papers, name, email, shown)
    donation.donor_name, donation.donor_email = name, email
    donation.save(update_fields=["donor_name", "donor_email"])
    _void(current, _("The donor's name or address was corrected."), at)
    receipt = _replace(donation, contents_of(donation), papers, at)
    about = f"donation/{donation.pk}"
    activity.record(donation.event, by, CORRECTED, name, at=at, about=about)
    return receipt


def _to_correct(papers: list[Receipt], name: str, email: str, shown: str) -> Receipt:
    """The valid one, where it says something else and is the one that was shown."""
    current = _valid(papers)
    if current is None:
        raise NothingToCorrect(_("This donation has no valid receipt."))
    if (current.donor_name, current.donor_email) == (name, email):
        raise NothingToCorrect(_("The receipt already says that."))
    if shown not in ("", current.number):
        raise CorrectedMeanwhile(current)
    return current


def wish_correction(donation: Donation, words: str, at: datetime) -> None:
    """The donor says what is wrong; finance corrects it or leaves it."""
    told = f"{donation.donor_name}: {words}"
    activity.record(
        donation.event, donation.donor_name, ASKED, told, at=at, about=_about(donation)
    )


def forget_wish(donation: Donation, by: User, at: datetime) -> None:
    """Nothing is to be corrected after all."""
    activity.record(
        donation.event, by, LEFT, donation.donor_name, at=at, about=_about(donation)
    )


def _about(donation: Donation) -> str:
    return f"donation/{donation.pk}"


def _void(receipt: Receipt, why: str, at: datetime) -> None:
    receipt.void_at, receipt.void_reason = at, why[:100]
    receipt.save(update_fields=["void_at", "void_reason"])


@compiled
def _papers(donation: int) -> QuerySet[Receipt]:
    return Receipt.objects.filter(donation=donation).order_by("pk")


def _valid(papers: list[Receipt]) -> Receipt | None:
    return next((paper for paper in papers if not paper.is_void), None)


def _replace(
    donation: Donation, wanted: Contents, papers: list[Receipt], at: datetime
) -> Receipt:
    replaced = {paper.replaces_id for paper in papers}
    void = [paper for paper in papers if paper.is_void and paper.pk not in replaced]
    last_void = void[-1] if void else None
    receipt = _issue(donation, wanted, last_void, at)
    if last_void is not None:
        mails.take_back(receipt)
    # Who gave at the door may have told no address: the receipt waits in the books.
    if receipt.donor_email:
        mails.queue(receipt, at)
    return receipt


def _issue(
    donation: Donation, wanted: Contents, replaces: Receipt | None, at: datetime
) -> Receipt:
    event = donation.event
    charity = event.charity
    receipt = Receipt(
        donation=donation,
        charity=charity,
        number=next_number(charity, at.astimezone(event.zone).year),
        donor_name=donation.donor_name,
        donor_email=donation.donor_email,
        charity_name=charity.legal_name,
        charity_ein=charity.ein,
        charity_address=charity.address,
        amount_cents=wanted.amount_cents,
        currency=donation.currency,
        fair_value_cents=wanted.fair_value_cents,
        deductible_cents=wanted.amount_cents - wanted.fair_value_cents,
        benefits=wanted.benefits,
        lines=wanted.lines,
        benefit_declined=wanted.benefit_declined,
        wording=wanted.wording,
        printed_in=printed_in(event),
        paid_at=donation.paid_at,
        issued_at=at,
        replaces=replaces,
    )
    insert(receipt)
    return receipt


def _why_nothing_is_left(donation: Donation) -> str:
    """Kept with the receipt and read by its donor, as is the next one."""
    with translation.override(donation.event.language):
        return _why_nothing(donation)


def _why_nothing(donation: Donation) -> str:
    if donation.source == Donation.Source.MANUAL:
        return _("The gift was taken out of the books.")
    return {
        State.REFUNDED: _("The donation was given back."),
        State.CHARGED_BACK: _("The bank took the payment back after a dispute."),
    }.get(State(donation.state), _("The payment does not stand."))


def _why_another(current: Receipt, wanted: Contents) -> str:
    with translation.override(current.donation.event.language):
        return _why_this(current, wanted)


def _why_this(current: Receipt, wanted: Contents) -> str:
    less = current.amount_cents - wanted.amount_cents
    if less > 0:
        return _("%(amount)s was given back.") % {"amount": told_cents(less)}
    if less < 0:
        return _("The amount has changed.")
    if wanted.benefit_declined and not current.benefit_declined:
        return _("The bottle was declined.")
    return _("What was given in return has changed.")
