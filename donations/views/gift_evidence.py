"""The evidence for a donation: read, printed, and handed to the bank once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from donations import disputes
from donations.forms.gifts import EvidenceForm
from donations.models import Dispute, Donation
from donations.views.gift import FINANCE, find, page_url
from events.access import Access, open_event
from events.models import Member
from events.views.downloads import slowly
from losers_lounge.lazy import lazy_module

paper = lazy_module("losers_lounge.paper")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gift_evidence(
    request: HttpRequest, slug: str, public_id: str, dispute_pk: int
) -> HttpResponse:
    """What the bank will read; the press sends it, once."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    dispute = get_object_or_404(donation.disputes, pk=dispute_pk)
    form = EvidenceForm(request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            dispute = disputes.hand_over(
                dispute.pk,
                form.cleaned_data["words"],
                page_url(request, donation),
                by=request.user,
                at=timezone.now(),
            )
        except disputes.EvidenceRefused as refusal:
            problem = str(refusal)
        else:
            _tell(request, dispute)
            return redirect("donations:gift", slug, public_id)
    context = access.context | _shown(request, access, donation, dispute)
    context |= {"form": form, "problem": problem}
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "donations/gift_evidence.html", context, status=status)


def _shown(
    request: HttpRequest, access: Access, donation: Donation, dispute: Dispute
) -> dict[str, Any]:
    return {
        "donation": donation,
        "dispute": dispute,
        "pack": disputes.collect(donation, page_url(request, donation)),
        "may_send": dispute.outcome == Dispute.Outcome.OPEN
        and dispute.evidence_state in ("", Dispute.Evidence.REFUSED),
        "is_host": Member.Role.HOST.value in access.roles,
    }


@never_cache
@require_safe
@slowly
def gift_evidence_pdf(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The same pack on paper, disputed or not."""
    access = open_event(request.user, slug, FINANCE)
    donation = find(access.event, public_id)
    charity = access.event.charity
    pack = disputes.collect(donation, page_url(request, donation))
    blocks: list[list[object]] = []
    for heading, lines in pack.sections:
        blocks += [["heading", heading], ["facts", [list(line) for line in lines]]]
    ein = f"{_('EIN')} {charity.ein}" if charity.ein else ""
    body = paper.printed(
        {
            "title": pack.title,
            "letterhead": [
                charity.legal_name,
                [*filter(None, [*charity.address.splitlines(), ein])],
            ],
            "footer": donation.public_id,
            "blocks": blocks,
        }
    )
    response = HttpResponse(body, content_type="application/pdf")
    name = f"donation-{donation.public_id}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _tell(request: HttpRequest, dispute: Dispute) -> None:
    if dispute.evidence_state == Dispute.Evidence.SENT:
        messages.success(request, _("The bank has it. It takes a few weeks to decide."))
    elif dispute.evidence_state == Dispute.Evidence.SENDING:
        words = _(
            "Stripe has not answered yet. We keep trying; the bank gets it only once."
        )
        messages.warning(request, words)
    else:
        words = _("Stripe did not take it: %(why)s")
        messages.error(request, words % {"why": dispute.evidence_error})
