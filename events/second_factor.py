"""The second factor: who needs one, who has one, and how an operator takes it away.

What a factor is and how it is checked is django-allauth's business.
"""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity, sessions
from events.models import AccountActivity, Event, Member, User

NEEDED_BY = frozenset({Member.Role.HOST.value, Member.Role.FINANCE.value})
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorMissing(Exception):
    """The room asks for a second factor, and this account has none yet."""


def has_one(user: User) -> bool:
    """Whether the account has an app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def ask_for_one(user: User, roles: frozenset[str]) -> None:
    """Raise SecondFactorMissing where the setting asks for one in these roles.

    ASVS 5.0, 6.3.3: hosts hold the guest list, charity staff the money.
    """
    if roles & NEEDED_BY:
        _ask(user)


def ask_operator(user: User) -> None:
    """The same of a superuser, whose pages are about every event."""
    _ask(user)


def _ask(user: User) -> None:
    if settings.SECOND_FACTOR_REQUIRED and not has_one(user):
        raise SecondFactorMissing


@transaction.atomic
def reset(user: User, *, by: str, at: datetime) -> int:
    """Remove every factor of who lost them, and end their sessions; how many went.

    Each of the person's events writes it down, and so does the account. Nothing there:
    nothing happens.
    """
    found, _by_model = Authenticator.objects.filter(user=user).delete()
    if not found:
        return 0
    sessions.end_all(User.objects.filter(pk=user.pk))
    AccountActivity.objects.create(
        user=user, kind=AccountActivity.Kind.FACTORS_RESET, at=at
    )
    for event in Event.objects.filter(members__user=user).distinct():
        activity.record(event, by, noop("reset the second factor of"), str(user), at=at)
    return found
