"""Fields of which the forms about guests are made."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from guests.guest_list.reading import MAX_NAME
from losers_lounge.forms import LineField
from losers_lounge.names import clean

MAX_WORDS = 20


class WordsField(forms.CharField):
    """Words between commas, each once; initial values are lists."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(max_length=MAX_WORDS * (longest + 2), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str | None) else ", ".join(value)

    def clean(self, value: Any) -> tuple[str, ...]:
        parts = super().clean(value).replace(";", ",").split(",")
        words = dict.fromkeys(word for word in map(clean, parts) if word)
        if len(words) > MAX_WORDS:
            words = _("There is room for %(n)d, separated by commas. Leave some out.")
            raise forms.ValidationError(words % {"n": MAX_WORDS})
        if any(len(word) > self.longest for word in words):
            text = _("Use at most %(n)d letters between two commas.") % {
                "n": self.longest
            }
            raise forms.ValidationError(text)
        return tuple(words)


class PersonField(LineField):
    """A name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_NAME, **kwargs)


class EmailField(forms.EmailField):
    """An address as it is kept: in small letters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: Any) -> str:
        return super().clean(value).lower()
