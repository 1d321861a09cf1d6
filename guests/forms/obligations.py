"""What a host decides about something that is owed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from guests.door.waivers import REASON_LENGTH
from losers_lounge.forms import LineField


class DecisionForm(forms.Form):
    """Let somebody off and say why, go on asking, or ask for it after all."""

    WAIVE, KEEP, TAKE_BACK = "waive", "keep", "take_back"

    do = forms.ChoiceField(choices=[(do, do) for do in (WAIVE, KEEP, TAKE_BACK)])
    reason = LineField(max_length=REASON_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        said = cleaned.get("reason") or "reason" in self.errors
        if cleaned.get("do") == self.WAIVE and not said:
            self.add_error("reason", _("Say briefly why you waive it."))
        return cleaned
