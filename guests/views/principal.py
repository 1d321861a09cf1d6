"""What only the principal decides, behind their own link, and that they were here."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events import outbox
from guests import portal
from guests.forms.contacts import OwnAddressForm
from guests.realms import guest_realm, link_uses


@login_not_required
@never_cache
@require_POST
def here(request: HttpRequest, public_id: str) -> HttpResponse:
    """The first touch or key on the page, which no mail scanner makes."""
    row = guest_realm.open_invitation(request, public_id)
    link_uses.note(request, row, timezone.now())
    outbox.note_arrival(row.about)
    return HttpResponse(status=204)


@login_not_required
@never_cache
@require_POST
def may_give(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the assistant give in my name, or take that back."""
    row = guest_realm.open_invitation(request, public_id)
    at, may = timezone.now(), request.POST.get("may") == "yes"
    link_uses.note(request, row, at)
    row = portal.let_give(row.pk, may, at)
    if row.contact.is_assistant:
        granted = _("%(name)s may give in your name now, until you take it back.")
        taken = _("%(name)s can no longer give in your name.")
        text = (granted if may else taken) % {"name": row.contact.name}
        messages.success(request, text)
    return redirect("guests:invitation", row.public_id)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_address(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nobody answers for me any more: mail comes to an address of my own."""
    row = guest_realm.open_invitation(request, public_id)
    if not row.contact.is_assistant:
        raise Http404
    form = OwnAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at, email = timezone.now(), form.cleaned_data["email"]
        try:
            new = portal.answer_for_myself(row.pk, email, at)
        except portal.SameAddress:
            text = _("That is where %(name)s reads. Type an address of your own.")
            form.add_error("email", text % {"name": row.contact.name})
        else:
            text = _("Done. Mail comes to %(email)s, and this page stays open here.")
            messages.success(request, text % {"email": email})
            response = redirect("guests:invitation", new.public_id)
            # The link was renewed: this browser came in by the one before.
            guest_realm.remember(request, response, new)
            link_uses.note(request, new, at)
            return response
    context = {"invitation": row, "event": row.event, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "guests/invitation_own_address.html", context, status=status)
