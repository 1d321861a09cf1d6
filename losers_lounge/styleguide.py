"""Every component in every state, for the eyes of developers: /styleguide/.

Wired into the URLs only where DEBUG is on; the design test renders it everywhere.
"""

from datetime import UTC, datetime
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

EVENT = SimpleNamespace(
    name="Losers Lounge 2013",
    slug="losers-lounge-2013",
    hosted_by="Amy Poehler and Jon Hamm",
    venue="Soho House",
    address="9200 Sunset Boulevard, West Hollywood",
    time_zone="America/Los_Angeles",
    doors_at=datetime(2013, 9, 23, 3, 30, tzinfo=UTC),
    starts_at=datetime(2013, 9, 23, 4, 0, tzinfo=UTC),
    charity="Worldwide Orphans Foundation",
)
STEPS = [
    {"title": "Set the scene", "text": "Where, when, for whom.", "state": "done"},
    {"title": "Build the guest list", "text": "Paste it or import it.", "url": "#"},
    {"title": "Send the invitations", "text": "Try one on yourself first."},
]
STEPS[1]["state"], STEPS[2]["state"] = "current", "todo"
TONES = {
    "good": "Coming",
    "waiting": "No answer yet",
    "bad": "Bounced",
    "info": "Waiting list",
    "muted": "Not coming",
}
DOOR = {
    "green": ("Come on in", "Amy Poehler", ["Lost Lead Actress in a Comedy Series"]),
    "gold": ("$1,000 and a trophy", "Tina Fey", ["Won Outstanding Writing"]),
    "blue": ("In for now", "Jon Hamm", ["Lead Actor is still open: may owe later"]),
    "grey": ("Not on the list", "A. Baldwin", ["Check the name with the host"]),
    "red": ("Not tonight", "The one who knows why", ["Blocked by the host"]),
}


class SampleForm(forms.Form):
    name = forms.CharField(label="Name of the evening", help_text="As on the card.")
    email = forms.EmailField(label="Your e-mail address")
    zone = forms.ChoiceField(
        label="Time zone", choices=[("", "Choose"), ("la", "Los Angeles")]
    )
    starts_at = forms.DateTimeField(
        label="Starts at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    welcome = forms.CharField(label="Your words", widget=forms.Textarea, required=False)
    plus_one_pays = forms.BooleanField(
        label="A winner's plus-one pays too", required=False, help_text="Rarely wise."
    )
    answer = forms.ChoiceField(
        label="Coming?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="Guest list", required=False)


def context() -> dict[str, object]:
    return {
        "event": EVENT,
        "roles": {"host", "results", "door", "finance"},
        "form": SampleForm({"name": "", "email": "amy@"}),
        "clean_form": SampleForm(),
        "steps": STEPS,
        "tones": TONES,
        "door": DOOR,
        "as_of": datetime(2013, 9, 23, 6, 2, tzinfo=UTC),
        "icons": ICONS.split(),
        "fields": {"guest": "7"},
    }


ICONS = (
    "check cross clock info warning dash ticket calendar pin trophy bottle search "
    "camera back forward undo download mail people money door star plus more stop "
    "question"
)


@login_not_required
def page(request: HttpRequest, name: str = "team") -> HttpResponse:
    return render(request, f"styleguide/{name}.html", context())


urlpatterns = [
    path("styleguide/", page),
    path("styleguide/guest/", page, {"name": "guest"}),
    path("styleguide/door/", page, {"name": "door"}),
]
