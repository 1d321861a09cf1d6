"""Shapes of an import's forms: a file or its text, and what its columns are."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guests import imports
from guests.models import ImportRun
from losers_lounge import csvfile
from losers_lounge.forms import PlainForm

SAMPLES = 3
ACCEPTED = ".csv,.tsv,.txt,.xlsx"


class ImportForm(PlainForm):
    """A CSV or Excel file, by upload, or CSV pasted."""

    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

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


class MappingForm(PlainForm):
    """One of our columns, or none, for each column of the file."""

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        now = {place: name for name, place in run.mapping.items()}
        known = imports.columns_of(run.kind)
        ours = [(name, imports.LABELS[name]) for name in known]
        samples = _samples(run)
        for place, title in enumerate(run.header):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=title or _("Column %(n)d, without a title") % {"n": place + 1},
                choices=[("", _("Leave out")), *ours],
                required=False,
                initial=now.get(place, ""),
                help_text=samples[place],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.mapping: dict[str, int] = {}
        for place in range(len(self.run.header)):
            field = f"column_{place}"
            name = cleaned.get(field, "")
            if name and name in self.mapping:
                words = _("Another column is already the “%(label)s”.")
                self.add_error(field, words % {"label": imports.LABELS[name]})
            elif name:
                self.mapping[name] = place
        required = imports.required_of(self.run.kind)
        if not imports.is_enough(self.run.kind, self.mapping) and not self.errors:
            label = imports.LABELS[required]
            words = _("Say which column is the “%(label)s”: we need that one.")
            raise forms.ValidationError(words % {"label": label})
        return cleaned


def _samples(run: ImportRun) -> list[str]:
    """The first cells of each column that say anything."""
    part = run.parts.first()
    rows = part.rows if part else []
    return [
        "; ".join(
            [row[n][:40] for row in rows[:50] if n < len(row) and row[n]][:SAMPLES]
        )
        for n in range(1, len(run.header) + 1)
    ]
