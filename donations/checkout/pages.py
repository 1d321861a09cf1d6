"""Lead a donor to Stripe's payment page: one open page per donation, ever.

An attempt is committed before Stripe is asked. Whatever happens to the answer, the
same attempt asks the same question with the same key until its fate is known.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from donations import settlement, stripe_gateway
from donations.checkout.refusals import (
    AlreadySettled,
    CheckoutRefused,
    CheckoutUnavailable,
)
from donations.models import Donation, DonationAttempt, DonationPart
from donations.stripe_gateway import (
    Order,
    OrderLine,
    Session,
    StripeBusy,
    StripeRefused,
    StripeUnavailable,
)

logger = structlog.get_logger(__name__)

# Stripe's shortest is 30 minutes from the call: what is left over is the time in
# which a lost answer can be asked for again.
PAGE_LASTS = timedelta(minutes=60)
# A call that is older than this is no longer on its way (the client gives up after
# three times 23 seconds).
IN_FLIGHT = timedelta(minutes=2)


def open_checkout(
    donation_id: int,
    *,
    success_url: str,
    cancel_url: str,
    at: datetime,
    tells_email: bool = True,
) -> str:
    """The address of the donation's payment page; the same while it is open.

    Without `tells_email` the page does not show the donor's address: who pays types
    one. Raises CheckoutFailed, as AlreadySettled, CheckoutUnavailable (try again) or
    CheckoutRefused.
    """
    # Twice: the first look may find that the page we knew of is closed.
    for _try in range(2):
        attempt = _claim(donation_id, success_url, cancel_url, at, tells_email)
        url = open_claimed(attempt, at)
        if url:
            return url
    raise CheckoutUnavailable(_("The payment page is closing. Try again in a moment."))


def open_claimed(attempt: DonationAttempt, at: datetime) -> str:
    """The address of the page of an attempt that `claim` gave and that is committed.

    Empty when it has come to its end meanwhile. Raises as `open_checkout` does.
    """
    try:
        return _page(attempt, at)
    except StripeBusy as error:
        return _page_of_another_press(attempt, error)
    except StripeUnavailable as error:
        _give_up_for_now(attempt)
        raise CheckoutUnavailable(
            _("The payment page is not answering. Nothing was charged; try again.")
        ) from error
    except StripeRefused as error:
        fail(attempt, str(error))
        raise CheckoutRefused(
            _("We could not start the payment. Nothing was charged.")
        ) from error


@transaction.atomic(durable=True)
def _claim(
    donation_id: int,
    success_url: str,
    cancel_url: str,
    at: datetime,
    tells_email: bool = True,
) -> DonationAttempt:
    return claim(donation_id, success_url, cancel_url, at, tells_email)


def claim(
    donation_id: int,
    success_url: str,
    cancel_url: str,
    at: datetime,
    tells_email: bool = True,
) -> DonationAttempt:
    """The live attempt, or a new one, committed before anybody is asked.

    Needs a transaction, which must not ask Stripe. Raises AlreadySettled.
    """
    rows = Donation.objects.locked().select_related("event__charity")
    donation = rows.annotate(looked_at=Now()).get(pk=donation_id)
    if not donation.is_payable:
        raise AlreadySettled(_("This donation has already been received."))
    attempts = list(donation.attempts.all())
    live = next((attempt for attempt in attempts if attempt.is_live), None)
    if live is not None:
        _check_page(live)
        live.donation = donation
        return live
    return DonationAttempt.objects.create(
        donation=donation,
        number=DonationAttempt.number_after(attempts),
        success_url=success_url,
        cancel_url=cancel_url,
        tells_email=tells_email,
        created_at=at,
        expires_at=_page_ends(at, donation.looked_at),
    )


def _check_page(live: DonationAttempt) -> None:
    if live.kind == DonationAttempt.Kind.OFF_SESSION:
        raise CheckoutUnavailable(_("The saved card is being charged now."))


def _page_ends(at: datetime, of_the_database: datetime) -> datetime:
    """Stripe refuses a page that ends too soon: a web server whose clock is late goes
    by the database's."""
    return (max(at, of_the_database) + PAGE_LASTS).replace(microsecond=0)


