"""The shape of what a person says about a named exception."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from donations.models import Discrepancy, Donation
from events.models import User

STATES = [("open", _("Open")), ("closed", _("Closed")), ("all", _("All"))]
MINE, NOBODY = "me", "nobody"
WHOSE = [("", _("Anybody's")), (MINE, _("Mine")), (NOBODY, _("Nobody's yet"))]


class ExceptionFilterForm(forms.Form):
    """Which exceptions are listed. Nonsense in the address lists the open ones."""

    state = forms.ChoiceField(
        label=_("State"), choices=STATES, required=False, initial="open"
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    whose = forms.ChoiceField(label=_("Whose"), choices=WHOSE, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", _("Any kind")), *Discrepancy.Kind.choices]

    def chosen(self, rows: QuerySet[Discrepancy], user: User) -> QuerySet[Discrepancy]:
        """Those of the rows that are asked for."""
        self.full_clean()
        wanted = self.cleaned_data
        state = wanted.get("state") or "open"
        if state != "all":
            rows = rows.filter(closed_at__isnull=state == "open")
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("whose") == MINE:
            rows = rows.filter(assigned_to=user)
        elif wanted.get("whose") == NOBODY:
            rows = rows.filter(assigned_to=None)
        return rows


class AssignForm(forms.Form):
    """Who looks into it: one of those who see this money."""

    to = forms.ModelChoiceField(
        label=_("Who looks into it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )

    def __init__(self, *args: Any, team: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = team


class MatchForm(forms.Form):
    """Which donation a payment belongs to: one of those that wait for that amount."""

    donation = forms.ModelChoiceField(
        label=_("Donation"),
        queryset=Donation.objects.none(),
        to_field_name="public_id",
        empty_label=None,
    )

    def __init__(self, *args: Any, waiting: QuerySet[Donation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["donation"].queryset = waiting
        self.fields["donation"].label_from_instance = _words


def _words(donation: Donation) -> str:
    return f"{donation.donor_name}, {donation.get_state_display()}"


class ExplainDiscrepancyForm(forms.ModelForm):
    """Why a discrepancy is none: it closes with these words."""

    class Meta:
        model = Discrepancy
        fields = ["reason"]
        labels = {"reason": _("Reason")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
