"""How long a session of the team lasts, and what ends it (ASVS 5.0, 7.3 and 7.4).

Who does nothing for twelve hours is signed out (SESSION_COOKIE_AGE, by the session's
own row), and everybody is after seven days. A page that asks for news by itself is
nobody doing something.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from events.models import User
from losers_lounge.compiled import compiled

LASTS_AT_MOST = timedelta(days=7)
# How exactly twelve hours are measured: each renewal is a write.
RENEWED_EVERY = timedelta(minutes=10)
BEGAN, SEEN = "began_at", "seen_at"


class SessionStore(db.SessionStore):
    """Django's own; the question that each page of the team begins with is kept."""

    def _get_session_from_db(self) -> Session | None:
        for row in _session_of(self.session_key):
            if row.expire_date > timezone.now():
                return row
        # Whoever brings a name that is none, or no more, is given another one.
        self._session_key = None
        return None


class TeamBackend(AuthenticationBackend):
    """allauth's own; so is the second question, whose session it is."""

    def get_user(self, user_id: int) -> User | None:
        for user in _account(user_id):
            return user if self.user_can_authenticate(user) else None
        return None


@compiled
def _session_of(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)


@compiled
def _account(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)


def begin(request: HttpRequest, **_: Any) -> None:
    """Note when this session began; called at every log-in (user_logged_in)."""
    now = timezone.now().timestamp()
    request.session.update({BEGAN: now, SEEN: now})


def rename(request: HttpRequest, *, reauthenticated: bool = False, **_: Any) -> None:
    """Another id once they have shown again who they are (ASVS 5.0, 7.2.4)."""
    if reauthenticated:
        request.session.cycle_key()


def is_over(session: SessionBase, at: datetime) -> bool:
    """Whether it is older than any may be; one that does not say when it began is."""
    return at.timestamp() - session.get(BEGAN, 0) >= LASTS_AT_MOST.total_seconds()


def end_all(people: QuerySet[User]) -> int:
    """None of their browsers stays signed in; how many accounts that was.

    The number that is raised is part of the hash that every session is held to.
    """
    return people.update(session_generation=F("session_generation") + 1)


def end_others(request: HttpRequest, user: User) -> None:
    """Only the browser that asks stays signed in, under a new session id."""
    end_all(User.objects.filter(pk=user.pk))
    user.refresh_from_db(fields=["session_generation"])
    update_session_auth_hash(request, user)


def clear_over() -> None:
    """Delete the rows of sessions whose hours are over; nothing else ever does."""
    SessionStore.clear_expired()


class SessionAges:
    """End what has lasted too long, and keep what is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session, now = request.session, timezone.now()
        if session.session_key and SESSION_KEY in session:
            if is_over(session, now):
                session.flush()
            elif is_somebody(request) and is_due(session, now):
                session[SEEN] = now.timestamp()
        return self.get_response(request)


def is_somebody(request: HttpRequest) -> bool:
    """Whether a person may have asked: browsers say when a script did."""
    asked_by = request.headers.get("Sec-Fetch-Mode", "navigate")
    return request.method == "POST" or asked_by == "navigate"


def is_due(session: SessionBase, at: datetime) -> bool:
    return at.timestamp() - session.get(SEEN, 0) >= RENEWED_EVERY.total_seconds()
