"""Shapes of what a host says when a night is closed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from losers_lounge.forms import LineField


class WhyForm(forms.Form):
    """A reason that stays on record."""

    reason = LineField(
        label=gettext_lazy("Why?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say briefly why.")},
    )


class HomeForm(WhyForm):
    """The room is empty, by a press that has a name."""

    nonce = forms.CharField(max_length=64)


class OwedForm(forms.Form):
    """What becomes of what people owe: asked for again, or waived with a reason."""

    KEEP, WAIVE = "keep", "waive"

    do = forms.ChoiceField(choices=[(KEEP, KEEP), (WAIVE, WAIVE)])
    obligation = forms.TypedMultipleChoiceField(coerce=int)
    reason = LineField(max_length=300, required=False)

    def __init__(self, *args: Any, ids: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["obligation"].choices = [(pk, pk) for pk in ids]
        words = {
            "required": _("Tick the people it is about."),
            "invalid_choice": _("That has already been decided. Look again."),
        }
        self.fields["obligation"].error_messages.update(words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("do") == self.WAIVE and not cleaned.get("reason"):
            self.add_error("reason", _("Say briefly why you waive it."))
        return cleaned


class SecondForm(forms.Form):
    """Who stood beside when statues went into the safe."""

    second = LineField(
        label=gettext_lazy("Who was with you?"), max_length=200, required=False
    )
