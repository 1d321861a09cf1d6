"""An event and its house rules in one form; validate and clean, nothing else."""

import secrets
from datetime import UTC
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms import sections
from events.forms.fields import (
    CoverField,
    DollarsField,
    LanguageField,
    LocalTimeField,
    zones,
)
from events.forms.keeping import KeepingForm
from events.models import Event
from losers_lounge.names import clean

LOCAL_TIMES = ("doors_at", "starts_at", "ends_at", "rsvp_deadline_at", "names_lock_at")
USUAL_OFFER_HOURS, USUAL_HOLD_MINUTES = 24, 10
ONE_LINE = ("name", "hosted_by", "venue", "address", "charity_name", "charity_address")


class EventForm(KeepingForm):
    """An event with its house rules; times are wall-clock times of its zone."""

    welcome = forms.CharField(
        label=gettext_lazy("Your words to the guests"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = LanguageField(label=gettext_lazy("Letters are written in"))
    cover = CoverField(label=gettext_lazy("What the invitation looks like"))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
    )
    doors_at = LocalTimeField(label=gettext_lazy("Doors open"))
    starts_at = LocalTimeField(label=gettext_lazy("Ceremony begins"))
    ends_at = LocalTimeField(label=gettext_lazy("Party ends"))
    rsvp_deadline_at = LocalTimeField(
        label=gettext_lazy("Guests answer by"),
        required=False,
        help_text=gettext_lazy("If empty, they can answer until you close the event."),
    )
    names_lock_at = LocalTimeField(
        label=gettext_lazy("Names may change until"),
        required=False,
        help_text=gettext_lazy("After that a guest asks, and you decide."),
    )
    offer_hours = forms.IntegerField(
        label=gettext_lazy("Hours a freed seat is kept"),
        required=False,
        min_value=1,
        max_value=240,
        initial=24,
        help_text=gettext_lazy("For the next person on the waiting list."),
    )
    hold_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes in which a result can be undone"),
        required=False,
        min_value=0,
        max_value=120,
        initial=10,
    )
    send_from = forms.TimeField(
        label=gettext_lazy("Bulk mail leaves from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("If both are empty, it leaves at any hour."),
    )
    send_until = forms.TimeField(
        label=gettext_lazy("Bulk mail leaves until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("In the event's own time zone."),
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
        help_text=gettext_lazy("If empty, there is no limit beyond the rule."),
    )
    exempt_tags = forms.CharField(
        label=gettext_lazy("Who owes nothing"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Tags of guests, separated by commas: presenter, host"),
    )

    # What stood when the page was drawn (guests/house_rules.py), sent back with it.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    class Meta:
        model = Event
        fields = (
            "name",
            "hosted_by",
            "welcome",
            "language",
            "cover",
            "venue",
            "address",
            "time_zone",
            "doors_at",
            "starts_at",
            "ends_at",
            "rsvp_deadline_at",
            "names_lock_at",
            "capacity",
            "offer_hours",
            "send_from",
            "send_until",
            "winner_amount_cents",
            "charge_per",
            "cap_cents",
            "plus_one_pays",
            "exempt_tags",
            "second_confirmation_required",
            "hold_minutes",
            "charges_pledges_by_rule",
            "total_is_public",
            "status",
            "keep_guests_days",
        )
        labels = {
            "name": gettext_lazy("Name of the event"),
            "hosted_by": gettext_lazy("Hosts"),
            "venue": gettext_lazy("Venue"),
            "address": gettext_lazy("Address"),
            "status": gettext_lazy("State"),
            "charge_per": gettext_lazy("A winner gives it"),
            "plus_one_pays": gettext_lazy("A winner's plus-one gives too"),
            "second_confirmation_required": gettext_lazy(
                "A second person confirms every result"
            ),
            "charges_pledges_by_rule": gettext_lazy(
                "Then charge saved cards automatically"
            ),
            "total_is_public": gettext_lazy("Show the total to everybody"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = ZoneInfo(self.instance.time_zone or "UTC")
        for name in LOCAL_TIMES:
            value = getattr(self.instance, name)
            if value is not None:
                local = value.astimezone(zone).replace(tzinfo=None)
                # As the page shows it: seconds that nobody typed are no change.
                self.initial[name] = local.replace(second=0, microsecond=0)
        self.initial["exempt_tags"] = ", ".join(self.instance.exempt_tags)
        self.helper = FormHelper()
        self.helper.form_id = "event-form"
        # The summary on top names every error; a browser's bubble shows one.
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(*self.sections())

    def sections(self) -> list[Any]:
        """The form's parts, in the order a host thinks of them."""
        return sections.parts("seen" if "seen" in self.fields else "nonce")

    @property
    def contents(self) -> list[tuple[str, str]]:
        """Where each part begins on the page, and what it is called."""
        return sections.contents(self.helper.layout)

    def clean_exempt_tags(self) -> list[str]:
        typed = self.cleaned_data["exempt_tags"].split(",")
        return [tag.strip() for tag in typed if tag.strip()]

    def clean_offer_hours(self) -> int:
        return self.cleaned_data["offer_hours"] or USUAL_OFFER_HOURS

    def clean_hold_minutes(self) -> int:
        typed = self.cleaned_data["hold_minutes"]
        return USUAL_HOLD_MINUTES if typed is None else typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_window(cleaned)
        for name in ONE_LINE:
            if name in cleaned:
                self._clean_line(name)
        for name in LOCAL_TIMES:
            if cleaned.get(name) is not None:
                self._place_in_zone(name, cleaned.get("time_zone"))
        begins = [cleaned.get("starts_at"), cleaned.get("doors_at")]
        ends = cleaned.get("ends_at")
        self.check_end(ends)
        if ends and any(begin and ends <= begin for begin in begins):
            self.add_error(
                "ends_at", _("The party has to end after it begins and doors open.")
            )
        return cleaned

    def _check_window(self, cleaned: dict[str, Any]) -> None:
        begins, ends = cleaned.get("send_from"), cleaned.get("send_until")
        if (begins is None) != (ends is None):
            self.add_error("send_until", _("Fill in both hours, or neither."))
        elif begins is not None and begins == ends:
            self.add_error("send_until", _("Nothing could leave in no time at all."))

    def _clean_line(self, name: str) -> None:
        """One line without control characters, and still of a length that fits."""
        field, line = self.fields[name], clean(self.cleaned_data[name])
        self.cleaned_data[name] = line
        if field.required and not line:
            self.add_error(name, field.error_messages["required"])
        elif len(line) > field.max_length:
            limit = {"limit_value": field.max_length}
            words = MaxLengthValidator.message
            self.add_error(name, forms.ValidationError(words, params=limit))

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


# Of its state nothing is asked before there is an evening.
UNASKED = ("status", "keep_guests_days")


class NewEventForm(EventForm):
    """The same, with the charity, which is chosen once."""

    seen = keep_guests_days = None
    nonce = forms.CharField(
        required=False,
        max_length=64,
        widget=forms.HiddenInput,
        initial=partial(secrets.token_urlsafe, 16),
    )

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
        evening, where, seats, rules, _state, press = super().sections()
        return [evening, where, seats, sections.charity(), rules, press]

    class Meta(EventForm.Meta):
        fields = tuple(name for name in EventForm.Meta.fields if name not in UNASKED)
