"""What a host types to have the same evening again."""

import secrets
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event
from losers_lounge.forms import LineField, PlainForm

FIRST_YEAR, LAST_YEAR = 1970, 2150


class DuplicateForm(PlainForm):
    """The same evening on another day: its name, and the day."""

    name = LineField(label=gettext_lazy("Name of the event"), max_length=200)
    day = forms.DateField(
        label=gettext_lazy("Doors open on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("All other times move by the same number of days."),
    )
    nonce = forms.CharField(
        required=False,
        max_length=64,
        widget=forms.HiddenInput,
        initial=partial(secrets.token_urlsafe, 16),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        doors = event.doors_at.astimezone(event.zone).date()
        kwargs["initial"] = {"name": event.name, "day": doors + timedelta(days=364)}
        super().__init__(*args, **kwargs)

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Type a date like 2014-09-21, not a lifetime away.")
            )
        return day
