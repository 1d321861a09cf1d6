"""Shapes of what a guest answers; validate and clean, nothing else."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guests.forms.fields import PersonField
from guests.models import Guest, Invitation
from losers_lounge.forms import LineField
from losers_lounge.names import clean

MAX_NEED = 300
NEEDS = ("dietary", "accessibility")


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
                label=_("Somebody, and I'll tell you the name later"),
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
            after = _after(self.stands)
            words = {value: after.get(value, said) for value, said in words.items()}
        if self.stands == Guest.Answer.NO:
            words.pop(Guest.Answer.NO)
        if self.stands == Guest.Answer.WAITLISTED:
            kept = words.pop(Guest.Answer.WAITLISTED)
            words = {Guest.Answer.WAITLISTED: kept} | words
        if self.stands in words and not self.allowed and not self.is_bound:
            words.pop(self.stands)
        return list(words.items())

    def has_no_yes(self) -> bool:
        """Whether the room is too full to say yes."""
        return Guest.Answer.YES not in dict(self.fields["answer"].choices)

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
                None, _("You may bring %(n)d at most.") % {"n": self.allowed}
            )
        return cleaned


def _name_field(number: int, name: str) -> PersonField:
    first = number == 1
    return PersonField(
        label=_("Who is coming with you?") if first else _("And number %d?") % number,
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
            Guest.Answer.NO: _("I can't come after all"),
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
