"""How team members sign in (django-allauth): by e-mail, and only if invited."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class TeamAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by a team invitation, never by a stranger's form."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail is made from SITE_URL, never from a request's Host."""
        url = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + urlsplit(url).path
