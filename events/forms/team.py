"""Who is to be on the team, and in which role."""

from django import forms
from django.utils.translation import gettext_lazy

from events.models import Member
from losers_lounge.forms import LineField, PlainForm


class MemberForm(PlainForm):
    """Somebody for the team."""

    name = LineField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    # Nobody gets the strongest role because it is the first.
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", gettext_lazy("Choose a role")), *Member.Role.choices],
        error_messages={"required": gettext_lazy("Choose a role.")},
    )


class RoleForm(forms.Form):
    """Another role for somebody who is on the team."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Member.Role.choices)
