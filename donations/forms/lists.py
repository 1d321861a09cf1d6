"""The shape of what is looked for in a list."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from donations.gift_list import GiftFilter
from donations.models import Donation
from losers_lounge.forms import PlainForm


def _day(label: str) -> forms.DateField:
    """A day of this century: what is beyond no clock can reach."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[
            MinValueValidator(date(2000, 1, 1)),
            MaxValueValidator(date(2100, 1, 1)),
        ],
    )


class GiftFilterForm(PlainForm):
    """Which donations are looked for; whatever cannot be read is not asked."""

    name = forms.CharField(label=_("Donor"), max_length=200, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    purpose = forms.ChoiceField(label=_("For"), required=False)
    source = forms.ChoiceField(label=_("Paid through"), required=False)
    first_day = _day(_("From"))
    last_day = _day(_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("All"))]
        self.fields["state"].choices = everything + Donation.State.choices
        self.fields["purpose"].choices = everything + Donation.Purpose.choices
        self.fields["source"].choices = everything + Donation.Source.choices

    def wanted(self) -> GiftFilter:
        """The filter that was asked for, as far as it makes sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return GiftFilter(**found)
