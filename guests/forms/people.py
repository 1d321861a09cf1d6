"""Shapes of what a host types about one person; validate and clean, nothing else."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guests.forms.fields import EmailField, PersonField, WordsField
from guests.guest_list import reading
from guests.guest_list.reading import MAX_NOTES, MAX_PLUS_ONES, PlannedGuest
from guests.merging import Choice
from guests.models import Contact, Guest
from guests.people import OF_THE_INVITATION, Person
from guests.people.addresses import Address
from losers_lounge.forms import PlainForm
from losers_lounge.names import clean, fold

MAX_TAG = 40
# What two people's notes may come to, once they turn out to be one.
LONGEST_NOTES = 4 * MAX_NOTES


class PersonForm(PlainForm):
    """Everything a host may write about somebody, and the mark of what was shown."""

    name = PersonField(label=gettext_lazy("Name"))
    aliases = WordsField(
        label=gettext_lazy("Also known as"),
        longest=200,
        required=False,
        help_text=gettext_lazy("Separated by commas. Search and door find them too."),
    )
    tags = WordsField(
        label=gettext_lazy("Tags"),
        longest=MAX_TAG,
        required=False,
        help_text=gettext_lazy("Separated by commas: friend, presenter"),
    )
    is_vip = forms.BooleanField(label=gettext_lazy("VIP"), required=False)
    plus_ones = forms.IntegerField(
        label=gettext_lazy("Plus-ones allowed"), min_value=0, max_value=MAX_PLUS_ONES
    )
    wave = forms.IntegerField(
        label=gettext_lazy("Wave"),
        min_value=1,
        max_value=99,
        help_text=gettext_lazy(
            "Invitations go out in waves: first wave 1, then wave 2 when you "
            "release it."
        ),
    )
    dietary = forms.CharField(
        label=gettext_lazy("Dietary needs"), required=False, max_length=300
    )
    accessibility = forms.CharField(
        label=gettext_lazy("Accessibility"), required=False, max_length=300
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Only hosts can read them."),
    )
    seen = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=64, initial=""
    )

    def __init__(self, *args: Any, guest: Guest, **kwargs: Any) -> None:
        now = Person.of(guest)
        initial = {
            name: getattr(now, name) for name in self.base_fields if name != "seen"
        }
        super().__init__(*args, initial={**initial, "seen": now.mark}, **kwargs)
        if guest.plus_one_of_id:
            for name in OF_THE_INVITATION:
                del self.fields[name]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if not fold(name):
            raise forms.ValidationError(_("A name has a letter or two."))
        return name

    def person(self) -> Person:
        """What was typed, once the form is valid."""
        typed = {name: self.cleaned_data[name] for name in self.fields}
        typed.pop("seen")
        for name in ("dietary", "accessibility"):
            typed[name] = clean(typed[name])
        return Person(**typed)


class AddressForm(PlainForm):
    """Where mail goes, and for whom it is corrected."""

    name = PersonField(
        label=gettext_lazy("Addressed to"),
        help_text=gettext_lazy("The name that mail greets: theirs, or an assistant's."),
    )
    email = EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("If empty, no mail is sent: you hand the link over."),
    )
    phone = PersonField(label=gettext_lazy("Phone"), required=False)
    everyone = forms.ChoiceField(
        label=gettext_lazy("For whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say for whom.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=254)

    def __init__(
        self, *args: Any, contact: Contact, who: Guest, people: int, **kwargs: Any
    ) -> None:
        initial = {
            **{name: getattr(contact, name) for name in ("name", "email", "phone")},
            "seen": Address.of(contact).mark,
        }
        super().__init__(*args, initial=initial, **kwargs)
        if people > 1:
            everyone = _("For all %(n)d people at this address") % {"n": people}
            alone = _("Only for %(name)s") % {"name": who.name}
            self.fields["everyone"].choices = [("yes", everyone), ("no", alone)]
        else:
            del self.fields["everyone"]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        MaxLengthValidator(40)(phone)
        return phone

    def address(self) -> Address:
        """What was typed, once the form is valid."""
        return Address(
            *(self.cleaned_data[name] for name in ("name", "email", "phone"))
        )

    @property
    def is_for_everyone(self) -> bool:
        return self.cleaned_data.get("everyone", "yes") == "yes"


class RepairForm(PlainForm):
    """The right address for a letter that did not arrive."""

    email = EmailField(label=gettext_lazy("The right address"))


SIDES = [("kept", "kept"), ("gone", "gone")]


class MergeForm(forms.Form):
    """Whose name, address and answer stay, and the mark of what was shown."""

    name = forms.ChoiceField(choices=SIDES, required=False)
    address = forms.ChoiceField(choices=SIDES, required=False)
    answer = forms.ChoiceField(choices=SIDES, required=False)
    seen = forms.CharField(required=False, max_length=64)

    def choice(self) -> Choice:
        """What was chosen; what was not, and nonsense, is the kept row's."""
        said = self.cleaned_data if self.is_valid() else {}
        return Choice(
            **{name: said.get(name) or "kept" for name in ("name", "address", "answer")}
        )


class GuestForm(PlainForm):
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cells = {
            name: clean(str(value)) for name, value in cleaned.items() if name != "vip"
        }
        row = reading.parse(0, cells | {"vip": "yes" if cleaned["vip"] else ""})
        if row.reason and not self.errors:
            raise forms.ValidationError(row.reason)
        self.row: PlannedGuest = row
        return cleaned
