"""What a giver may say: for whom, how much on top, and how they are thanked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.checkout import LEAST_GIFT_CENTS
from donations.fees import cover_cents
from events.forms.fields import DollarsField
from events.models import Event
from guests.guest_list.reading import MAX_NAME
from guests.payments import Owing, Wish
from losers_lounge.forms import LineField, PlainForm
from losers_lounge.telling import told_cents

NOTHING, OTHER = "0", "other"
SUGGESTED = (2_500, 5_000, 10_000)


class ExtrasForm(PlainForm):
    """A gift on top of what is owed, and three wishes; amounts in minor units.

    Nothing said is no gift on top: one press is enough.
    """

    extra = forms.ChoiceField(
        label=gettext_lazy("A gift"), required=False, widget=forms.RadioSelect
    )
    amount = DollarsField(
        label=gettext_lazy("Another amount"),
        required=False,
        min_cents=LEAST_GIFT_CENTS,
    )
    covers_fees = forms.BooleanField(required=False)
    credit_name = LineField(
        label=gettext_lazy("Thank me in public as"),
        required=False,
        max_length=MAX_NAME,
        help_text=gettext_lazy(
            "If empty, nobody sees your name. A stage name is fine."
        ),
    )
    declines_reward = forms.BooleanField(
        label=gettext_lazy("No bottle for me, please"), required=False
    )

    def __init__(
        self, *args: Any, event: Event, owed_cents: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.owed_cents = owed_cents
        self.fields["extra"].choices = self._amounts()
        self.initial.setdefault("extra", NOTHING if owed_cents else "")

    @property
    def about_of_cents(self) -> int:
        """The amount whose fees the page names: what is owed, or a winner's."""
        return self.owed_cents or self.event.winner_amount_cents

    @property
    def about_fee_cents(self) -> int:
        return cover_cents(self.about_of_cents)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        chosen, typed = cleaned["extra"], cleaned["amount"]
        if chosen == OTHER and typed is None:
            self.add_error("amount", _("Type how much you would like to give."))
            return cleaned
        # A typed amount is meant, wherever the mark stands by default.
        is_typed = typed is not None and chosen in ("", NOTHING, OTHER)
        cleaned["extra_cents"] = typed if is_typed else int(chosen or 0)
        return cleaned

    def wish(self, mine: Wish) -> Wish:
        """The valid form as a wish of the one who gives."""
        names = ("extra_cents", "covers_fees", "credit_name", "declines_reward")
        return mine.more(**{name: self.cleaned_data[name] for name in names})

    def _amounts(self) -> list[tuple[str, str]]:
        winners = self.event.winner_amount_cents
        amounts = [cents for cents in SUGGESTED if cents != winners]
        choices = [(str(cents), told_cents(cents)) for cents in amounts]
        if winners >= LEAST_GIFT_CENTS:
            as_if = _("%(amount)s, as if for a win")
            choices.append((str(winners), as_if % {"amount": told_cents(winners)}))
        choices.append((OTHER, _("Another amount")))
        if self.owed_cents:
            choices.insert(0, (NOTHING, _("Nothing extra")))
        return choices


class GivingForm(ExtrasForm):
    """The same with a tick for each person who owes; one's own are ticked."""

    whom = forms.MultipleChoiceField(
        label=gettext_lazy("What is owed"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "One of these people no longer owes anything. Look again "
                "at who is ticked."
            )
        },
    )

    def __init__(
        self, *args: Any, event: Event, owing: Sequence[Owing], **kwargs: Any
    ) -> None:
        # While the bank is at work for somebody, nobody pays for them again.
        self.owing = [row for row in owing if not row.is_pending]
        own = [row for row in self.owing if row.is_own]
        owed_cents = sum(row.cents for row in own or self.owing)
        super().__init__(*args, event=event, owed_cents=owed_cents, **kwargs)
        self.fields["whom"].choices = [
            (row.guest.public_id, row.guest.name) for row in self.owing
        ]
        self.initial.setdefault("whom", [row.guest.public_id for row in own])

    def people(self) -> list[tuple[Owing, bool]]:
        """Whoever owes, and whether they are ticked."""
        ticked = self["whom"].value() or []
        return [(row, row.guest.public_id in ticked) for row in self.owing]

    @property
    def total_cents(self) -> int:
        """What is ticked for people, as the page is drawn."""
        return sum(row.cents for row, is_ticked in self.people() if is_ticked)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned["extra_cents"] and not cleaned["whom"]:
            self.add_error("extra", _("Choose what to give."))
        return cleaned

    def wish(self, mine: Wish) -> Wish:
        ids = {row.guest.public_id: row.guest.pk for row in self.owing}
        whom = tuple(ids[name] for name in self.cleaned_data["whom"])
        return super().wish(mine).more(guest_ids=whom)
