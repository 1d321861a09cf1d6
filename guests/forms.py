"""Shapes of what guests and hosts type; validate and clean, nothing else."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guests import guest_rows
from guests.guest_rows import PlannedGuest
from guests.models import Guest, Invitation
from losers_lounge.names import clean

MAX_NAME = guest_rows.MAX_NAME
MAX_NEED = 300
NEEDS = ("dietary", "accessibility")


class LineField(forms.CharField):
    """One clean line as it will be kept, which fits its column."""

    def clean(self, value: Any) -> str:
        text = clean(super().clean(value))
        if len(text) > self.max_length:
            raise forms.ValidationError(
                _("Use at most %(n)d letters.") % {"n": self.max_length}
            )
        return text


class PersonField(LineField):
    """A name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_NAME, **kwargs)


class RsvpForm(forms.Form):
    """Yes or no, with as many people as the invitation allows.

    Each of them has a box for the name and one that says that it follows later.
    """

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
        self,
        *args: Any,
        invitation: Invitation,
        names: list[str],
        unnamed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", invitation.version)
        self.stands = self.initial.get("answer")
        self.allowed = max(invitation.plus_ones, len(names) + unnamed)
        for number in range(1, self.allowed + 1):
            later = len(names) < number <= len(names) + unnamed
            name = names[number - 1] if number <= len(names) else ""
            self.fields[f"plus_one_{number}"] = _name_field(number, name)
            self.fields[f"later_{number}"] = forms.BooleanField(
                label=_("Somebody, and I tell you the name later"),
                required=False,
                initial=later,
            )
        if self.stands == Guest.Answer.WAITLISTED:
            self.offer_waiting_list(instead_of_yes=False)

    def boxes(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and "later" of each person they may bring, in order."""
        numbers = range(1, self.allowed + 1)
        return [(self[f"plus_one_{n}"], self[f"later_{n}"]) for n in numbers]

    def buttons(self) -> list[tuple[str, str]]:
        """What one press may say, the likeliest first."""
        words = dict(self.fields["answer"].choices)
        if self.stands:
            words |= _after(self.stands)
        if self.stands == Guest.Answer.NO:
            words.pop(Guest.Answer.NO)
        if self.stands == Guest.Answer.WAITLISTED:
            kept = words.pop(Guest.Answer.WAITLISTED)
            words = {Guest.Answer.WAITLISTED: kept} | words
        if self.stands in words and not self.allowed and not self.is_bound:
            words.pop(self.stands)
        return list(words.items())

    def offer_waiting_list(self, *, instead_of_yes: bool) -> None:
        """Offer the third answer, once the room is full for so many people."""
        choices = dict(self.fields["answer"].choices)
        no = choices.pop(Guest.Answer.NO)
        if instead_of_yes:
            choices.pop(Guest.Answer.YES, None)
        choices[Guest.Answer.WAITLISTED] = _("Put me on the waiting list")
        choices[Guest.Answer.NO] = no
        self.fields["answer"].choices = list(choices.items())

    def plus_ones(self) -> list[str]:
        """The names typed, in order, empty ones left out."""
        numbers = range(1, self.allowed + 1)
        return [
            name for n in numbers if (name := self.cleaned_data.get(f"plus_one_{n}"))
        ]

    def unnamed(self) -> int:
        """How many come whose names are told later; a name beside it counts more."""
        cleaned, numbers = self.cleaned_data, range(1, self.allowed + 1)
        return sum(
            bool(cleaned.get(f"later_{n}") and not cleaned.get(f"plus_one_{n}"))
            for n in numbers
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # The page may be older than the allowance: a name is never dropped unsaid.
        beyond = (f"plus_one_{self.allowed + extra}" for extra in range(1, 21))
        if any(clean(self.data.get(name, "")) for name in beyond):
            self.add_error(
                None, _("You may bring %(n)d at the most.") % {"n": self.allowed}
            )
        return cleaned


def _name_field(number: int, name: str) -> PersonField:
    first = number == 1
    return PersonField(
        label=_("Who comes with you?") if first else _("And number %d?") % number,
        required=False,
        initial=name,
        help_text=_("Leave it empty to come alone.") if first else "",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _after(answer: str) -> dict[str, str]:
    """What the presses say to somebody who has answered so."""
    return {
        Guest.Answer.YES: {
            Guest.Answer.YES: _("Save the names"),
            Guest.Answer.NO: _("I can't come any more"),
        },
        Guest.Answer.NO: {Guest.Answer.YES: _("I'm coming after all")},
        Guest.Answer.WAITLISTED: {
            Guest.Answer.WAITLISTED: _("Save the names"),
            Guest.Answer.YES: _("Is there a seat now? I'm coming"),
            Guest.Answer.NO: _("Take me off the waiting list"),
        },
    }.get(answer, {})


class NeedsForm(forms.Form):
    """What the venue should know, of each person who comes."""

    def __init__(self, *args: Any, people: list[Guest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for guest in people:
            for what in NEEDS:
                self.fields[f"{what}_{guest.public_id}"] = LineField(
                    max_length=MAX_NEED, required=False, initial=getattr(guest, what)
                )

    def rows(self) -> list[tuple[Guest, forms.BoundField, forms.BoundField]]:
        """Each person with their two boxes."""
        return [
            (guest, *(self[f"{what}_{guest.public_id}"] for what in NEEDS))
            for guest in self.people
        ]

    def needs(self) -> dict[str, dict[str, str]]:
        """What was typed, by the person's public id."""
        return {
            guest.public_id: {
                what: self.cleaned_data[f"{what}_{guest.public_id}"] for what in NEEDS
            }
            for guest in self.people
        }


class ReleaseForm(forms.Form):
    """How many parties of a wave are offered seats by hand, or which guest."""

    parties = forms.IntegerField(
        label=gettext_lazy("How many parties"),
        min_value=1,
        max_value=1_000,
        required=False,
        initial=1,
    )
    wave = forms.IntegerField(
        label=gettext_lazy("Of wave"),
        min_value=1,
        max_value=1_000,
        required=False,
        help_text=gettext_lazy("Leave it empty for whoever is next."),
    )
    guest = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class LostLinkForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("The address we wrote to"), max_length=254
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


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
