"""How long an evening's guests are kept; the hosts may shorten it."""

from django import forms
from django.utils.translation import gettext_lazy

LEAST_DAYS, MOST_DAYS = 30, 90


class KeepingForm(forms.ModelForm):
    """The days after the evening, of which nothing typed means as many as may be."""

    keep_guests_days = forms.IntegerField(
        label=gettext_lazy("Days the guests are kept"),
        required=False,
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        help_text=gettext_lazy(
            "So long after the evening names, addresses, notes and photos are"
            " forgotten. Answers, figures and money stay."
        ),
    )

    def clean_keep_guests_days(self) -> int:
        return self.cleaned_data["keep_guests_days"] or MOST_DAYS
