"""allauth's forms for passwords, in our words and in the voice of the other pages."""

from typing import Any

from allauth.account import forms as theirs
from django import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("The password you have now"),
    "password1": _("New password"),
    "password2": _("New password once more"),
}
HELP = {
    "password1": _(
        "At least 12 characters. Four words you will remember beat one clever one."
    )
}


class OurWords(forms.Form):
    """Our label and help for each field; no placeholder that says the label again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name in self.fields:
                field = self.fields[name]
                field.label, field.help_text = label, HELP.get(name, "")
                field.widget.attrs.pop("placeholder", None)


class NewPassword(OurWords):
    """A password that is typed twice."""

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "password2" and not isinstance(error, forms.ValidationError):
            # The one thing that allauth says of it by itself.
            error = _("The two new passwords are not the same. Type both again.")
        super().add_error(field, error)


class LogInForm(OurWords, theirs.LoginForm):
    """An address and a password; what to do without one stands on the page."""


class ConfirmPasswordForm(OurWords, theirs.ReauthenticateForm):
    """The password once more, before the way into an account is changed."""


class ForgottenPasswordForm(OurWords, theirs.ResetPasswordForm):
    """Where a link shall go, if somebody of a team has that address."""


class LinkPasswordForm(NewPassword, theirs.ResetPasswordKeyForm):
    """A new password, by a link from a mail."""


class ChangePasswordForm(NewPassword, theirs.ChangePasswordForm):
    """A new password, by who knows the one before."""
