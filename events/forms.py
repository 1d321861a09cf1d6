"""Shapes of what hosts type about an event; validate and clean, nothing else."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event, Member
from losers_lounge.money import NotAnAmount, format_cents, parse_cents
from losers_lounge.names import clean

LOCAL_TIMES = ("doors_at", "starts_at", "ends_at", "rsvp_deadline_at")
ONE_LINE = ("name", "hosted_by", "venue", "address", "charity_name", "charity_address")
# A year that every zone can still turn into UTC and back.
WALL_CLOCK = re.compile(
    r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
)
MOST_CENTS = 99_999_999  # Stripe's largest charge


class DollarsField(forms.Field):
    """Dollars as people type them, integer cents inside."""

    def __init__(self, *, min_cents: int = 0, **kwargs: Any) -> None:
        self.min_cents = min_cents
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "maxlength": 20}

    def prepare_value(self, value: Any) -> Any:
        return format_cents(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or not value.strip():
            return None
        try:
            cents = parse_cents(value)
        except NotAnAmount:
            raise forms.ValidationError(
                _("Type an amount like 1,000.00, in dollars.")
            ) from None
        if not self.min_cents <= cents <= MOST_CENTS:
            raise forms.ValidationError(
                _("Type an amount from %(least)s to %(most)s.")
                % {
                    "least": format_cents(self.min_cents),
                    "most": format_cents(MOST_CENTS),
                }
            )
        return cents

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != data


class LocalTimeField(forms.DateTimeField):
    """A wall-clock time; the form gives it the event's zone."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )

    def to_python(self, value: Any) -> datetime | None:
        # Naive on purpose: forms.DateTimeField would give it the server's zone.
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        try:
            typed = WALL_CLOCK.fullmatch(value.strip())
            return datetime.fromisoformat(typed[0] if typed else "")
        except ValueError:
            raise forms.ValidationError(
                _("Type a date and a time, such as 2013-09-22 20:30.")
            ) from None


