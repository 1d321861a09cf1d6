"""Money back: how much, what follows, and only then the press that does it."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import refunds
from donations.forms.gifts import RefundForm, WordsForm
from donations.models import Donation, Refund
from donations.views.gift import FINANCE, find, page
from events.access import Access, open_event
from losers_lounge.telling import told_cents


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gift_refund(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """First the amount and what follows from it; with `sure`, it is done."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    if request.method != "POST":
        return _form_page(request, access, donation, _blank(donation))
    form = RefundForm(request.POST)
    if not form.is_valid():
        return _form_page(request, access, donation, form, status=422)
    said = form.cleaned_data
    if "sure" not in request.POST:
        return _form_page(request, access, donation, form, cents=said["amount"])
    try:
        refund = refunds.request(
            donation.pk,
            said["amount"],
            said["reason"],
            by=request.user,
            nonce=f"{request.user.pk}:{said['nonce']}",
            at=timezone.now(),
        )
    except refunds.RefundRefused as refusal:
        form.add_error("amount", str(refusal))
        return _form_page(request, access, donation, form, status=409)
    _tell(request, refunds.carry_out(refund.pk, timezone.now()))
    return redirect("donations:gift", slug, public_id)


@require_POST
def gift_wish(
    request: HttpRequest, slug: str, public_id: str, refund_id: str
) -> HttpResponse:
    """What the donor asked for is carried out, or dropped with a sentence."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    refund = get_object_or_404(donation.refunds, public_id=refund_id)
    at = timezone.now()
    if request.POST.get("answer") == "drop":
        form = WordsForm(request.POST)
        if not form.is_valid():
            words = " ".join(form["words"].errors)
            return page(request, access, donation, problem=words, status=422)
        refunds.drop(refund.pk, form.cleaned_data["words"], by=request.user, at=at)
        messages.success(request, _("Not given back. Your reason is kept with it."))
        return redirect("donations:gift", slug, public_id)
    try:
        refunds.grant(refund.pk, by=request.user, at=at)
    except refunds.RefundRefused as refusal:
        return page(request, access, donation, problem=str(refusal), status=409)
    _tell(request, refunds.carry_out(refund.pk, timezone.now()))
    return redirect("donations:gift", slug, public_id)


@require_POST
def gift_refund_seen(
    request: HttpRequest, slug: str, public_id: str, refund_id: str
) -> HttpResponse:
    """Somebody knows that a refund went wrong."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    refund = get_object_or_404(donation.refunds, public_id=refund_id)
    refunds.take_note(refund.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Noted, with your name."))
    return redirect("donations:gift", slug, public_id)


def _blank(donation: Donation) -> RefundForm:
    """All that is left, and a mark by which two presses are one."""
    left = refunds.left_cents(donation)
    return RefundForm(initial={"amount": left, "nonce": secrets.token_urlsafe(16)})


def _tell(request: HttpRequest, refund: Refund) -> None:
    amount = told_cents(refund.amount_cents)
    if refund.state == Refund.State.SUCCEEDED:
        messages.success(request, _("%(amount)s given back.") % {"amount": amount})
    elif refund.state == Refund.State.PENDING:
        words = _(
            "%(amount)s is on its way back. It is shown here when it has arrived."
        )
        messages.success(request, words % {"amount": amount})
    elif refund.state in Refund.OWED:
        words = _(
            "Stripe has not answered yet. We keep asking; the money goes "
            "back only once."
        )
        messages.warning(request, words)
    else:
        messages.error(request, _("Stripe refused it. Nothing was given back."))


def _form_page(
    request: HttpRequest,
    access: Access,
    donation: Donation,
    form: RefundForm,
    *,
    cents: int = 0,
    status: int = 200,
) -> HttpResponse:
    why_not = refunds.why_not(donation)
    left = refunds.left_cents(donation)
    if cents and not 0 < cents <= left:
        words = _("Between one cent and %(left)s can be given back.")
        form.add_error("amount", words % {"left": told_cents(left)})
        cents, status = 0, 422
    context = access.context | {
        "donation": donation,
        # A page that says why nothing goes back has no field to lead to.
        "form": None if why_not else form,
        "problem": why_not if form.is_bound else "",
        "cents": cents if not why_not else 0,
        "why_not": why_not,
        "left_cents": left,
        "fee_cents": refunds.fee_cents(donation),
        "consequences": refunds.consequences(donation, cents or left),
    }
    return render(request, "donations/gift_refund.html", context, status=status)
