"""Shapes of what finance and donors type about receipts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.fields import DollarsField
from losers_lounge.forms import LineField, PlainForm


class CorrectReceiptForm(PlainForm):
    """How a donor is rightly named and reached."""

    name = LineField(label=_("Name of the donor"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)


class EstimatesForm(PlainForm):
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
