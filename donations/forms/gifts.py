"""Shapes of what is said when money goes back, or a bank asks for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.fields import DollarsField


class RefundForm(forms.Form):
    """How much goes back, and why; `nonce` makes two presses one refund."""

    amount = DollarsField(label=_("Give back"), min_cents=1)
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write why, for the people who read the books.")},
    )
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """A sentence that stays beside a decision."""

    words = forms.CharField(
        label=_("In a sentence"),
        max_length=300,
        error_messages={
            "required": _("Write a sentence: it stays beside the decision.")
        },
    )


class EvidenceForm(forms.Form):
    """What the charity has to say besides the records."""

    words = forms.CharField(
        label=_("What happened, in your words"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_words(self) -> Any:
        return self.cleaned_data["words"].strip()
