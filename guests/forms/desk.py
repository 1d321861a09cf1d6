"""Shapes of what the results desk, the door and the trophy desk press and type."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Nomination
from losers_lounge.forms import LineField

MAX_ID = 2**63 - 1


class VersionForm(forms.Form):
    """Which state of a category the page had shown."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class ConfirmForm(VersionForm):
    """`sheet`: which impact sheet was read, where the draft is a correction."""

    sheet = forms.CharField(max_length=64, required=False)


class ChoiceForm(forms.Form):
    """Who won: one, several for a tie, or nobody."""

    winners = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Winners"), coerce=int, required=False
    )
    nobody = forms.BooleanField(label=gettext_lazy("Nobody won"), required=False)

    def __init__(
        self, *args: Any, nominations: list[Nomination], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["winners"].choices = [(row.pk, str(row)) for row in nominations]
        self.fields["winners"].error_messages["invalid_choice"] = _(
            "That nomination is not in this category."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "winners" in cleaned:
            self._check(cleaned["winners"], cleaned["nobody"])
        return cleaned

    def _check(self, winners: list[int], is_nobody: bool) -> None:
        if winners and is_nobody:
            text = _("Either somebody won or nobody did: clear one of the two.")
            self.add_error("winners", text)
        elif not winners and not is_nobody:
            text = _("Choose who won, or “Nobody won”.")
            self.add_error("winners", text)


class AnnounceForm(ChoiceForm, VersionForm):
    """Who won, said on a page that had shown the category in this version."""


class PressForm(forms.Form):
    """One press at the door, named so that a repeated one is known.

    `card` is the card it was pressed on: a plus-one is let in from the guest's.
    """

    nonce = forms.CharField(max_length=64)
    card = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class AdmitForm(PressForm):
    """`after_all`: pressed in the knowledge that somebody sent this person away."""

    after_all = forms.BooleanField(required=False)


class ReasonForm(PressForm):
    reason = LineField(
        label=gettext_lazy("What happened?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say briefly what happened.")},
    )


class CodeForm(forms.Form):
    """What a pass says, typed or read by a scanner: its address or the code alone."""

    code = forms.CharField(max_length=500)

    def clean_code(self) -> str:
        return self.cleaned_data["code"].strip().rstrip("/").rpartition("/")[2]
