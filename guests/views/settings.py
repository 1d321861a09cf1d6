"""The event's settings. House rules decide who owes, so obligations follow here."""

from django.contrib import messages
from django.forms import BooleanField, BoundField, ChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from events.access import Access, open_event
from events.forms import EventForm
from events.models import Event
from guests import house_rules

# What decides who owes how much.
RULES = {
    "winner_amount_cents",
    "charge_per",
    "cap_cents",
    "plus_one_pays",
    "exempt_tags",
}


@require_http_methods(["GET", "HEAD", "POST"])
def event_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the evening and its house rules; what winners owe follows at once."""
    access = open_event(request.user, slug, "host")
    initial = {"seen": house_rules.mark(access.event)}
    form = EventForm(request.POST or None, instance=access.event, initial=initial)
    if request.method == "POST" and form.is_valid():
        event, at = form.save(commit=False), timezone.now()
        changed = [name for name in form.changed_data if name != "seen"]
        words = ", ".join(str(form.fields[name].label) for name in changed)
        seen = form.cleaned_data["seen"]
        try:
            house_rules.save(
                event, changed, by=request.user, at=at, seen=seen, words=words
            )
        except house_rules.RoomTooSmall as error:
            form.add_error("capacity", _too_small(error.heads))
        except house_rules.SavedMeanwhile as error:
            return _conflict(request, access, form, error.now)
        else:
            owes_anew = not RULES.isdisjoint(changed)
            text = _("Saved. What winners owe follows the new rules.")
            messages.success(request, text if owes_anew else _("Saved."))
            return redirect(event)
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "events/event_form.html", context, status=status)


def _conflict(
    request: HttpRequest, access: Access, form: EventForm, now: Event
) -> HttpResponse:
    """What somebody else saved beside what was typed; the next press may save."""
    stands = EventForm(instance=now)
    differing = [
        (stands[name], _shown(stands[name]), _shown(form[name]))
        for name in form.fields
        if name != "seen" and _shown(stands[name]) != _shown(form[name])
    ]
    typed = request.POST.copy()
    typed["seen"] = house_rules.mark(now)
    last = now.activities.filter(verb=_("changed settings")).first()
    context = {
        "event": now,
        "roles": access.roles,
        "form": EventForm(typed, instance=Event.objects.get(pk=now.pk)),
        "differing": differing,
        "saved_by": last.actor_name if last else "",
    }
    return render(request, "events/event_form.html", context, status=409)


def _shown(field: BoundField) -> str:
    """What a field says, in the words a reader of the form sees."""
    value = field.value()
    if isinstance(field.field, BooleanField):
        return _("yes") if field.field.to_python(value) else _("no")
    if isinstance(field.field, ChoiceField):
        return str(dict(field.field.choices).get(value, value))
    said = field.field.widget.format_value(value)
    return "" if said is None else str(said).replace("T", " ", 1)


def _too_small(heads: int) -> str:
    return ngettext(
        "%(n)d person has said yes already.",
        "%(n)d people have said yes already.",
        heads,
    ) % {"n": heads}
