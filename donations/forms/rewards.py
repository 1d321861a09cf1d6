"""Shapes of what is typed and pressed about bottles, by donors and by the team."""

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.rewards import NotEngravable, checked
from donations.rewards.words import PLATE
from losers_lounge.forms import LineField, PhotoField
from losers_lounge.names import clean


class WordsForm(forms.Form):
    """What is to be engraved, as it will be."""

    text = forms.CharField(
        max_length=1_000,
        error_messages={"required": _("Write at least a name.")},
    )

    def clean_text(self) -> str:
        try:
            return checked(self.cleaned_data["text"])
        except NotEngravable as refusal:
            raise forms.ValidationError(refusal.problems) from refusal


class PictureForm(forms.Form):
    """A picture of the proof; without one the label is drawn."""

    picture = PhotoField(required=False)


class ProofForm(forms.Form):
    """Which proof was looked at."""

    proof = forms.CharField(max_length=40)


class RemarkForm(forms.Form):
    remark = LineField(
        max_length=300, error_messages={"required": _("Say what should be different.")}
    )


class AddressForm(forms.Form):
    """Where to send it; empty: it is handed over in person."""

    ship_to = forms.CharField(max_length=400, required=False)
    is_of_age = forms.BooleanField(required=False)

    def clean_ship_to(self) -> str:
        lines = (clean(line) for line in self.cleaned_data["ship_to"].splitlines())
        return "\n".join(line for line in lines if line)


class HandOverForm(forms.Form):
    """Who took it, and that somebody looked at their ID and read the label again."""

    to = LineField(max_length=200, error_messages={"required": _("Write who took it.")})
    is_of_age = forms.BooleanField(required=False)
    was_read = forms.BooleanField(
        error_messages={"required": _("Read the label aloud to them, then tick it.")}
    )


class BatchForm(forms.Form):
    """Which bottles go to the engraver, by their ids."""

    bottle = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Tick the bottles to send.")}
    )

    def __init__(self, *args: object, ids: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bottle"].choices = [(pk, pk) for pk in ids]


# What a page tells a browser, so that it can say the same while somebody types.
PLATE_DATA = {
    "lines": PLATE.lines,
    "line_length": PLATE.line_length,
    "characters": "".join(sorted(PLATE.characters)),
}
