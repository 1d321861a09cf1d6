"""How long an evening's guests are kept; the hosts may shorten it."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LEAST_DAYS, MOST_DAYS = 30, 90
# So far back a host may still say that the party ended.
ENDED_AT_MOST = timedelta(days=1)


class KeepingForm(forms.ModelForm):
    """The days after the evening, of which nothing typed means as many as may be."""

    keep_guests_days = forms.IntegerField(
        label=gettext_lazy("Days the guests are kept"),
        required=False,
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        help_text=gettext_lazy(
            "This long after the evening, names, addresses, notes and "
            "photos are forgotten. Answers, figures and money stay."
        ),
    )

    # Asked only where the days, as typed, forget everybody at once.
    forgets_now = forms.BooleanField(required=False)

    def ask_to_forget(self, words: str) -> None:
        """Say what these days do, with a tick beside them; unticked, it is an error."""
        self["forgets_now"].label = words
        for part in self.helper.layout.fields:
            if "keep_guests_days" in part.fields:
                part.fields.append("forgets_now")
        self.add_error("forgets_now", _("Tick it, or keep them for more days."))

    def clean_keep_guests_days(self) -> int:
        return self.cleaned_data["keep_guests_days"] or MOST_DAYS

    def check_end(self, ends: datetime | None) -> None:
        """Guests are forgotten so long after the end: a year mistyped, or one host who
        wants them gone, may not move it to long ago. Nor does an evening begin anew
        whose guests are: whoever is added would be forgotten within the hour."""
        was = self.instance.ends_at
        if ends is None or was is None or "ends_at" not in self.changed_data:
            return
        if self.instance.guests_erased_at is not None:
            words = _("Its guests are forgotten. Make another event like this one.")
            self.add_error("ends_at", words)
        elif self.instance.created_at > was:
            return  # Entered when it was over: its guests' days count from there.
        elif ends < min(was, timezone.now() - ENDED_AT_MOST):
            words = _("That date has passed: its guests would be forgotten too soon.")
            self.add_error("ends_at", words)
