"""The charity's receipts: found, read, printed, put right, sent again."""

import re
import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from donations import receipts as papers
from donations.forms.receipts import CorrectReceiptForm, EstimatesForm
from donations.models import Receipt
from donations.receipts import estimates, shelf
from events import outbox
from events.access import FINANCE, Access, open_event
from events.models import Event, Message
from events.views.downloads import slowly
from losers_lounge.edit_conflict import show_what_stands
from losers_lounge.whole_number import whole_number

PAGE = 50
MOST_CHOSEN = PAGE
NONCE = re.compile(r"[\w-]{8,64}", re.ASCII)


@never_cache
@require_safe
def receipts(request: HttpRequest, slug: str) -> HttpResponse:
    """The receipts that fit the address, newest first, fifty to a page."""
    access = open_event(request.user, slug, FINANCE)
    wanted, before = _wanted(request), whole_number(request.GET.get("before", ""))
    found = wanted.receipts(access.event)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    query = request.GET.copy()
    for name in ("before", "press"):
        query.pop(name, None)
    context = access.context | {
        "receipts": rows[:PAGE],
        "next_key": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_first_page": before is None,
        "wanted": wanted,
        "query": query.urlencode(),
        "checks": papers.number_checks(access.event.charity),
        "wishes": shelf.wishes(access.event),
        "nonce": secrets.token_urlsafe(16),
        "leaving": _leaving(access, request.GET.get("press", "")),
    }
    return render(request, "donations/receipts.html", context)


