"""How team members sign in (django-allauth): by e-mail, and only if invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class TeamAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by a team invitation, never by a stranger's form."""
        return False
