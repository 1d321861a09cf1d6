"""Shapes of what hosts and phones say when a phone is paired, and of a PIN."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms import LocalTimeField
from events.models import Event
from guests.door import devices, pins
from guests.models import Device
from losers_lounge.forms import LineField, PlainForm

MOST_SCANS = 100_000


class PhoneForm(PlainForm):
    """Who holds a phone, at which desk, and until when by the event's clock."""

    name = LineField(
        label=gettext_lazy("Who holds it?"),
        max_length=100,
        help_text=gettext_lazy("The door's log will show this name."),
        error_messages={"required": gettext_lazy("Write who holds the phone.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Desk"),
        choices=Device.Role.choices,
        initial=Device.Role.DOOR,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The trophy desk takes trophies in and lets nobody in."),
    )
    until = LocalTimeField(label=gettext_lazy("Until"))

    def __init__(self, *args: Any, event: Event, at: datetime, **kwargs: Any) -> None:
        self.event, self.at = event, at
        super().__init__(*args, **kwargs)
        usual = devices.usual_end(event, at).astimezone(event.zone)
        self.initial.setdefault("until", usual.replace(tzinfo=None))
        self.fields["until"].help_text = _(
            "In %(zone)s time, at most a day from now. You can shut it out at any time."
        ) % {"zone": event.zone_name}

    def clean_until(self) -> datetime:
        typed = self.cleaned_data["until"]
        moment = typed.replace(tzinfo=self.event.zone).astimezone(UTC)
        if moment <= self.at:
            raise forms.ValidationError(
                _("That time has already passed. Pick a later one.")
            )
        if moment > self.at + devices.LASTS_AT_MOST:
            raise forms.ValidationError(
                _("A phone is let in for a day at most. Pick an earlier hour.")
            )
        return moment


class PinForm(PlainForm):
    """A PIN, typed twice since nobody sees it."""

    pin = forms.CharField(
        label=gettext_lazy("PIN"),
        max_length=20,
        help_text=gettext_lazy("Six digits that nobody would try first."),
        error_messages={"required": gettext_lazy("Type six digits.")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"),
        max_length=20,
        error_messages={"required": gettext_lazy("Type the six digits once more.")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off"}
        ),
    )

    def clean_pin(self) -> str:
        pin = self.cleaned_data["pin"].replace(" ", "")
        if pins.is_weak(pin):
            text = _("A PIN is six digits, and none like 123456, 000000 or 121212.")
            raise forms.ValidationError(text)
        return pin

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        again = cleaned.get("again", "").replace(" ", "")
        if "pin" in cleaned and "again" in cleaned and again != cleaned["pin"]:
            self.add_error(
                "again",
                _("These digits do not match the ones above. Type the same six twice."),
            )
        return cleaned


class MomentField(forms.Field):
    """A moment as a phone writes it: ISO 8601 with its offset."""

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            moment = parse_datetime(value) if isinstance(value, str) else None
            # Out of the calendar in UTC is no moment either.
            return moment.astimezone(UTC) if moment and moment.tzinfo else self._no()
        except (ValueError, OverflowError):
            return self._no()

    def _no(self) -> None:
        raise forms.ValidationError("not a moment")


class BeatForm(forms.Form):
    """What a phone says of itself."""

    queued = forms.IntegerField(min_value=0, max_value=MOST_SCANS)
    snapshot_at = MomentField(required=False)
    sent_at = MomentField()


class QueueForm(forms.Form):
    """How many scans a phone holds, as it says itself."""

    queued = forms.IntegerField(min_value=0, max_value=MOST_SCANS, required=False)
