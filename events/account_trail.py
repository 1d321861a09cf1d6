"""Write down what happens to accounts, as Django and allauth tell of it.

One row each (ASVS 5.0, 16.3.1), and a line in the log that names the account by its
number alone. Their signals are the only place where they tell it; see events/apps.py.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from allauth.account import signals as account_signals
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone

from events import sessions
from events.models import AccountActivity, User

logger = structlog.get_logger(__name__)
Kind = AccountActivity.Kind
# A day more than the year in which the table refuses to delete a line (its migration).
KEPT = timedelta(days=366)


def record(user: User | None, kind: Kind, how: str = "") -> None:
    """One line of what happened to an account, now; None for one that is not here."""
    AccountActivity.objects.create(
        user=user, kind=kind, how=how[:60], at=timezone.now()
    )
    account = user.pk if user else None
    logger.info("account_activity", kind=kind.value, how=how, account=account)


def forget_old(at: datetime) -> int:
    """Delete lines whose year is over; how many."""
    done, _by_table = AccountActivity.objects.filter(at__lt=at - KEPT).delete()
    return done


def ways_in(request: HttpRequest, user: User) -> str:
    """By what this session was signed in: "password", "password+totp", "webauthn"."""
    steps = get_authentication_records(request, user)
    names = (step.get("type") or step["method"] for step in steps)
    return "+".join(dict.fromkeys(names))


def on_logged_out(user: User | None, **_: Any) -> None:
    if user is not None:
        record(user, Kind.LOGGED_OUT)


def on_password_changed(user: User, **_: Any) -> None:
    record(user, Kind.PASSWORD_CHANGED)


def on_password_reset(user: User, **_: Any) -> None:
    record(user, Kind.PASSWORD_RESET)


def on_factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Browsers that came in before this factor was asked for are out (ASVS 7.4.3)."""
    record(user, Kind.FACTOR_ADDED, authenticator.type)
    _look_at_codes(authenticator)
    sessions.end_others(request, user)


def on_factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    record(user, Kind.FACTOR_REMOVED, authenticator.type)
    sessions.end_others(request, user)


def on_codes_renewed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(user, Kind.CODES_RENEWED)
    _look_at_codes(authenticator)


def on_factor_failed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(user, Kind.FACTOR_FAILED, authenticator.type)


def _look_at_codes(authenticator: Authenticator) -> None:
    """allauth notes the first look at recovery codes, by a GET: noted here already."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.wrap().mark_as_viewed()


# Kept alive by this module: a signal holds its receivers weakly.
user_logged_in.connect(sessions.begin)
user_logged_out.connect(on_logged_out)
account_signals.authentication_step_completed.connect(sessions.rename)
account_signals.password_changed.connect(on_password_changed)
account_signals.password_reset.connect(on_password_reset)
factor_signals.authenticator_added.connect(on_factor_added)
factor_signals.authenticator_removed.connect(on_factor_removed)
factor_signals.authenticator_reset.connect(on_codes_renewed)
factor_signals.authentication_failed.connect(on_factor_failed)
