"""allauth's forms for second factors: guesses are counted, and odd answers are wrong.

Its own limit for codes is that of passwords, which strangers may wear out. A code is
asked of nobody but who knew the password, so few tries are enough (ASVS 5.0, 6.3.1).
"""

from collections.abc import Callable
from typing import Any

import structlog
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as app_forms
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn import forms as key_forms
from allauth.mfa.webauthn.internal import auth as key_auth
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import UserVerificationRequirement

from events import account_trail
from events.models import AccountActivity, User

logger = structlog.get_logger(__name__)
LONGEST_CODE = 20
LONGEST_CREDENTIAL = 16_000
LONGEST_NAME = 60
# The action's limit stands in settings, as "second_factor".
GUESS = "second_factor"
CREDENTIAL_PARTS = (
    *("type", "id", "rawId", "response", "authenticatorAttachment"),
    "clientExtensionResults",
)
WRONG_SHAPE = (ValueError, TypeError, KeyError, AttributeError, IndexError)


def count_guess(user: User) -> Callable[[], None]:
    """Refuse who guessed too often; what is returned forgets the guesses."""
    key = f"second-factor-{user.pk}"
    if not ratelimit.consume(context.request, action=GUESS, key=key):
        logger.warning("second_factor_throttled", account=user.pk)
        raise get_account_adapter().validation_error("too_many_login_attempts")
    return lambda: ratelimit.clear(context.request, action=GUESS, key=key)


class CodeForm(forms.Form):
    """A code of six or eight digits, which phones offer to fill in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.max_length = _("Code"), LONGEST_CODE
        field.widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "maxlength": LONGEST_CODE,
            "class": "code-input",
        }

    def clean_code(self) -> str:
        forget = count_guess(self.user)
        code = self.cleaned_data["code"]
        if len(code) > LONGEST_CODE:
            raise get_adapter().validation_error("incorrect_code")
        code = super().clean_code()
        forget()
        return code


class AuthenticateForm(CodeForm, code_forms.AuthenticateForm):
    """The second step of a log-in: the app's code, or a recovery code."""


class ReauthenticateForm(CodeForm, code_forms.ReauthenticateForm):
    """The same, before a factor is changed."""


class ActivateAppForm(CodeForm, app_forms.ActivateTOTPForm):
    """The app's first code proves that it has the secret, and is good once."""

    def clean_code(self) -> str:
        code = super().clean_code()
        # allauth marks those of a log-in alone (ASVS 5.0, 6.5.1), by the account.
        app = TOTP(Authenticator(user=self.user))
        if not app._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CredentialField(forms.JSONField):
    """A browser's answer: short, and without what no table holds."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        is_odd = isinstance(value, str) and (
            len(value) > LONGEST_CREDENTIAL or "\\u0000" in value
        )
        if is_odd:
            raise get_adapter().validation_error("incorrect_code")
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """No answer is good twice: none is put into the page again."""
        return initial


class CredentialForm(forms.Form):
    """A browser's answer, as JSON. What has another shape is wrong, and no error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(label=_("Passkey"))

    def keep_what_counts(self) -> dict[str, Any]:
        """The parts of it that WebAuthn knows; the rest would only be stored."""
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise get_adapter().validation_error("incorrect_code")
        return {part: credential.get(part) for part in CREDENTIAL_PARTS}


class AddPasskeyForm(CredentialForm, key_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("What do you call it?"), max_length=LONGEST_NAME, required=False
        )
        self.fields["passwordless"] = forms.BooleanField(
            label=_("Log in with it alone, without the password"),
            required=False,
            initial=True,
        )
        self.order_fields(["name", "passwordless", "credential"])

    def clean_credential(self) -> dict[str, Any]:
        return self.keep_what_counts()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except WRONG_SHAPE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(CredentialForm):
    """A passkey's answer; one that is wrong is written down."""

    def clean_credential(self) -> Authenticator:
        self.cleaned_data["credential"] = self.keep_what_counts()
        try:
            return super().clean_credential()
        except forms.ValidationError:
            self._write_down()
            raise
        except WRONG_SHAPE as error:
            self._write_down()
            raise get_adapter().validation_error("incorrect_code") from error

    def _write_down(self) -> None:
        kind, how = AccountActivity.Kind.FACTOR_FAILED, Authenticator.Type.WEBAUTHN
        account_trail.record(self.user, kind, how)


class AuthenticatePasskeyForm(PasskeyForm, key_forms.AuthenticateWebAuthnForm):
    """A passkey as the second step of a log-in."""


class LoginPasskeyForm(PasskeyForm, key_forms.LoginWebAuthnForm):
    """A passkey in place of address and password: it has asked for a PIN or a face."""

    def clean_credential(self) -> Authenticator:
        """The question has to be this page's: those of a second step ask for less."""
        asked = (key_auth.get_state() or {}).get("user_verification")
        if asked != UserVerificationRequirement.REQUIRED:
            self._write_down()
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class ReauthenticatePasskeyForm(PasskeyForm, key_forms.ReauthenticateWebAuthnForm):
    """A passkey, before a factor is changed."""


class EditPasskeyForm(key_forms.EditWebAuthnForm):
    name = forms.CharField(label=_("What do you call it?"), max_length=LONGEST_NAME)
