"""Shapes of what the door asks of a host, and of a host's answer."""

from django import forms
from django.utils.translation import gettext_lazy

from guests.forms.desk import MAX_ID, ReasonForm
from losers_lounge.form_errors import sentences
from losers_lounge.forms import LineField

MAX_REASON = 300
DECISIONS = (("grant", gettext_lazy("Yes")), ("refuse", gettext_lazy("Not tonight")))


class AskForm(forms.Form):
    """Somebody without a seat: a guest, a nominee, or a name that was typed."""

    nonce = forms.CharField(max_length=64)
    name = LineField(max_length=200, required=False)
    guest = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    nominee = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    reason = LineField(max_length=MAX_REASON, required=False)


class DecideForm(forms.Form):
    """What a host says to a request."""

    decision = forms.ChoiceField(choices=DECISIONS)
    words = LineField(max_length=MAX_REASON, required=False)


class PinForm(forms.Form):
    """A host beside the checker: who they are, and the six digits only they know."""

    host = forms.IntegerField(
        min_value=1,
        max_value=MAX_ID,
        error_messages={"required": gettext_lazy("Which host are you?")},
    )
    pin = forms.CharField(
        max_length=20,
        error_messages={"required": gettext_lazy("Type your six digits.")},
    )

    def clean_pin(self) -> str:
        return self.cleaned_data["pin"].replace(" ", "")


class PinDecideForm(DecideForm, PinForm):
    """A host's answer on the checker's phone."""


class WaiveForm(ReasonForm):
    """Let somebody off, with a reason; a host who is signed in needs no PIN."""


class PinWaiveForm(ReasonForm, PinForm):
    """The same by a host on the checker's phone."""


def first_error(form: forms.Form) -> str:
    """The first thing that is wrong, in its own words."""
    return next(iter(sentences(form)), "")
