"""What a refused form says: Django's own sentences give way to ours.

Ours name the field and say what to do, so that they read alike at the top of the page
and beside the field. A field that says something of its own keeps its words.
"""

from inspect import isclass
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Django's sentences by identity: a field or a validator hands on the very object.
OF_DJANGO = {
    id(message): code
    for kind in vars(forms).values()
    if isclass(kind) and issubclass(kind, forms.Field)
    for code, message in vars(kind).get("default_error_messages", {}).items()
} | {
    id(kind.message): kind.code
    for kind in vars(validators).values()
    if isclass(kind) and hasattr(kind, "message") and hasattr(kind, "code")
}
# Told to the page and not by a person, also where no hidden field is drawn for it.
CARRIED = ("nonce", "version", "seen", "do", "sheet", "card")
CHOICES = ("invalid_choice", "invalid_list", "invalid_pk_value")


class Field(BoundField):
    """A field on a page, whose errors are told in our words."""

    @property
    def is_carried(self) -> bool:
        """Whether the page fills it in by itself: nobody can be led to it."""
        return self.is_hidden or self.name in CARRIED

    @property
    def errors(self) -> ErrorList:
        """What is wrong with it, each as a sentence that stands alone."""
        found = super().errors
        if not found:
            return found
        told = found.copy()
        told.data = [_told(error, self) for error in found.as_data()]
        # A copy forgets whose errors it holds, and fields are described by that name.
        told.field_id = found.field_id
        return told


class FormRenderer(TemplatesSetting):
    """Every form of every app draws its fields with these errors (FORM_RENDERER)."""

    bound_field_class = Field


def sentences(form: forms.BaseForm) -> list[str]:
    """All that is wrong with a form, for pages that say it in one place."""
    by_field = [text for field in form for text in field.errors]
    return [*form.non_field_errors(), *by_field]


def _told(error: ValidationError, field: Field) -> ValidationError | str:
    code = OF_DJANGO.get(id(error.message))
    if code is None:
        return error
    params = {**(error.params or {}), "label": field.label}
    return _in_our_words(code, field, params) or error


def _in_our_words(code: str, field: Field, params: dict[str, Any]) -> str:
    """The sentence for one of Django's codes; empty for one that we have none for."""
    if field.is_carried:
        words = _(
            "Something this page carries with it was lost on the way, so nothing was "
            "done. Load the page again, and press once more."
        )
    elif code in ("required", "missing", "empty"):
        words = _missing(code, field)
    elif code == "invalid":
        words = _invalid(field)
    elif code in CHOICES:
        words = _("What was chosen for “%(label)s” is not on offer. Choose again.")
    else:
        return _out_of_bounds(code, params)
    return words % params


def _missing(code: str, field: Field) -> str:
    widget = field.field.widget
    if code == "empty":
        return _("The file for “%(label)s” has nothing in it. Choose another one.")
    if isinstance(widget, forms.FileInput):
        return _("No file is chosen for “%(label)s”. Choose one.")
    if isinstance(widget, forms.CheckboxInput):
        return _("“%(label)s” is not ticked. Tick it to go on.")
    if isinstance(widget, forms.widgets.ChoiceWidget):
        return _("Nothing is chosen for “%(label)s”. Choose from what is offered.")
    return _("“%(label)s” is empty. Fill it in.")


def _invalid(field: Field) -> str:
    """By what the field takes; the most particular kind first."""
    kinds = (
        (forms.EmailField, _("“%(label)s” takes an address like name@example.com.")),
        (forms.URLField, _("“%(label)s” takes an address like https://example.com.")),
        (forms.IntegerField, _("“%(label)s” takes a number in figures, like 3.")),
        (
            forms.DateTimeField,
            _("“%(label)s” takes a date and a time, like 2013-09-22 20:30."),
        ),
        (forms.DateField, _("“%(label)s” takes a date, like 2013-09-22.")),
        (forms.TimeField, _("“%(label)s” takes a time of day, like 20:30.")),
        (forms.FileField, _("No file came with “%(label)s”. Choose it again.")),
    )
    for kind, words in kinds:
        if isinstance(field.field, kind):
            return words
    return _("What was typed for “%(label)s” cannot be read. Type it again.")


def _out_of_bounds(code: str, params: dict[str, Any]) -> str:
    number = params.get("limit_value", params.get("max"))
    if code == "max_length":
        words = ngettext(
            "“%(label)s” is too long: %(number)d character fits. Shorten it.",
            "“%(label)s” is too long: %(number)d characters fit. Shorten it.",
            number,
        )
    elif code == "min_length":
        words = ngettext(
            "“%(label)s” is too short: it needs at least %(number)d character.",
            "“%(label)s” is too short: it needs at least %(number)d characters.",
            number,
        )
    elif code == "max_value":
        words = _("“%(label)s” is too much: %(number)s is the most it takes.")
    elif code == "min_value":
        words = _("“%(label)s” is too little: %(number)s is the least it takes.")
    elif code == "null_characters_not_allowed":
        words = _("“%(label)s” has a character that cannot be kept. Type it by hand.")
    else:
        return ""
    return words % {**params, "number": number}
