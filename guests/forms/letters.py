"""Shapes of what hosts type in the post room; validate and clean, nothing else."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import letter_texts
from events.forms import LocalTimeField
from events.letter_texts import UnknownPlaceholders, Words
from events.models import Event
from guests.post_room.personas import PERSONAS


class WordsForm(forms.Form):
    """A host's words for one kind of letter, and as whom to look at them."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        required=False,
        max_length=letter_texts.MAX_SUBJECT,
    )
    body = forms.CharField(
        label=gettext_lazy("Your words"),
        required=False,
        max_length=letter_texts.MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    persona = forms.ChoiceField(
        label=gettext_lazy("Read it as"),
        required=False,
        choices=[(name, persona.label) for name, persona in PERSONAS.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.errors if self.is_bound else ():
            self.fields[name].widget.attrs["aria-describedby"] = f"{name}-error"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        words = letter_texts.tidy(
            Words(cleaned.get("subject", ""), cleaned.get("body", ""))
        )
        for name in ("subject", "body"):
            if name in cleaned:
                self._check(name, getattr(words, name))
        cleaned["persona"] = cleaned.get("persona") or next(iter(PERSONAS))
        return cleaned | {"words": words}

    def _check(self, name: str, text: str) -> None:
        try:
            letter_texts.check(Words(body=text))
        except UnknownPlaceholders as unknown:
            known = ", ".join(f"[{mark}]" for mark in letter_texts.PLACEHOLDERS)
            marks = ", ".join(f"[{mark}]" for mark in unknown.marks[:5])
            words = _("%(marks)s stands for nothing. What can stand here: %(known)s.")
            self.add_error(name, words % {"marks": marks, "known": known})


class WhenForm(forms.Form):
    """Now, or at a wall-clock time of the event's zone."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("At a time"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    send_at = LocalTimeField(label=gettext_lazy("Day and time"), required=False)
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        self.event = event
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = cleaned.pop("send_at", None)
        if cleaned.get("when") != "later" or "send_at" in self.errors:
            return cleaned
        if typed is None:
            self.add_error("send_at", _("Type the day and the time it should go out."))
            return cleaned
        cleaned["send_at"] = self._moment(typed)
        return cleaned

    def _moment(self, local: datetime) -> datetime | None:
        aware = local.replace(tzinfo=self.event.zone)
        moment = aware.astimezone(UTC)
        back = moment.astimezone(self.event.zone)
        if back.replace(tzinfo=None) != local:
            text = _("The clocks skip this hour that night. Pick another time.")
            self.add_error("send_at", text)
        elif moment <= timezone.now():
            text = _("This time has passed. Pick a later one, or send it now.")
            self.add_error("send_at", text)
        return moment
