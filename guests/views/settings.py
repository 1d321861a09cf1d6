"""The event's settings. House rules decide who owes, so obligations follow here."""

from copy import copy
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import BooleanField, BoundField, ChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from events import creation
from events.access import HOST, Access, open_event
from events.forms import EventForm, NewEventForm
from events.models import Event
from guests import house_rules
from guests.obligations import HouseRules
from guests.rule_examples import examples
from losers_lounge.telling import in_english

# What decides who owes how much.
RULES = {
    "winner_amount_cents",
    "charge_per",
    "cap_cents",
    "plus_one_pays",
    "exempt_tags",
}
# Fields of the form that are no columns.
ABOUT_THE_PRESS = ("seen", "forgets_now")


@require_http_methods(["GET", "HEAD", "POST"])
def event_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the evening and its house rules; what winners owe follows at once."""
    access = open_event(request.user, slug, HOST)
    initial = {"seen": house_rules.mark(access.event)}
    form = EventForm(request.POST or None, instance=access.event, initial=initial)
    if request.method == "POST" and form.is_valid():
        event, at = form.save(commit=False), timezone.now()
        changed = [name for name in form.changed_data if name not in ABOUT_THE_PRESS]
        said = {
            "words": in_english(partial(_labels, form, changed)),
            "seen": form.cleaned_data["seen"],
            "forgets": form.cleaned_data["forgets_now"],
        }
        try:
            house_rules.save(event, changed, by=request.user, at=at, **said)
        except house_rules.RoomTooSmall as error:
            form.add_error("capacity", _too_small(error.heads))
        except house_rules.WouldForget as error:
            form.ask_to_forget(_forgets(error.people))
        except house_rules.SavedMeanwhile as error:
            return _conflict(request, access, form, error)
        else:
            messages.success(request, _saved(event, changed))
            return redirect(event)
    context = {**access.context, **_shown_form(form, _examples_url(access.event))}
    status = 422 if form.is_bound else 200
    return render(request, "events/event_form.html", context, status=status)


@require_POST
def rule_examples(request: HttpRequest, slug: str) -> HttpResponse:
    """What the rules as typed would come to; nothing of it is stored."""
    access = open_event(request.user, slug, HOST)
    # A copy: a form writes what was typed into the row it is given.
    form = EventForm(request.POST, instance=copy(access.event))
    return _examples(request, form, access.context)


@require_POST
def new_rule_examples(request: HttpRequest) -> HttpResponse:
    """The same for an event that is not there yet."""
    if not creation.may_create(request.user):
        raise Http404
    return _examples(request, NewEventForm(request.POST), {})


def _examples(
    request: HttpRequest, form: EventForm, context: dict[str, Any]
) -> HttpResponse:
    """With htmx the examples alone, else the page with what was typed."""
    form.is_valid()
    context = {**context, **_shown_form(form, request.path)}
    part = "events/_rule_examples.html"
    template = part if request.htmx else "events/event_form.html"
    return render(request, template, context, status=422 if context["wrong"] else 200)


def _shown_form(form: EventForm, examples_url: str) -> dict[str, Any]:
    """The form, and what its house rules come to, or which of them are none."""
    wrong = [form[name] for name in sorted(RULES & form.errors.keys())]
    if form.is_bound and not wrong:
        rules = Event(**{name: form.cleaned_data[name] for name in RULES})
    else:
        rules = form.instance
    return {
        "form": form,
        "wrong": wrong,
        "examples": [] if wrong else examples(HouseRules.of(rules)),
        "examples_url": examples_url,
    }


def _examples_url(event: Event) -> str:
    return reverse("guests:rule_examples", args=[event.slug])


def _conflict(
    request: HttpRequest,
    access: Access,
    form: EventForm,
    meanwhile: house_rules.SavedMeanwhile,
) -> HttpResponse:
    """What somebody else saved beside what was typed; the next press may save."""
    now = meanwhile.now
    stands = EventForm(instance=now)
    differing = [
        (stands[name], _shown(stands[name]), _shown(form[name]))
        for name in form.fields
        if name not in ABOUT_THE_PRESS and _shown(stands[name]) != _shown(form[name])
    ]
    typed = request.POST.copy()
    typed["seen"] = house_rules.mark(now)
    again = EventForm(typed, instance=Event.objects.get(pk=now.pk))
    context = {
        **_shown_form(again, _examples_url(now)),
        "event": now,
        "roles": access.roles,
        "differing": differing,
        "saved_by": meanwhile.by,
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


def _labels(form: EventForm, names: list[str]) -> str:
    return ", ".join(str(form.fields[name].label) for name in names)


def _saved(event: Event, changed: list[str]) -> str:
    """That it is saved, and what follows from it by itself."""
    said = [_("Saved.")]
    if not RULES.isdisjoint(changed):
        said = [_("Saved. What winners owe follows the new rules.")]
    if "keep_guests_days" in changed and event.guests_erased_at is None:
        last = event.guests_kept_until.astimezone(event.zone)
        until = date_format(last, "CALENDAR_DAY")
        said.append(_("Its guests are forgotten on %(day)s.") % {"day": until})
    return " ".join(said)


def _forgets(people: int) -> str:
    return ngettext(
        "%(n)d guest is forgotten within the hour, for good: name, address and notes.",
        "%(n)d guests are forgotten within the hour, for good: names, addresses and"
        " notes.",
        people,
    ) % {"n": people}


def _too_small(heads: int) -> str:
    return ngettext(
        "%(n)d person has said yes already.",
        "%(n)d people have said yes already.",
        heads,
    ) % {"n": heads}
