"""The event's settings. House rules decide who owes, so obligations follow here."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events import activity
from events.access import open_event
from events.forms import EventForm
from events.models import Event
from guests import letters, obligations


@require_http_methods(["GET", "HEAD", "POST"])
def event_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the evening and its house rules; what winners owe follows at once."""
    access = open_event(request.user, slug, "host")
    form = EventForm(request.POST or None, instance=access.event)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            Event.objects.select_for_update(of=("self",), no_key=True).get(
                pk=access.event.pk
            )
            event = form.save()
            at = timezone.now()
            brought = obligations.bring_up_to_date(event, at)
            letters.post(letters.wins(brought.fallen_due), at)
            changed = ", ".join(form.changed_data)
            activity.record(event, request.user, "changed settings", changed, at=at)
        messages.success(request, _("Saved. What winners owe follows the new rules."))
        return redirect(event)
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "events/event_form.html", context, status=status)
