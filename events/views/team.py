"""The event's team: who holds which role."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events import team
from events.access import HOST, Access, open_event
from events.forms import MemberForm, RoleForm
from events.models import Member, User
from losers_lounge.throttle import Throttle

# Each is a letter to an address that anybody may have typed.
INVITED = Throttle("team_invited", most=50, seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody on the team, and a form for one more."""
    access = open_event(request.user, slug, HOST)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who = str(request.user.pk)
        if not INVITED.admit(who):
            return INVITED.refusal(request)
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
        "roles_to_give": Member.Role.choices,
        "members": members.order_by("user__name", "user_id", "role"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "events/member_list.html", context, status=status)


@require_POST
def member_remove(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Take one role away."""
    access = open_event(request.user, slug, HOST)
    try:
        gone = team.remove(member_id, access.event, by=request.user, at=timezone.now())
    except team.LastHost:
        _say_last_host(request)
    else:
        _stay_signed_in(request, gone)
    return _back(request, access)


@require_POST
def member_role(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Another role in place of this one."""
    access, form = open_event(request.user, slug, HOST), RoleForm(request.POST)
    get_object_or_404(access.event.members, pk=member_id)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: choose a role."))
        return _back(request, access)
    role = Member.Role(form.cleaned_data["role"])
    by, at = request.user, timezone.now()
    try:
        who = team.change_role(member_id, access.event, role, by=by, at=at)
    except team.LastHost:
        _say_last_host(request)
    else:
        if who:
            _stay_signed_in(request, who)
            text = _("%(name)s has a new role and has to sign in again.")
            messages.success(request, text % {"name": who})
    return _back(request, access)


@require_POST
def member_resend(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """The letter again, for somebody who has never signed in."""
    access = open_event(request.user, slug, HOST)
    member = get_object_or_404(
        access.event.members.select_related("user"), pk=member_id
    )
    at = timezone.now()
    is_sent = team.resend(member.pk, access.event, by=request.user, at=at)
    sent = _("The letter to %(name)s is on its way again.")
    kept = _(
        "%(name)s got it within the last hour, or has already signed in. "
        "Nothing was sent."
    )
    messages.success(request, (sent if is_sent else kept) % {"name": member.user})
    return _back(request, access)


def _say_last_host(request: HttpRequest) -> None:
    text = _("Nothing was changed: an event needs a host. Add another one first.")
    messages.error(request, text)


def _stay_signed_in(request: HttpRequest, changed: User | None) -> None:
    """Who changes their own role keeps this one session, as with a new password."""
    if changed == request.user and request.user.memberships.exists():
        request.user.refresh_from_db()
        update_session_auth_hash(request, request.user)


def _back(request: HttpRequest, access: Access) -> HttpResponse:
    if not access.event.members.filter(user=request.user, role=HOST).exists():
        return redirect("events:event_list")
    return redirect("events:team", access.event.slug)
