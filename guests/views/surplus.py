"""For a donor whose money is for what is no longer owed: keep it as a gift, or back?

Behind the donation's own link, whoever gave it. GET shows; only a press changes.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations import donor_realm
from donations.models import Donation
from guests import surplus
from guests.models import Surplus
from losers_lounge.whole_number import whole_number


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is too much of this donation, why, and what becomes of it."""
    donation = donor_realm.open_donation(request, public_id)
    if request.method == "POST":
        return _choose(request, donation)
    rows = donation.surpluses.filter(gone_at=None).select_related("guest")
    context = {
        "event": donation.event,
        "donation": donation,
        "surpluses": rows.order_by("pk"),
    }
    return render(request, "guests/surplus.html", context)


def _choose(request: HttpRequest, donation: Donation) -> HttpResponse:
    key = whole_number(request.POST.get("surplus", ""))
    row = donation.surpluses.filter(pk=key).first()
    said = request.POST.get("choice", "")
    words = {
        Surplus.Choice.KEEP: _("Kept as a gift. You are very kind."),
        Surplus.Choice.BACK: _("Noted. A person at the charity will send it back."),
    }
    if row is None or said not in words:
        messages.warning(request, _("Choose one of the two."))
        return redirect("guests:surplus", donation.public_id)
    try:
        surplus.choose(row.pk, said, donation.donor_name, timezone.now())
    except surplus.TooLate:
        messages.info(request, _("Nothing is left to choose there."))
    else:
        messages.success(request, words[Surplus.Choice(said)])
    return redirect("guests:surplus", donation.public_id)
