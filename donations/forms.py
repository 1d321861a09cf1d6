from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Discrepancy


class ExplainDiscrepancyForm(forms.ModelForm):
    """Why a discrepancy is none: it closes with these words."""

    class Meta:
        model = Discrepancy
        fields = ["reason"]
        labels = {"reason": _("Reason")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
