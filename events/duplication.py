"""The same evening on another day: settings, rules, team and words, but no guests."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity, creation
from events.models import Event, LetterText, Member, User

TIMES = ("doors_at", "starts_at", "ends_at", "rsvp_deadline_at", "names_lock_at")


@transaction.atomic
def duplicate(
    source_id: int, *, name: str, day: date, by: User, at: datetime, nonce: str = ""
) -> Event:
    """A draft with the doors on this day, in the zone and charity of the other one.

    Every time moves by as many days on the wall clock, so that half past eight stays
    half past eight. The public total stays shut until a host opens it. The same press
    twice finds the event it made.
    """
    press = creation.press_of(by, nonce)
    if made := creation.made_by(press, by):
        return made
    source = Event.objects.get(pk=source_id)
    event = Event.objects.get(pk=source_id)
    event.pk, event._state.adding = None, True
    event.name, event.creation_nonce = name, press
    event.status, event.total_is_public = Event.Status.DRAFT, False
    days = day - source.doors_at.astimezone(source.zone).date()
    for column in TIMES:
        setattr(event, column, moved(getattr(source, column), days, source))
    creation.save_under_free_slug(event)
    _copy_team(source, event, by)
    _copy_words(source, event)
    activity.record(event, by, noop("made the event after"), source.name, at=at)
    return event


def moved(moment: datetime | None, days: timedelta, event: Event) -> datetime | None:
    """The same time of day in the event's zone, so many days later, in UTC."""
    if moment is None:
        return None
    local = moment.astimezone(event.zone).replace(tzinfo=None) + days
    return local.replace(tzinfo=event.zone).astimezone(UTC)


def _copy_team(source: Event, event: Event, by: User) -> None:
    roles = set(source.members.values_list("user", "role"))
    roles.add((by.pk, Member.Role.HOST.value))
    Member.objects.bulk_create(
        Member(event=event, user_id=user, role=role) for user, role in sorted(roles)
    )


def _copy_words(source: Event, event: Event) -> None:
    """The newest words of each kind of letter; the drafts before them stay behind."""
    newest = {text.kind: text for text in source.letter_texts.order_by("pk")}
    LetterText.objects.bulk_create(
        LetterText(
            event=event,
            kind=text.kind,
            subject=text.subject,
            body=text.body,
            by=text.by,
            created_at=text.created_at,
        )
        for text in newest.values()
    )
