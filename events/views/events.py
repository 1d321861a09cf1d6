"""Your events, and a new one."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from events import creation
from events.forms import NewEventForm
from events.models import Charity, Event, Member


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """Every event this user is on the team of, with their roles."""
    own = Prefetch(
        "members", Member.objects.filter(user=request.user), to_attr="own_memberships"
    )
    events = Event.objects.for_user(request.user.pk).prefetch_related(own)
    context = {"events": events.order_by("-starts_at", "pk")}
    return render(request, "events/event_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def event_new(request: HttpRequest) -> HttpResponse:
    """A new event in one form; whoever makes it becomes its host."""
    initial = {"time_zone": "America/Los_Angeles"}
    form = NewEventForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        charity = Charity(
            legal_name=form.cleaned_data["charity_name"],
            ein=form.cleaned_data["charity_ein"],
            address=form.cleaned_data["charity_address"],
        )
        event = form.save(commit=False)
        creation.create_event(event, charity, by=request.user, at=timezone.now())
        return redirect(event)
    status = 422 if form.is_bound else 200
    return render(request, "events/event_form.html", {"form": form}, status=status)
