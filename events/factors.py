"""What allauth is told about second factors: names, drawings, and how they are kept."""

import base64
import secrets
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.accounts import WRONG_CODE
from events.models import User
from losers_lounge.templatetags.lounge import qr_svg

NAME = "Losers Lounge"
SECRET_BYTES = 20


class TeamFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "It is the last one and has to stay. Add another before you remove it."
        ),
        "cannot_generate_recovery_codes": _(
            "Recovery codes stand in for a passkey or an app. Add one of those first."
        ),
        "incorrect_code": WRONG_CODE,
    }

    def build_totp_svg(self, url: str) -> str:
        """By segno, without a style attribute: the page's policy allows none."""
        return str(qr_svg(url))

    def encrypt(self, text: str) -> str:
        """What makes codes is sealed: a copy of the database opens no account."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed; under a key nobody has any more, a secret nobody knows.

        Then every code is wrong, and an operator resets the factor.
        """
        try:
            return _seal().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a passkey is called until its owner calls it something else."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are for our own address, never for a request's Host."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": NAME}


def _seal() -> MultiFernet:
    """Under SECRET_KEY; what a key of before sealed is still opened."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    mac = salted_hmac("events.factors", "seal", secret=key, algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest())
