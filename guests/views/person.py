"""One person on the list: everything about them in one place."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import open_event
from events.models import Message
from guests import evening, guest_list, invitations
from guests.forms import GuestForm
from losers_lounge import links

HOST = "host"


@require_http_methods(["GET", "HEAD", "POST"])
def guest_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one person by hand."""
    access = open_event(request.user, slug, HOST)
    form = GuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        guest = guest_list.add(
            access.event, form.row, by=request.user, at=timezone.now()
        )
        if guest is not None:
            messages.success(
                request, _("%(name)s is on the list.") % {"name": guest.name}
            )
            return redirect("guests:guest_list", slug)
        form.add_error(
            "name", _("Somebody of this name and address is on the list already.")
        )
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "guests/guest_form.html", context, status=status)


@require_safe
def guest_detail(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """One person: answer, nominations and why, letters, link, door."""
    access = open_event(request.user, slug, HOST)
    guest = get_object_or_404(
        access.event.guests.select_related("invitation__contact", "plus_one_of"),
        pk=guest_id,
    )
    invitation = guest.invitation
    invitation.event = access.event
    found = [seen for seen in evening.of(invitation) if seen.guest.pk == guest.pk]
    context = {
        **access.context,
        "guest": guest,
        "evening": found[0] if found else None,
        "letters": Message.objects.filter(about=invitation.about).order_by("-pk"),
        "link": links.absolute_url(
            "invitation", invitation.public_id, invitation.link_version
        ),
        "admissions": guest.admissions.all(),
        "trophies": guest.trophies.all(),
    }
    return render(request, "guests/guest_detail.html", context)


@require_POST
def link_rotate(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Retire a guest's link and passes; the page shows the new one."""
    access = open_event(request.user, slug, HOST)
    guest = get_object_or_404(access.event.guests, pk=guest_id)
    invitations.rotate(guest.invitation_id, by=request.user, at=timezone.now())
    text = _("The old link and pass are retired. The new link stands below.")
    messages.success(request, text)
    return redirect("guests:guest_detail", slug, guest_id)
