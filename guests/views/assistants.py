"""What a host decides about those who answer for others."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guests import portal
from guests.views.person import open_guest


@require_POST
def set_assistant(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """This guest's contact answers for others on a page of their own, or no longer."""
    _access, guest = open_guest(request, slug, guest_id)
    contact = guest.invitation.contact
    is_assistant = request.POST.get("assistant") == "yes"
    at = timezone.now()
    portal.set_assistant(contact.pk, is_assistant, by=request.user, at=at)
    made = _(
        "%(name)s answers for their guests on one page; letters lead "
        "there. Earlier links and passes no longer work: the page has new "
        "ones."
    )
    ended = _("%(name)s no longer has a page; letters lead to each invitation.")
    text = (made if is_assistant else ended) % {"name": contact.name}
    messages.success(request, text)
    return redirect("guests:guest_detail", slug, guest_id)


@require_POST
def retire_link(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Retire the link of the assistant's page; the new one is shown."""
    _access, guest = open_guest(request, slug, guest_id)
    contact = guest.invitation.contact
    portal.retire_link(contact.pk, by=request.user, at=timezone.now())
    text = _("The old link of %(name)s no longer works. The new one is below.")
    messages.success(request, text % {"name": contact.name})
    return redirect("guests:guest_detail", slug, guest_id)
