"""Fields for what hosts type: money as people write it, times as clocks show them."""

import re
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.layout import Field
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from events.models import Cover
from losers_lounge.languages import ENGLISH
from losers_lounge.money import NotAnAmount, format_cents, parse_cents
from losers_lounge.telling import told_cents

# A year that every zone can still turn into UTC and back.
WALL_CLOCK = re.compile(
    r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
)
MOST_CENTS = 99_999_999  # Stripe's largest charge
COVER = Field("cover", template="events/_cover_choice.html")


class OptionalChoiceField(forms.ChoiceField):
    """A page that does not ask leaves the choice as it is."""

    def clean(self, value: Any) -> str:
        return "" if value is None else super().clean(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data is not None and super().has_changed(initial, data)


class CoverField(OptionalChoiceField):
    """One of the covers, as pictures."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.RadioSelect
        super().__init__(choices=Cover, widget=widget, initial=Cover.PLINTH, **kwargs)


def zones() -> list[tuple[str, str]]:
    """Zones of places, as people name them, beside the name that is kept."""
    return [(name, name.replace("_", " ")) for name in _zones()]


@cache
def _zones() -> list[str]:
    """Read from the disk once."""
    return sorted(name for name in available_timezones() if "/" in name) + ["UTC"]


class LanguageField(OptionalChoiceField):
    """One of those spoken here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=settings.LANGUAGES, initial=ENGLISH, **kwargs)


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
                    "least": told_cents(self.min_cents),
                    "most": told_cents(MOST_CENTS),
                }
            )
        return cents

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Nothing kept and nothing typed are the same nothing.
        return (self.prepare_value(initial) or "") != (data or "")


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
            raise forms.ValidationError(self.error_messages["invalid"]) from None
