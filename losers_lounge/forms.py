"""What the forms of every app are made of."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from losers_lounge.lazy import lazy_module
from losers_lounge.names import clean

photo = lazy_module("losers_lounge.photo")
PICTURES = "image/jpeg,image/png,image/webp"


class PlainForm(forms.Form):
    """A form whose page writes the tag, the token and the button itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class LineField(forms.CharField):
    """One clean line as it will be kept; marks and spaces alone are nothing."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value))


class PhotoField(forms.FileField):
    """A photo from a phone's camera, as the small JPEG that is kept; b"" for none."""

    widget = forms.FileInput(
        attrs={"accept": PICTURES, "capture": "environment", "data-photo": ""}
    )
    default_error_messages = {
        "empty": gettext_lazy("This file is empty. Take the photo again."),
        "required": gettext_lazy("Take a photo first."),
    }

    def clean(self, data: UploadedFile | None, initial: Any = None) -> bytes:
        file = super().clean(data, initial)
        if not file:
            return b""
        try:
            return photo.as_jpeg(file, file.size)
        except photo.NotAPhoto as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
