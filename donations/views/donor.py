"""For whoever holds a donation's link: thanks, receipts, name, bottle.

GET shows; only a press changes. A donor may be nobody on any guest list, and finds
nothing of one here.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import donor_realm, public_name
from donations import receipts as papers
from donations.forms.receipts import CreditForm, WishForm
from donations.forms.rewards import PLATE_DATA
from donations.models import Donation, Receipt
from donations.views.receipts import pdf
from losers_lounge.throttle import Throttle, network

WRONG_LINKS = Throttle("donor_links", most=30, seconds=300, most_of_all=3000)
PRESSES = Throttle("donor", most=20, seconds=600)
WISHES = Throttle("donor_wishes", most=5, seconds=3600)


@login_not_required
@never_cache
@require_safe
def donor_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: a cookie, and the donation's own page."""
    donation = donor_realm.find(token)
    if donation is None:
        if not WRONG_LINKS.admit(network(request)):
            return WRONG_LINKS.refusal(request)
        raise donor_realm.no_way_in(token)
    response = redirect("donations:donor", donation.public_id)
    response["Referrer-Policy"] = "no-referrer"
    donor_realm.remember(request, response, donation)
    return response


@login_not_required
@never_cache
@require_safe
def donor(request: HttpRequest, public_id: str) -> HttpResponse:
    """The donation on one page."""
    return show(request, donor_realm.open_donation(request, public_id))


@login_not_required
@never_cache
@require_POST
def donor_credit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Named in public as they wish, or not at all."""
    donation = donor_realm.open_donation(request, public_id)
    if not PRESSES.admit(public_id):
        return PRESSES.refusal(request)
    form = CreditForm(request.POST)
    if not form.is_valid():
        return show(request, donation, credit_form=form, status=422)
    name = form.cleaned_data["credit_name"]
    public_name.name_in_public(donation.pk, name, at=timezone.now())
    messages.success(request, _("That is how you are named from now on."))
    return redirect("donations:donor", public_id)


@login_not_required
@never_cache
@require_POST
def donor_wish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Something on the receipt is wrong: the charity is told, and puts it right."""
    donation = donor_realm.open_donation(request, public_id)
    if not WISHES.admit(public_id):
        return WISHES.refusal(request)
    form = WishForm(request.POST)
    if not form.is_valid():
        return show(request, donation, wish_form=form, status=422)
    words, at = form.cleaned_data["words"], timezone.now()
    papers.wish_correction(donation, words, at)
    messages.success(request, _("We told the charity. They will write to you."))
    return redirect("donations:donor", public_id)


@login_not_required
@never_cache
@require_safe
def donor_receipt(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    """One of this donation's receipts, as it was issued."""
    found = _receipt(request, public_id, number)
    lines = papers.shown_lines(found)
    context = {
        "event": found.donation.event,
        "donation": found.donation,
        "receipt": found,
        "money_lines": [line for line in lines if not line.is_worth],
        "worth_lines": [line for line in lines if line.is_worth],
    }
    return render(request, "donations/donor_receipt.html", context)


@login_not_required
@never_cache
@require_safe
def donor_pdf(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    """The same, to keep."""
    return pdf(_receipt(request, public_id, number))


def show(
    request: HttpRequest,
    donation: Donation,
    *,
    problem: str = "",
    status: int = 200,
    credit_form: CreditForm | None = None,
    wish_form: WishForm | None = None,
) -> HttpResponse:
    """The page, with a sentence about what a press could not do."""
    credit_form = credit_form or CreditForm(
        initial={"credit_name": donation.credit_name}
    )
    context = {
        "event": donation.event,
        "donation": donation,
        "parts": donation.parts.all(),
        "rewards": donation.rewards.defer("proof"),
        "plate": PLATE_DATA,
        "receipts": donation.receipts.order_by("-pk"),
        "credit_form": credit_form,
        "wish_form": wish_form or WishForm(),
        "problem": problem,
    }
    return render(request, "donations/donor.html", context, status=status)


def _receipt(request: HttpRequest, public_id: str, number: str) -> Receipt:
    donation = donor_realm.open_donation(request, public_id)
    rows = donation.receipts.select_related(
        "donation__event__charity", "replaces", "replaced_by"
    )
    return get_object_or_404(rows, number=number.replace("\0", ""))
