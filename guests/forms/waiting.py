"""Shapes of what a host types about the waiting list."""

from django import forms
from django.utils.translation import gettext_lazy

from losers_lounge.forms import PlainForm


class ReleaseForm(PlainForm):
    """How many parties of a wave are offered seats by hand, or which guest."""

    parties = forms.IntegerField(
        label=gettext_lazy("How many parties"),
        min_value=1,
        max_value=1_000,
        required=False,
        initial=1,
    )
    wave = forms.IntegerField(
        label=gettext_lazy("From wave"),
        min_value=1,
        max_value=1_000,
        required=False,
        help_text=gettext_lazy("Leave it empty for the next in line."),
    )
    guest = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )
