"""The settle list: who is inside and still owes, as a discreet piece of work."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guests.door import settle
from guests.forms.desk import PressForm
from guests.views.door.access import open_door
from guests.views.door.shown import nonce


@never_cache
@require_safe
def settle_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Names, amounts and reasons of people inside; no address, no phone number.

    For accounts alone: a paired phone sees nobody whom it did not look up.
    """
    access = open_door(request, slug)
    rows = settle.inside_owing(access.event)
    context = {
        **access.context,
        "rows": rows,
        "cents": sum(row.cents for row in rows),
        "now": timezone.now(),
        # A template calls it: every button has a press of its own.
        "nonce": nonce,
    }
    return render(request, "guests/settle.html", context)


@require_POST
def settle_tell(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Send them the link to settle once more."""
    access = open_door(request, slug)
    guest = get_object_or_404(access.event.guests, pk=guest_id)
    form = PressForm(request.POST)
    back = redirect("guests:settle", slug)
    if not form.is_valid():
        messages.error(request, _("Nothing was sent. Press the button on this page."))
        return back
    press = {"nonce": form.cleaned_data["nonce"], "by": access.actor}
    try:
        settle.tell(guest.pk, **press, at=timezone.now())
    except settle.NotTold as refusal:
        messages.warning(request, f"{guest.name}: {refusal}")
    else:
        text = _("%(name)s is written to; the link to pay is in the letter.")
        messages.success(request, text % {"name": guest.name})
    return back
