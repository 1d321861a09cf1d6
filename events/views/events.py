"""Your events, a new one, and one like another."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events import creation, duplication
from events.access import HOST, open_event
from events.forms import DuplicateForm, NewEventForm
from events.models import Charity, Event, Member


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """Every event this user is on the team of, with their roles."""
    own = Prefetch(
        "members", Member.objects.filter(user=request.user), to_attr="own_memberships"
    )
    events = Event.objects.for_user(request.user.pk).prefetch_related(own)
    context = {
        "events": events.order_by("-starts_at", "pk"),
        "may_create": creation.may_create(request.user),
    }
    return render(request, "events/event_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def event_new(request: HttpRequest) -> HttpResponse:
    """A new event in one form; whoever makes it becomes its host."""
    if not creation.may_create(request.user):
        raise Http404
    initial = {
        "time_zone": "America/Los_Angeles",
        "hosted_by": request.user.name,
    }
    form = NewEventForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        charity = Charity(
            legal_name=form.cleaned_data["charity_name"],
            ein=form.cleaned_data["charity_ein"],
            address=form.cleaned_data["charity_address"],
        )
        event = creation.create_event(
            form.save(commit=False),
            charity,
            by=request.user,
            at=timezone.now(),
            nonce=form.cleaned_data["nonce"],
        )
        return redirect(event)
    context = {"form": form, "examples_url": reverse("guests:new_rule_examples")}
    status = 422 if form.is_bound else 200
    return render(request, "events/event_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def event_duplicate(request: HttpRequest, slug: str) -> HttpResponse:
    """The same evening on another day, without its guests."""
    access = open_event(request.user, slug, HOST)
    form = DuplicateForm(request.POST or None, event=access.event)
    if request.method == "POST" and form.is_valid():
        event = duplication.duplicate(
            access.event.pk, **form.cleaned_data, by=request.user, at=timezone.now()
        )
        text = _("A draft with the same rules, team and words. Look at its times.")
        messages.success(request, text)
        return redirect("guests:settings", event.slug)
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "events/event_duplicate.html", context, status=status)