class EventForm(forms.ModelForm):
    """An event with its house rules; times are wall-clock times of its zone."""

    welcome = forms.CharField(
        label=gettext_lazy("Your words to the guests"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in _zones()],
    )
    doors_at = LocalTimeField(label=gettext_lazy("Doors open"))
    starts_at = LocalTimeField(label=gettext_lazy("Ceremony begins"))
    ends_at = LocalTimeField(label=gettext_lazy("Party ends"))
    rsvp_deadline_at = LocalTimeField(
        label=gettext_lazy("Answers until"),
        required=False,
        help_text=gettext_lazy("Empty: until you close the event."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Seats"), min_value=1, max_value=1_000_000
    )
    winner_amount_cents = DollarsField(
        label=gettext_lazy("A winner gives"), min_cents=50, initial=100_000
    )
    cap_cents = DollarsField(
        label=gettext_lazy("At most per person"),
        min_cents=50,
        required=False,
        help_text=gettext_lazy("Empty: no limit beyond the rule."),
    )
    exempt_tags = forms.CharField(
        label=gettext_lazy("Who owes nothing"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Tags of guests, separated by commas: presenter, host"),
    )

    class Meta:
        model = Event
        fields = (
            "name",
            "hosted_by",
            "welcome",
            "venue",
            "address",
            "time_zone",
            "doors_at",
            "starts_at",
            "ends_at",
            "rsvp_deadline_at",
            "capacity",
            "winner_amount_cents",
            "charge_per",
            "cap_cents",
            "plus_one_pays",
            "exempt_tags",
            "second_confirmation_required",
            "total_is_public",
            "status",
        )
        labels = {
            "name": gettext_lazy("Name of the event"),
            "hosted_by": gettext_lazy("Hosts"),
            "charge_per": gettext_lazy("A winner gives it"),
            "plus_one_pays": gettext_lazy("A winner's plus-one gives too"),
            "second_confirmation_required": gettext_lazy(
                "A second person confirms every result"
            ),
            "total_is_public": gettext_lazy("Show the total to everybody"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = ZoneInfo(self.instance.time_zone or "UTC")
        for name in LOCAL_TIMES:
            value = getattr(self.instance, name)
            if value is not None:
                self.initial[name] = value.astimezone(zone).replace(tzinfo=None)
        self.initial["exempt_tags"] = ", ".join(self.instance.exempt_tags)
        self.helper = FormHelper()
        # The summary on top names every error; a browser's bubble shows one.
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(*self.sections())

    def sections(self) -> list[Any]:
        """The form's parts, in the order a host thinks of them."""
        return [
            Fieldset(_("The evening"), "name", "hosted_by", "welcome"),
            Fieldset(
                _("Where and when"),
                "venue",
                "address",
                "time_zone",
                Row(Column("doors_at"), Column("starts_at"), Column("ends_at")),
                Row(Column("rsvp_deadline_at"), Column("capacity")),
            ),
            Fieldset(
                _("House rules"),
                Row(
                    Column("winner_amount_cents"),
                    Column("charge_per"),
                    Column("cap_cents"),
                ),
                "exempt_tags",
                "plus_one_pays",
                "second_confirmation_required",
                "total_is_public",
            ),
            Fieldset(_("State"), "status"),
            Submit("save", _("Save"), css_class="button"),
        ]

    def clean_exempt_tags(self) -> list[str]:
        typed = self.cleaned_data["exempt_tags"].split(",")
        return [tag.strip() for tag in typed if tag.strip()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ONE_LINE:
            if name in cleaned:
                self._clean_line(name)
        for name in LOCAL_TIMES:
            if cleaned.get(name) is not None:
                self._place_in_zone(name, cleaned.get("time_zone"))
        begins = [cleaned.get("starts_at"), cleaned.get("doors_at")]
        ends = cleaned.get("ends_at")
        if ends and any(begin and ends <= begin for begin in begins):
            self.add_error(
                "ends_at", _("The party has to end after it begins and doors open.")
            )
        return cleaned

    def _clean_line(self, name: str) -> None:
        """One line without control characters, and still of a length that fits."""
        field, line = self.fields[name], clean(self.cleaned_data[name])
        self.cleaned_data[name] = line
        if field.required and not line:
            self.add_error(name, field.error_messages["required"])
        elif len(line) > field.max_length:
            words = _("Use at most %(n)d letters.") % {"n": field.max_length}
            self.add_error(name, words)

    def _place_in_zone(self, name: str, time_zone: str | None) -> None:
        """Make a wall-clock time a moment; without a zone it is none."""
        local = self.cleaned_data.pop(name)
        if not time_zone:
            return
        aware = local.replace(tzinfo=ZoneInfo(time_zone))
        there = aware.astimezone(UTC).astimezone(aware.tzinfo)
        if there.replace(tzinfo=None) == local:
            self.cleaned_data[name] = aware
        else:
            self.add_error(
                name, _("The clocks skip this hour that night. Pick another time.")
            )


class NewEventForm(EventForm):
    """The same, with the charity, which is chosen once."""

    charity_name = forms.CharField(
        label=gettext_lazy("Charity, legal name"), max_length=200
    )
    charity_ein = forms.CharField(
        label=gettext_lazy("EIN"), max_length=20, required=False
    )
    charity_address = forms.CharField(
        label=gettext_lazy("Postal address"), max_length=300, required=False
    )

    def sections(self) -> list[Any]:
        charity = Fieldset(
            _("Charity"),
            Row(Column("charity_name"), Column("charity_ein")),
            "charity_address",
        )
        evening, where, rules, _state, save = super().sections()
        return [evening, where, charity, rules, save]

    class Meta(EventForm.Meta):
        fields = tuple(name for name in EventForm.Meta.fields if name != "status")


@cache
def _zones() -> list[str]:
    """Zones of places, the way people name them; read from the disk once."""
    return sorted(name for name in available_timezones() if "/" in name) + ["UTC"]


class MemberForm(forms.Form):
    """Somebody for the team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Member.Role.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
