"""A form's field for a photo: whatever is sent, what is kept is a small JPEG."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from losers_lounge.rarely import rarely

photo = rarely("losers_lounge.photo")
PICTURES = "image/jpeg,image/png,image/webp"


class PhotoField(forms.FileField):
    """A photo from a phone's camera, as the small JPEG that is kept; b"" for none."""

    widget = forms.FileInput(
        attrs={"accept": PICTURES, "capture": "environment", "data-photo": ""}
    )
    default_error_messages = {  # noqa: RUF012
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
