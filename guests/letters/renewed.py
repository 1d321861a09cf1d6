"""Letters that were written before a link was retired, and leave after it."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from events import outbox
from events.models import Message
from guests.letters.drafts import page_of, way_in
from guests.models import Contact, Guest, Invitation

Ways = dict[tuple[str, str], list[Any]]
ANY = ""


def renew_links(messages: QuerySet[Message], row: Invitation) -> int:
    """Give these letters the present way in and passes; the number changed.

    They are about this invitation. Its contact may be another one by now: whoever
    reads them next never gets the page of an assistant from before, nor an assistant
    the invitation's own link. Another invitation's link is left as it is.
    """
    passes = [("pass", pk) for pk in row.guests.values_list("public_id", flat=True)]
    ways: Ways = {link: [*link, row.link_version] for link in passes}
    dated = ("calendar", row.public_id)
    ways[dated] = [*dated, row.link_version]
    inside = way_in(row)["link"]
    ways |= {("invitation", row.public_id): inside, ("contact", ANY): inside}
    return lead(messages, ways, page_of(row))


def lead(messages: QuerySet[Message], ways: Ways, page: str = "") -> int:
    """Let links by purpose and lookup, or ANY, lead another way; the number changed.

    A calendar entry names the `page` from then on, where one is given.
    """
    changed = []
    for message in messages:
        context = _led(message.context, ways)
        if page and "calendar" in context:
            context["calendar"] = context["calendar"] | {"url": page}
        if context != message.context:
            message.context = context
            changed.append(message)
    Message.objects.bulk_update(changed, ["context"])
    return len(changed)


def leave_out(ids: Collection[int]) -> None:
    """Name these guests no more in digests that wait; one about nobody is withdrawn."""
    theirs = Guest.objects.filter(
        pk__in=ids, plus_one_of=None, invitation__contact__is_assistant=True
    )
    names = defaultdict(list)
    for name, contact_id in theirs.values_list("name", "invitation__contact"):
        names[Contact(pk=contact_id).about].append(name)
    if not names:
        return
    waiting = Message.objects.filter(about__in=names, state__in=Message.WAITING)
    for letter in waiting.filter(context__is_digest=True):
        gone = Counter(names[letter.about])
        left = Counter(letter.context["guest_names"]) - gone
        letter.context["guest_names"] = list(left.elements())
        letter.save(update_fields=["context"])
        if not left:
            outbox.withdraw(Message.objects.filter(pk=letter.pk))


def _led(value: Any, ways: Ways) -> Any:
    if isinstance(value, list):
        return [_led(part, ways) for part in value]
    if not isinstance(value, dict):
        return value
    link = value.get("link")
    if isinstance(link, list) and len(link) == 3:
        way = ways.get(tuple(link[:2])) or ways.get((link[0], ANY))
        return value | {"link": way} if way else value
    return {name: _led(part, ways) for name, part in value.items()}
