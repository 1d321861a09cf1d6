"""How team members sign in (django-allauth): by e-mail, and only if invited."""

from email.utils import make_msgid
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render

logger = structlog.get_logger(__name__)


class TeamAccountAdapter(DefaultAccountAdapter):
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

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail is made from SITE_URL, never from a request's Host."""
        url = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + urlsplit(url).path
