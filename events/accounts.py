"""How team members sign in (django-allauth): by e-mail, and only if invited."""

from email.utils import make_msgid
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from events import account_trail, second_factor
from events.models import AccountActivity, User

logger = structlog.get_logger(__name__)
Kind = AccountActivity.Kind
# What allauth calls a notice about a changed account, in words for its owner.
CHANGES = {
    "password_changed": _("The password was changed."),
    "password_reset": _("A new password was set by a link from a mail."),
    "totp_activated": _("An authenticator app was added."),
    "totp_deactivated": _("The authenticator app was removed."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was removed."),
    "recovery_codes_generated": _("New recovery codes were made."),
}


WRONG_CODE = _("That is not the current code. Apps show a new one every 30 seconds.")


class TeamAccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _(
            "This account is closed. A host of your event can open it again."
        ),
        "email_password_mismatch": _(
            "That address and password do not open an account. Check both "
            "and try again, or set a new password."
        ),
        "enter_current_password": _(
            "That is not the password you have now, so nothing was changed. Try again."
        ),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("That is not your password. Try again."),
        "invalid_password_reset": _(
            "This link was used or has expired. Your password has not "
            "changed; ask for a new link."
        ),
        "too_many_login_attempts": _(
            "Too many wrong tries. Nothing was changed: wait a few "
            "minutes, then try again."
        ),
        "rate_limited": _("Too many tries at once. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by a team invitation, never by a stranger's form."""
        return False

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Under our own name: a Message-ID would tell what this machine is called."""
        named = {"Message-ID": make_msgid(domain=settings.MAIL_DOMAIN)}
        return super().render_mail(
            template_prefix, email, context, named | (headers or {})
        )

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """At once, not by the outbox: whoever waits at the login is told if it fails.

        The same words for an address we know and one we do not.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.warning("account_mail_failed", why=type(error).__name__)
            response = render(self.request, "503.html", status=503)
            response["Retry-After"] = "60"
            raise ImmediateHttpResponse(response) from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell who owns the account; a relay that is down undoes nothing."""
        change = CHANGES.get(template_prefix.rpartition("/")[2])
        if change is None:
            return
        said = {"change": change, "url": settings.SITE_URL}
        try:
            super().send_mail("account/email/account_changed", user.email, said)
        except (OSError, SMTPException) as error:
            logger.warning("account_mail_failed", why=type(error).__name__)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail is made from SITE_URL, never from a request's Host."""
        url = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + urlsplit(url).path

    def login(self, request: HttpRequest, user: User) -> None:
        """Every step is done: they are in, and it is written down by what."""
        super().login(request, user)
        account_trail.record(user, Kind.LOGGED_IN, account_trail.ways_in(request, user))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who tried too often; that is told to the log (ASVS 5.0, 16.3.3)."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            logger.warning("login_throttled")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One row, by the same work whether or not the address is somebody's."""
        user = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        account_trail.record(user, Kind.LOGIN_FAILED, "password")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who has a second factor proves that: a password alone may be stolen."""
        methods = super().get_reauthentication_methods(user)
        if not user.is_authenticated or not second_factor.has_one(user):
            return methods
        return [method for method in methods if method["id"] != "reauthenticate"]
