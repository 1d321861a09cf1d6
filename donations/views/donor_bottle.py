"""The donor's word on their bottle, from their own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations import donor_realm
from donations.views import donor, reward_presses
from donations.views.rewards import picture

SAID = {
    "word": _("Saved. We will draw a proof and write to you."),
    "approve": _("Thank you: that is what will be engraved."),
    "ask": _("We have your words and will send another proof."),
    "decline": _("No bottle, then. The receipt says so."),
    "address": _("Noted."),
}


@login_not_required
@never_cache
@require_POST
def donor_bottle(request: HttpRequest, public_id: str, reward_id: str) -> HttpResponse:
    """Approve, ask for a change, decline, say where it goes."""
    donation = donor_realm.open_donation(request, public_id)
    row = get_object_or_404(donation.rewards.defer("proof"), public_id=reward_id)
    by, at = donation.donor_name, timezone.now()
    try:
        reward_presses.take(request, reward_presses.DONORS, row, by, at)
    except reward_presses.Refused as refusal:
        words = str(refusal)
        return donor.show(request, donation, problem=words, status=refusal.status)
    messages.success(request, SAID[request.POST["do"]])
    return redirect("donations:donor", public_id)


@login_not_required
@never_cache
@require_safe
def donor_proof(request: HttpRequest, public_id: str, reward_id: str) -> HttpResponse:
    """The picture to say yes to."""
    donation = donor_realm.open_donation(request, public_id)
    return picture(get_object_or_404(donation.rewards, public_id=reward_id))
