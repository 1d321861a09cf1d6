"""Who works on an event, and in which roles."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from events import activity
from events.models import Event, Member, User
from events.outbox import Draft, create


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
            _("put on the team"),
            f"{user}, {member.get_role_display()}",
            at=at,
        )
    return member


@transaction.atomic
def remove(member_id: int, event: Event, *, by: User, at: datetime) -> None:
    """Take one role from somebody; it ends with their next click.

    Gone already: nothing happens. Raises LastHost for the only host.
    """
    locked = Event.objects.select_for_update(of=("self",), no_key=True)
    locked.get(pk=event.pk)
    member = event.members.select_related("user").filter(pk=member_id).first()
    if member is None:
        return
    hosts = event.members.filter(role=Member.Role.HOST)
    if member.role == Member.Role.HOST and hosts.count() == 1:
        raise LastHost
    member.delete()
    words = f"{member.user}, {member.get_role_display()}"
    activity.record(event, by, _("took off the team"), words, at=at)


def _tell(member: Member, by: User, at: datetime) -> None:
    event, user = member.event, member.user
    create(
        [
            Draft(
                kind="team",
                about=f"member/{member.pk}",
                dedupe_key=f"team:{member.pk}",
                event=event,
                recipient_name=user.name,
                recipient_email=user.email,
                template="events/email/team",
                context={
                    "event": {"name": event.name},
                    "by": str(by),
                    "name": user.name,
                    "role": str(member.get_role_display()),
                    "has_password": user.has_usable_password(),
                },
            )
        ],
        at,
    )
