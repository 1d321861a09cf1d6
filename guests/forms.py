"""Shapes of what guests and hosts type; validate and clean, nothing else."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guests import guest_rows
from guests.guest_rows import PlannedGuest
from guests.models import Guest, Invitation
from losers_lounge import csvfile
from losers_lounge.names import clean

ANSWERS = (Guest.Answer.YES, Guest.Answer.NO)


class RsvpForm(forms.Form):
    """Yes or no, with as many names as the invitation allows."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Are you coming?"),
        choices=[
            (Guest.Answer.YES, gettext_lazy("Yes, I'm coming")),
            (Guest.Answer.NO, gettext_lazy("No, I can't")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose yes or no.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, invitation: Invitation, names: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", invitation.version)
        self.plus_one_fields = []
        for number in range(1, invitation.plus_ones + 1):
            name = f"plus_one_{number}"
            self.fields[name] = forms.CharField(
                label=_("Who comes with you?")
                if number == 1
                else _("And number %(n)d?") % {"n": number},
                required=False,
                max_length=200,
                initial=names[number - 1] if number <= len(names) else "",
                help_text=_("Leave it empty to come alone.") if number == 1 else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.plus_one_fields.append(name)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def allow_waiting_list(self) -> None:
        """Offer the third answer, once the room is full."""
        self.fields["answer"].choices = [
            (Guest.Answer.WAITLISTED, _("Put me on the waiting list")),
            (Guest.Answer.NO, _("No, I can't")),
        ]

    def plus_ones(self) -> list[str]:
        """The names typed, in order, empty ones left out."""
        typed = (self.cleaned_data[name] for name in self.plus_one_fields)
        return [name for name in map(clean, typed) if name]


class LostLinkForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("The address we wrote to"), max_length=254
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ImportForm(forms.Form):
    """A CSV file, by upload or pasted."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        upload = cleaned.get("file")
        if upload and upload.size > csvfile.MAX_BYTES:
            most = csvfile.MAX_BYTES // 2**20
            self.add_error("file", _("The file is larger than %d MB.") % most)
        elif upload:
            cleaned["data"] = upload.read()
        elif cleaned.get("text", "").strip():
            cleaned["data"] = cleaned["text"].encode()
        elif not self.errors:
            self.add_error("file", _("Choose a file, or paste its text."))
        return cleaned


class GuestForm(forms.Form):
    """One person, typed by hand; the same rules as a row of a file."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    plus_ones = forms.CharField(
        label=gettext_lazy("Plus-ones allowed"),
        initial="1",
        max_length=2,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Separated by commas: friend, presenter"),
    )
    vip = forms.BooleanField(label=gettext_lazy("VIP"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cells = {
            name: clean(str(value)) for name, value in cleaned.items() if name != "vip"
        }
        row = guest_rows.parse(0, cells | {"vip": "yes" if cleaned["vip"] else ""})
        if row.reason and not self.errors:
            raise forms.ValidationError(row.reason)
        self.row: PlannedGuest = row
        return cleaned