@never_cache
@require_safe
def receipt(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """A receipt as it was issued, with the one it replaces or is replaced by."""
    access = open_event(request.user, slug, FINANCE)
    found = _receipt(access, number)
    lines = papers.shown_lines(found)
    context = access.context | {
        "receipt": found,
        "money_lines": [line for line in lines if not line.is_worth],
        "worth_lines": [line for line in lines if line.is_worth],
        "wish": shelf.wish_for(found),
        "nonce": secrets.token_urlsafe(16),
    }
    return render(request, "donations/receipt.html", context)


@never_cache
@require_safe
@slowly
def receipt_pdf(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """The same on paper; a void one says so across the page."""
    access = open_event(request.user, slug, FINANCE)
    return pdf(_receipt(access, number))


@require_POST
def receipts_send(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the chosen receipts once more, or all valid ones of a year."""
    access = open_event(request.user, slug, FINANCE)
    nonce = request.POST.get("nonce", "")
    # A press without a name of its own would be every such press.
    is_named = NONCE.fullmatch(nonce) is not None
    year = whole_number(request.POST.get("year", "")) if "all" in request.POST else None
    if year is not None:
        wanted = shelf.ReceiptFilter(state="valid", year=min(year, 9999))
        chosen = wanted.receipts(access.event)
    else:
        numbers = request.POST.getlist("number")[:MOST_CHOSEN]
        clean = [number for number in numbers if "\0" not in number]
        chosen = shelf.ReceiptFilter(state="valid").receipts(access.event)
        chosen = chosen.filter(number__in=clean)
    press = {"by": request.user, "at": timezone.now()}
    sent = papers.send_again(access.event, chosen, nonce, **press) if is_named else 0
    if not sent:
        messages.info(request, _("Nothing was sent: no valid receipt was chosen."))
        return redirect("donations:receipts", slug)
    words = ngettext("%(n)d receipt leaves.", "%(n)d receipts leave.", sent)
    messages.success(request, words % {"n": sent})
    response = redirect("donations:receipts", slug)
    response["Location"] += f"?press={nonce}"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_correct(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Put right how the donor is named or reached: a new receipt replaces this one."""
    access = open_event(request.user, slug, FINANCE)
    found = _receipt(access, number)
    initial = {"name": found.donor_name, "email": found.donor_email}
    form = CorrectReceiptForm(request.POST or None, initial=initial)
    newer: Receipt | None = None
    if request.method == "POST" and form.is_valid():
        said, by, at = form.cleaned_data, request.user, timezone.now()
        try:
            new = papers.correct(found.donation_id, **said, by=by, at=at, shown=number)
        except papers.NothingToCorrect as error:
            form.add_error(None, str(error))
        except papers.CorrectedMeanwhile as meanwhile:
            newer = meanwhile.now
            form.add_error(None, _("Somebody corrected it while you wrote."))
        else:
            words = _("Receipt %(new)s replaces %(old)s.")
            messages.success(request, words % {"new": new.number, "old": number})
            return redirect("donations:receipt", slug, new.number)
    wish = shelf.wish_for(found)
    context = {"receipt": found, "form": form, "wish": wish, "newer": newer}
    status = 409 if newer else 422 if form.is_bound else 200
    context |= access.context
    return render(request, "donations/receipt_correct.html", context, status=status)


@require_POST
def receipt_leave(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """What the donor asked for is not done: the receipt stays as it is."""
    access = open_event(request.user, slug, FINANCE)
    found = _receipt(access, number)
    if shelf.wish_for(found):
        papers.forget_wish(found.donation, request.user, timezone.now())
    return redirect("donations:receipt", slug, number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_values(request: HttpRequest, slug: str) -> HttpResponse:
    """What a giver gets in return is worth so much, and somebody says so."""
    access = open_event(request.user, slug, FINANCE)
    event = access.event
    initial = {
        "admission": event.admission_value_cents,
        "bottle": event.reward_value_cents,
        "who": event.values_estimated_by,
        "words": event.charity.receipt_wording,
        "seen": estimates.Estimates.of(event).mark,
    }
    form = EstimatesForm(request.POST or None, initial=initial)
    stands: estimates.Estimates | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _estimate(request, event, form.cleaned_data)
        except estimates.EstimatedMeanwhile as meanwhile:
            stands = meanwhile.now
            words = _("Somebody saved other values while you wrote.")
            show_what_stands(form, stands.mark, words)
        else:
            messages.success(request, _("Receipts say so from now on."))
            return redirect("donations:receipts", slug)
    status = 409 if stands else 422 if form.is_bound else 200
    context = access.context | {"form": form, "stands": stands}
    return render(request, "donations/receipt_values.html", context, status=status)


def _estimate(request: HttpRequest, event: Event, said: dict[str, Any]) -> None:
    wanted = estimates.Estimates(
        said["admission"],
        said["bottle"],
        said["who"],
        said["words"].replace("\r\n", "\n"),
    )
    who = {"by": request.user, "at": timezone.now()}
    estimates.estimate(event.pk, wanted, **who, seen=said["seen"])


def pdf(found: Receipt) -> HttpResponse:
    """A receipt to keep: the same bytes as long as it stands."""
    response = HttpResponse(papers.printed(found), content_type="application/pdf")
    name = f"{found.number}{'-void' if found.is_void else ''}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _wanted(request: HttpRequest) -> shelf.ReceiptFilter:
    """As far as what stands in the address makes sense."""
    state, year = (
        request.GET.get("state", ""),
        whole_number(request.GET.get("year", "")),
    )
    return shelf.ReceiptFilter(
        words=request.GET.get("q", "").replace("\0", "").strip()[:100],
        state=state if state in ("valid", "void") else "",
        year=year if year is not None and year <= 9999 else None,
    )


def _receipt(access: Access, number: str) -> Receipt:
    rows = shelf.ReceiptFilter().receipts(access.event)
    return get_object_or_404(rows, number=number.replace("\0", ""))


def _leaving(access: Access, press: str) -> dict[str, int] | None:
    """How far the mail of one press has got."""
    if not NONCE.fullmatch(press):
        return None
    mails = Message.objects.filter(
        event=access.event, kind="receipt", dedupe_key__endswith=f":{press}"
    )
    counts = outbox.counts(mails)
    counts.pop("copies_possible")
    total = sum(counts.values())
    waiting = sum(counts[state] for state in Message.UNDER_WAY)
    return {"total": total, "done": total - waiting, "waiting": waiting}
