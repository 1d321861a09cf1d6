"""Who is to be on the team, and in which role."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from events.forms.fields import plain_helper
from events.models import Member


class MemberForm(forms.Form):
    """Somebody for the team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    # Nobody gets the strongest role because it is the first.
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", gettext_lazy("Choose a role")), *Member.Role.choices],
        error_messages={"required": gettext_lazy("Choose a role.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class RoleForm(forms.Form):
    """Another role for somebody who is on the team."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Member.Role.choices)
