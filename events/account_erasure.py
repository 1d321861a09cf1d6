"""Forget somebody's account: nobody signs in by it again, and its row names nobody.

What they vouched for by name (who signed the night, who counted cash) stays with that
record for as long as it is kept: a signature without a name proves nothing.
"""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from events import forgetting
from events.models import Activity, Member, User

# The log-in's own packages: addresses, and second factors where there are some.
OF_THE_LOG_IN = ("account", "mfa")


def reasons(users: tuple[User, ...]) -> list[str]:
    """Why these accounts cannot go yet, in sentences; empty: nothing."""
    found = []
    for row in Member.objects.filter(user__in=users, role=Member.Role.HOST):
        hosts = row.event.members.filter(role=Member.Role.HOST)
        if not hosts.exclude(user=row.user_id).exists():
            words = _(
                "They are the only host of %(event)s: put another host on its "
                "team first."
            )
            found.append(words % {"event": row.event.slug})
    return found


def forget_account(user: User, at: datetime) -> None:
    """Call in a transaction, after `reasons` found none."""
    for relation in user._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label in OF_THE_LOG_IN:
            model.objects.filter(**{relation.field.name: user}).delete()
    user.memberships.all().delete()
    own = Activity.objects.filter(actor=user).exclude(actor_name="")
    own.update(actor_name="", erased_at=forgetting.mark(at))
    user.set_unusable_password()
    # RFC 2606: nothing is ever delivered there.
    user.name, user.email = f"Member {user.pk}", f"member-{user.pk}@erased.invalid"
    user.is_active = False
    user.session_generation = F("session_generation") + 1
    user.save(
        update_fields=["password", "name", "email", "is_active", "session_generation"]
    )
