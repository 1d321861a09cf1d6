"""Shapes of what the trophy desk types, presses and photographs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from guests.forms.desk import MAX_ID
from guests.models import TrophyOutcome
from guests.trophies import Intake, Statue
from guests.trophies.statues import Outcome
from losers_lounge.forms import LineField, PhotoField

OFF = {"autocomplete": "off"}
# How an owner was known, as the custody log says it.
# Kept in English, and told when read.
IDENTITIES = {
    "id": gettext_noop("photo ID shown"),
    "face": gettext_noop("known by face"),
    "photo": gettext_noop("matches a photo of them"),
}


class PhotoForm(forms.Form):
    photo = PhotoField(label=gettext_lazy("Photo"))


class TrophyForm(forms.Form):
    """A tag for a statue, for which win, and how it came."""

    nomination = forms.TypedChoiceField(
        label=gettext_lazy("Which trophy"), coerce=int, required=False, empty_value=None
    )
    tag = LineField(
        label=gettext_lazy("Tag"),
        max_length=20,
        error_messages={"required": gettext_lazy("Which tag is on it?")},
        widget=forms.TextInput(attrs={**OFF, "autocapitalize": "characters"}),
    )
    photo = PhotoField(label=gettext_lazy("Photo"), required=False)
    shelf = LineField(
        label=gettext_lazy("Shelf"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    inscription = LineField(
        label=gettext_lazy("Inscription"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    condition = LineField(
        label=gettext_lazy("Condition"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )

    def __init__(
        self, *args: Any, statues: Sequence[Statue] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.nomination_id, row.category) for row in statues]
        self.fields["nomination"].choices = choices
        self.fields["nomination"].error_messages["invalid_choice"] = _(
            "That trophy is already here, or was not won."
        )
        if len(choices) <= 1:
            self.fields["nomination"].widget = forms.HiddenInput()
            self.initial.setdefault("nomination", choices[0][0] if choices else None)

    @property
    def intake(self) -> Intake:
        """What it says, once it is valid."""
        noted = dict(self.cleaned_data)
        return Intake(nomination_id=noted.pop("nomination"), **noted)


class ShelfForm(forms.Form):
    shelf = LineField(max_length=40, required=False)


class OutcomeForm(forms.Form):
    """Why a statue is not here; a host's PIN where a host's word is needed."""

    nomination = forms.IntegerField(min_value=1, max_value=MAX_ID)
    outcome = forms.ChoiceField(choices=TrophyOutcome.Outcome)
    words = LineField(max_length=200, required=False)
    host = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    pin = forms.CharField(required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_let_off = cleaned.get("outcome") == Outcome.LET_OFF
        if is_let_off and not cleaned.get("words"):
            self.add_error("words", _("Say briefly why they may keep it."))
        return cleaned


class IdentityForm(forms.Form):
    """How the owner was known: one press."""

    identity = forms.ChoiceField(
        choices=list(IDENTITIES.items()),
        error_messages={"required": gettext_lazy("How do you know it is them?")},
    )

    def clean_identity(self) -> str:
        return IDENTITIES[self.cleaned_data["identity"]]


class ProxyForm(forms.Form):
    """Who comes for the owner; a host who decides gives a reason besides."""

    to = LineField(
        label=gettext_lazy("Who fetches it?"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Write the name of the person fetching it.")
        },
        widget=forms.TextInput(attrs=OFF),
    )
    reason = LineField(max_length=200, required=False)


class OneTimeCodeForm(forms.Form):
    """Six digits, said aloud: spaces between them are no mistake."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        error_messages={"required": gettext_lazy("Type the six digits.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class SafeForm(forms.Form):
    """Which statues stay overnight, and who saw them locked up."""

    trophy = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": gettext_lazy("Tick the trophies that stay.")},
    )
    second = LineField(max_length=200, required=False)

    def __init__(self, *args: Any, ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trophy"].choices = [(pk, pk) for pk in ids]
