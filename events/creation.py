"""Make a new event: its charity, its team of one, its first line in the log."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Charity, Event, Member, User

NOT_EVENTS = {"new"}  # /events/new/ is a form
TRIES = 10


@transaction.atomic
def create_event(
    event: Event, charity: Charity, *, by: User, at: datetime, nonce: str = ""
) -> Event:
    """Save a new event with its charity; whoever makes it hosts it and runs it.

    The same press twice finds the event it made; without a nonce each is a new one.
    """
    press = press_of(by, nonce)
    if made := made_by(press, by):
        return made
    event.creation_nonce = press
    event.charity = _known(charity, by) or charity
    event.charity.save()
    save_under_free_slug(event)
    Member.objects.bulk_create(
        Member(event=event, user=by, role=role) for role in Member.Role
    )
    activity.record(event, by, noop("created the event"), event.name, at=at)
    return event


def may_create(user: User) -> bool:
    """Hosts may, and whoever is on no team; a desk of somebody's event may not."""
    roles = set(user.memberships.values_list("role", flat=True))
    return not roles or Member.Role.HOST in roles


def press_of(by: User, nonce: str) -> str | None:
    """A press under a name that nobody else's can have; None for one without."""
    return f"{by.pk}:{nonce}"[:90] if nonce else None


def made_by(press: str | None, by: User) -> Event | None:
    """What this press made before; whoever presses again waits for the first."""
    if press is None:
        return None
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return Event.objects.filter(creation_nonce=press).first()


def slug_of(name: str) -> str:
    """The slug a name would have if it were the first of its kind."""
    return slugify(name)[:50] or "event"


def free_slug(name: str) -> str:
    """A slug nobody uses yet, made from the name."""
    stem = slug_of(name)
    taken = set(
        Event.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    )
    slug, number = stem, 2
    while slug in taken | NOT_EVENTS:
        slug, number = f"{stem}-{number}", number + 1
    return slug


def save_under_free_slug(event: Event) -> None:
    """Another host may take the same slug at the same moment: then the next one."""
    for tries_left in reversed(range(TRIES)):
        event.slug = free_slug(event.name)
        try:
            with transaction.atomic():
                event.save()
            return
        except IntegrityError:
            if not tries_left:
                raise


def _known(charity: Charity, by: User) -> Charity | None:
    """The same charity from an earlier event of this host, by name and EIN."""
    return Charity.objects.filter(
        events__members__user=by,
        events__members__role__in=(Member.Role.HOST, Member.Role.FINANCE),
        legal_name=charity.legal_name,
        ein=charity.ein,
    ).first()
