"""Shapes of what principals and readers type about where mail goes."""

from django import forms
from django.utils.translation import gettext_lazy

from losers_lounge.forms import PlainForm


class OwnAddressForm(PlainForm):
    email = forms.EmailField(label=gettext_lazy("Your own address"), max_length=254)


class LostLinkForm(PlainForm):
    email = forms.EmailField(
        label=gettext_lazy("The address we wrote to"), max_length=254
    )
