"""Shapes of what is written down about cash and cheques."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.checkout import LEAST_GIFT_CENTS, Part
from donations.manual_gifts import Taken
from donations.models import Donation, ManualGift
from donations.rewards import propose
from events.forms.fields import DollarsField
from losers_lounge.forms import LineField, PhotoField

OFF = {"autocomplete": "off"}


class TakenForm(forms.Form):
    """What lies on the table: its kind, and a photo of it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=ManualGift.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Is it cash or a check?")},
    )
    cheque_number = LineField(
        label=gettext_lazy("Check number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    photo = PhotoField(
        label=gettext_lazy("Photo of the money"),
        error_messages={"required": gettext_lazy("Take a photo of it first.")},
    )
    note = LineField(
        label=gettext_lazy("Note"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_cheque = cleaned.get("kind") == ManualGift.Kind.CHEQUE
        if is_cheque and not cleaned.get("cheque_number"):
            self.add_error("cheque_number", _("Write the number that is on it."))
        return cleaned

    @property
    def taken(self) -> Taken:
        """What was said, once it is valid."""
        names = ("kind", "photo", "nonce", "cheque_number", "note")
        return Taken(**{name: self.cleaned_data[name] for name in names})


class ManualGiftForm(TakenForm):
    """A free gift by hand; what a winner owes is taken on the list of who owes."""

    donor_name = LineField(
        label=gettext_lazy("Who gives"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write a name.")},
        widget=forms.TextInput(attrs=OFF),
    )
    donor_email = forms.EmailField(
        label=gettext_lazy("E-mail for the receipt"),
        required=False,
        widget=forms.EmailInput(attrs=OFF),
    )
    amount = DollarsField(min_cents=LEAST_GIFT_CENTS, label=gettext_lazy("Amount"))
    for_name = LineField(
        label=gettext_lazy("In whose name, if it is another one"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    field_order = ("donor_name", "donor_email", "amount", "kind", "cheque_number")

    @property
    def part(self) -> Part:
        """The one line of this donation."""
        said = self.cleaned_data
        name = said["for_name"] or said["donor_name"]
        return Part(name, Donation.Purpose.GIFT, said["amount"], propose(name))


class VoidForm(forms.Form):
    reason = LineField(
        max_length=300,
        error_messages={"required": gettext_lazy("Say why it is taken back.")},
    )
