"""How long guests are kept, and forgetting them earlier: for hosts alone."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, Access, open_event
from guests.forms.forgetting import ForgetForm
from guests.privacy import evenings


@never_cache
@require_safe
def forgetting(request: HttpRequest, slug: str) -> HttpResponse:
    """Until when guests are kept, what goes then, what stays; and the way to it."""
    access = open_event(request.user, slug, HOST)
    return _show(request, access, ForgetForm(event=access.event))


@require_POST
def forget_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Forget all guests of an evening that was over thirty days ago."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    form = ForgetForm(request.POST, event=access.event)
    if access.event.guests_erased_at is not None:
        return redirect("guests:forgetting", slug)
    if not form.is_valid():
        return _show(request, access, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if at < evenings.hosts_may_from(access.event):
        return _show(request, access, form, HTTPStatus.CONFLICT)
    try:
        evenings.ask(access.event.pk, by=request.user, at=at)
    except evenings.Waits:
        return _show(request, access, form, HTTPStatus.CONFLICT)
    messages.success(request, _("Asked for. In a few minutes nobody is named here."))
    return redirect("guests:forgetting", slug)


def _show(
    request: HttpRequest,
    access: Access,
    form: ForgetForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    event = access.event
    people = event.guests.filter(erased_at=None)
    may_from = evenings.hosts_may_from(event)
    is_early = timezone.now() < may_from
    reasons = [] if event.guests_erased_at else evenings.why_not_yet(event)
    is_offered = not is_early and not reasons
    context = access.context | {
        # What is not offered now has no field to lead to: the page says why.
        "form": form if is_offered else None,
        "problem": form.is_bound and not is_offered,
        "guests": people.count(),
        "addresses": event.contacts.filter(erased_at=None).exclude(email="").count(),
        "due_at": event.guests_kept_until,
        "may_from": may_from,
        "is_early": is_early,
        "reasons": reasons,
        "owing": evenings.owing(event),
    }
    return render(request, "guests/forgetting.html", context, status=status)
