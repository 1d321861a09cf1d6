"""Who comes before everybody else: an account that no team has invited."""

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse

from events.models import User


class HasAPassword(Exception):
    """The account is in use: its owner asks for a new password at the log-in."""


@transaction.atomic
def welcome(email: str, name: str) -> str:
    """A link by which the owner of the address sets a password, once, within an hour.

    Makes the account if there is none. Again, while no password is set: another link.
    Raises HasAPassword.
    """
    email = email.strip().lower()
    new = {"name": name, "password": make_password(None)}
    user, _is_new = User.objects.get_or_create(email=email, defaults=new)
    if user.has_usable_password():
        raise HasAPassword(email)
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    key = default_token_generator.make_token(user)
    words = {"uidb36": user_pk_to_url_str(user), "key": key}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=words)
