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

MAX_NAME = guest_rows.MAX_NAME


class PersonField(forms.CharField):
    """A name as it will be kept: one clean line that fits its column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_NAME, **kwargs)

    def clean(self, value: Any) -> str:
        name = clean(super().clean(value))
        if len(name) > MAX_NAME:
            raise forms.ValidationError(
                _("Use at most %(n)d letters.") % {"n": MAX_NAME}
            )
        return name


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
        self.allowed = max(invitation.plus_ones, len(names))
        for number in range(1, self.allowed + 1):
            name = f"plus_one_{number}"
            self.fields[name] = PersonField(
                label=_("Who comes with you?")
                if number == 1
                else _("And number %(n)d?") % {"n": number},
                required=False,
                initial=names[number - 1] if number <= len(names) else "",
                help_text=_("Leave it empty to come alone.") if number == 1 else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.plus_one_fields.append(name)

    def plus_one_boxes(self) -> list[forms.BoundField]:
        """The fields for names, in order."""
        return [self[name] for name in self.plus_one_fields]

    def offer_waiting_list(self, *, instead_of_yes: bool) -> None:
        """Offer the third answer, once the room is full for so many people."""
        yes, no = self.fields["answer"].choices
        waiting = (Guest.Answer.WAITLISTED, _("Put me on the waiting list"))
        self.fields["answer"].choices = [
            *([] if instead_of_yes else [yes]),
            waiting,
            no,
        ]

    def plus_ones(self) -> list[str]:
        """The names typed, in order, empty ones left out."""
        return list(filter(None, map(self.cleaned_data.get, self.plus_one_fields)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # The page may be older than the allowance: a name is never dropped unsaid.
        beyond = (f"plus_one_{self.allowed + extra}" for extra in range(1, 21))
        if any(clean(self.data.get(name, "")) for name in beyond):
            self.add_error(
                None, _("You may bring %(n)d at the most.") % {"n": self.allowed}
            )
        return cleaned


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
