"""The event's team: who holds which role."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events import team
from events.access import open_event
from events.forms import MemberForm
from events.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody on the team, and a form for one more."""
    access = open_event(request.user, slug, "host")
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = team.add(
            access.event,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            role=Member.Role(form.cleaned_data["role"]),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("%(name)s is on the team.") % {"name": member.user})
        return redirect("events:team", slug)
    members = access.event.members.select_related("user")
    context = {
        **access.context,
        "form": form,
        "members": members.order_by("user__name", "role"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "events/member_list.html", context, status=status)


@require_POST
def member_remove(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Take one role away."""
    access = open_event(request.user, slug, "host")
    try:
        team.remove(member_id, access.event, by=request.user, at=timezone.now())
    except team.LastHost:
        text = _("Nothing was changed: an event needs a host. Add another one first.")
        messages.error(request, text)
    if not access.event.members.filter(user=request.user, role="host").exists():
        return redirect("events:event_list")
    return redirect("events:team", slug)
