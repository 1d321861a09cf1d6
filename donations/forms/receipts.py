"""Shapes of what finance and donors type about receipts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.fields import DollarsField, plain_helper
from losers_lounge.names import clean


class LineField(forms.CharField):
    """One clean line; marks and spaces alone are nothing."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value))


class CorrectReceiptForm(forms.Form):
    """How a donor is rightly named and reached."""

    name = LineField(label=_("Name of the donor"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class EstimatesForm(forms.Form):
    """What admission and a bottle are worth, who says so, and the charity's words."""

    admission = DollarsField(label=_("Admission is worth"))
    bottle = DollarsField(label=_("An engraved bottle is worth"))
    who = LineField(
        label=_("Estimated by"),
        required=False,
        max_length=200,
        help_text=_("Named on every receipt: the person at the charity who knows."),
    )
    words = forms.CharField(
        label=_("The charity's own words on every receipt"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class CreditForm(forms.Form):
    """How a donor is named in public."""

    credit_name = LineField(
        label=_("Your name in public"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty to give without being named."),
    )


class WishForm(forms.Form):
    """What a donor says is wrong on the receipt."""

    words = LineField(
        label=_("What should it say?"),
        max_length=200,
        help_text=_("Your full name, or another e-mail address."),
    )
