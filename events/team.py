"""Who works on an event, and in which roles."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop as noop

from events import activity, sessions
from events.models import Event, Member, User
from events.outbox import Draft, create
from losers_lounge.telling import in_english


class LastHost(Exception):
    """Without a host nobody could open the event's rooms any more."""


@transaction.atomic
def add(
    event: Event, *, email: str, name: str, role: Member.Role, by: User, at: datetime
) -> Member:
    """Put somebody on the team, with an account if they have none; tells them by mail.

    The same person in the same role again changes nothing. A new account has no
    password: the mail leads to the page where one is asked for by mail and set.
    """
    email = email.strip().lower()
    # Two hosts may invite the same newcomer at the same moment: one makes the account.
    new = {"name": name, "password": make_password(None)}
    user, _is_newcomer = User.objects.get_or_create(email=email, defaults=new)
    member, is_new = Member.objects.get_or_create(event=event, user=user, role=role)
    if is_new:
        _tell(member, by, at)
        activity.record(
            event,
            by,
            noop("put on the team"),
            f"{user}, {in_english(member.get_role_display)}",
            at=at,
        )
    return member


@transaction.atomic
def remove(member_id: int, event: Event, *, by: User, at: datetime) -> User | None:
    """Take one role from somebody, and end their sessions; returns who it was.

    Gone already: nothing happens. Raises LastHost for the only host.
    """
    member = _locked(member_id, event)
    if member is None:
        return None
    _keep_a_host(member)
    member.delete()
    _end_sessions(member.user)
    words = f"{member.user}, {in_english(member.get_role_display)}"
    activity.record(event, by, noop("took off the team"), words, at=at)
    return member.user


@transaction.atomic
def change_role(
    member_id: int, event: Event, role: Member.Role, *, by: User, at: datetime
) -> User | None:
    """Give somebody another role in place of this one, and end their sessions.

    They had the other one already: this one goes. Raises LastHost for the only host.
    """
    member = _locked(member_id, event)
    if member is None or member.role == role:
        return None
    _keep_a_host(member)
    before = in_english(member.get_role_display)
    after = in_english(lambda: Member.Role(role).label)
    if event.members.filter(user=member.user, role=role).exists():
        member.delete()
    else:
        member.role = role
        member.save(update_fields=["role"])
    _end_sessions(member.user)
    words = f"{member.user}, {before} → {after}"
    activity.record(event, by, noop("changed a role"), words, at=at)
    return member.user


@transaction.atomic
def resend(member_id: int, event: Event, *, by: User, at: datetime) -> bool:
    """Send the letter again to somebody who never signed in; once an hour at most.

    Whether one goes out now.
    """
    member = _locked(member_id, event)
    if member is None or member.user.last_login is not None:
        return False
    is_sent = bool(_tell(member, by, at, again=f":{at:%Y%m%d%H}"))
    if is_sent:
        activity.record(event, by, noop("invited again"), str(member.user), at=at)
    return is_sent


def _locked(member_id: int, event: Event) -> Member | None:
    Event.objects.locked().get(pk=event.pk)
    return event.members.select_related("user").filter(pk=member_id).first()


def _keep_a_host(member: Member) -> None:
    hosts = member.event.members.filter(role=Member.Role.HOST)
    if member.role == Member.Role.HOST and hosts.count() == 1:
        raise LastHost


def _end_sessions(user: User) -> None:
    sessions.end_all(User.objects.filter(pk=user.pk))


def _tell(member: Member, by: User, at: datetime, again: str = "") -> int:
    event, user = member.event, member.user
    with translation.override(event.language):
        role = str(member.get_role_display())
    return create(
        [
            Draft(
                kind="team",
                about=f"member/{member.pk}",
                dedupe_key=f"team:{member.pk}{again}",
                event=event,
                recipient_name=user.name,
                recipient_email=user.email,
                template="events/email/team",
                context={
                    "event": {"name": event.name},
                    "by": str(by),
                    "name": user.name,
                    "role": role,
                    "has_password": user.has_usable_password(),
                },
            )
        ],
        at,
    )
