"""How team members sign in (django-allauth): by e-mail, and only if invited."""

from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest


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

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail is made from SITE_URL, never from a request's Host."""
        url = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + urlsplit(url).path
