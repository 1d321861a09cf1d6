"""The event's settings. House rules decide who owes, so obligations follow here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from events.access import open_event
from events.forms import EventForm
from guests import house_rules


@require_http_methods(["GET", "HEAD", "POST"])
def event_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the evening and its house rules; what winners owe follows at once."""
    access = open_event(request.user, slug, "host")
    form = EventForm(request.POST or None, instance=access.event)
    if request.method == "POST" and form.is_valid():
        event, at = form.save(commit=False), timezone.now()
        try:
            house_rules.save(event, form.changed_data, by=request.user, at=at)
        except house_rules.RoomTooSmall as error:
            form.add_error("capacity", _too_small(error.heads))
        else:
            text = _("Saved. What winners owe follows the new rules.")
            messages.success(request, text)
            return redirect(event)
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "events/event_form.html", context, status=status)


def _too_small(heads: int) -> str:
    return ngettext(
        "%(n)d person has said yes already.",
        "%(n)d people have said yes already.",
        heads,
    ) % {"n": heads}
