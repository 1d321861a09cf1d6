"""Searches of the guest list that hosts keep under a name."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.models import Event, User
from guests.models import SavedView
from losers_lounge.compiled import compiled
from losers_lounge.names import clean

MAX_NAME = SavedView._meta.get_field("name").max_length
MAX_QUERY = SavedView._meta.get_field("query").max_length


class Unusable(Exception):
    """Nothing was kept; the text says why, in words for a host."""


def keep(event: Event, name: str, query: str, *, by: User, at: datetime) -> SavedView:
    """Keep a search for all hosts; one of the same name gives way to it.

    `query` is filters and order as the list's address holds them. Raises Unusable.
    """
    name = clean(name)
    if not (name and query and len(name) <= MAX_NAME and len(query) <= MAX_QUERY):
        words = _(
            "Nothing was kept: search or filter first, then give it a short name."
        )
        raise Unusable(words)
    now = {"query": query, "by": by}
    view, _is_new = SavedView.objects.update_or_create(
        event=event,
        name=name,
        defaults=now,
        create_defaults=now | {"created_at": at},
    )
    return view


@compiled
def of(event: int) -> QuerySet[SavedView]:
    """What the hosts of this event have kept, by name."""
    return SavedView.objects.filter(event=event).order_by("name")
