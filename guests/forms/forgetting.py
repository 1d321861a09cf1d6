"""What a host types to forget an evening's guests: its name, letter by letter."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event
from losers_lounge.forms import LineField
from losers_lounge.names import fold


class ForgetForm(forms.Form):
    """The event's name, typed, so that no slip of the hand forgets anybody."""

    name = LineField(
        label=gettext_lazy("Name of the event"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the event's name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, event: Event, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.event = event

    def clean_name(self) -> str:
        typed = self.cleaned_data["name"]
        if fold(typed) != fold(self.event.name):
            raise forms.ValidationError(_("That is not this event's name."))
        return typed