def _page(attempt: DonationAttempt, at: datetime) -> str:
    """The page's address; "" when this attempt has come to its end."""
    if attempt.state == DonationAttempt.State.OPEN:
        if not attempt.is_usable(at):
            # It may have been paid in its last minute: never open a second unasked.
            settlement.settle(attempt.donation_id, at=at)
            return ""
        return attempt.url
    is_under_way = at - attempt.created_at <= IN_FLIGHT
    if attempt.state == DonationAttempt.State.UNKNOWN or not is_under_way:
        # Look first: Stripe repeats a stored failure for a key, though it was done.
        found = look_for(attempt)
        if found is not None:
            url = record(attempt, found)
            if not url:
                settlement.settle(attempt.donation_id, at=at)
            return url
        if not is_under_way:
            fail(attempt, "never reached Stripe")
            return ""
    return record(attempt, _ask(attempt))


def _ask(attempt: DonationAttempt) -> Session:
    donation = attempt.donation
    event = donation.event
    order = Order(
        reference=donation.public_id,
        attempt=attempt.number,
        event_slug=event.slug,
        lines=_lines(donation),
        currency=donation.currency,
        description=_description(donation),
        donor_email=donation.donor_email if attempt.tells_email else "",
        success_url=attempt.success_url,
        cancel_url=attempt.cancel_url,
        expires_at=attempt.expires_at,
    )
    return stripe_gateway.open_session(
        order, account=donation.stripe_account, key=attempt.idempotency_key
    )


def _description(donation: Donation) -> str:
    event = donation.event
    return f"Donation to {event.charity.legal_name}, {event.name}"


def _lines(donation: Donation) -> tuple[OrderLine, ...]:
    """What Stripe's page lists: each person by name where there are several."""
    parts = list(donation.parts.all())
    if len(parts) == 1:
        lines = [OrderLine(_description(donation), parts[0].amount_cents)]
    else:
        lines = [OrderLine(_name(part), part.amount_cents) for part in parts]
    if donation.fee_cover_cents:
        lines.append(OrderLine("Covering the fees", donation.fee_cover_cents))
    return tuple(lines)


def _name(part: DonationPart) -> str:
    """In no reader's language: asked again, the question is the same one."""
    is_gift = part.purpose == Donation.Purpose.GIFT
    return f"A gift by {part.for_name}" if is_gift else f"The win of {part.for_name}"


def look_for(attempt: DonationAttempt) -> Session | None:
    donation = attempt.donation
    return stripe_gateway.find_session(
        donation.public_id,
        attempt.number,
        attempt.created_at - timedelta(minutes=5),
        account=donation.stripe_account,
    )


def _page_of_another_press(attempt: DonationAttempt, error: StripeBusy) -> str:
    """Another press asks the same question just now: its answer is ours too."""
    attempt.refresh_from_db(fields=["state", "url"])
    if attempt.state != DonationAttempt.State.OPEN:
        raise CheckoutUnavailable(
            _("The payment page is busy. Nothing was charged; try again in a moment.")
        ) from error
    return attempt.url


@transaction.atomic
def record(attempt: DonationAttempt, session: Session) -> str:
    """Store the page that Stripe opened; told twice, it is stored once. Its url."""
    donation = Donation.objects.locked().get(pk=attempt.donation_id)
    row = DonationAttempt.objects.get(pk=attempt.pk)
    if row.state in (DonationAttempt.State.CREATED, DonationAttempt.State.UNKNOWN):
        row.session_id = session.session_id
        row.expires_at = session.expires_at
        row.url = session.url
        row.state = (
            DonationAttempt.State.OPEN
            if session.url
            else settlement.ATTEMPT_ENDS[session.status]
        )
        row.save(update_fields=["session_id", "expires_at", "url", "state"])
        if donation.is_payable:
            donation.state = Donation.State.CHECKOUT_OPEN
            donation.save(update_fields=["state"])
    return row.url if row.state == DonationAttempt.State.OPEN else ""


def _give_up_for_now(attempt: DonationAttempt) -> None:
    DonationAttempt.objects.filter(
        pk=attempt.pk, state=DonationAttempt.State.CREATED
    ).update(state=DonationAttempt.State.UNKNOWN)
    logger.warning("checkout_answer_lost", **about(attempt))


def fail(attempt: DonationAttempt, error: str) -> None:
    DonationAttempt.objects.filter(
        pk=attempt.pk,
        state__in=[DonationAttempt.State.CREATED, DonationAttempt.State.UNKNOWN],
    ).update(state=DonationAttempt.State.FAILED, error=error[:300])
    logger.error("checkout_refused", **about(attempt), error=error)


def about(attempt: DonationAttempt) -> dict[str, str | int]:
    return {"donation": attempt.donation.public_id, "attempt": attempt.number}
