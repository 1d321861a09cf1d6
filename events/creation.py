"""Make a new event: its charity, its team of one, its first line in the log."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from events import activity
from events.models import Charity, Event, Member, User

NOT_EVENTS = {"new"}  # /events/new/ is a form
TRIES = 10


@transaction.atomic
def create_event(event: Event, charity: Charity, *, by: User, at: datetime) -> Event:
    """Save a new event with its charity; whoever makes it hosts it and runs it."""
    event.charity = _known(charity, by) or charity
    event.charity.save()
    _save_under_free_slug(event)
    Member.objects.bulk_create(
        Member(event=event, user=by, role=role) for role in Member.Role
    )
    activity.record(event, by, "created the event", event.name, at=at)
    return event


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


def _save_under_free_slug(event: Event) -> None:
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
