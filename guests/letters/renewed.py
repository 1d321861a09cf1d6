"""Letters that were written before a link was retired, and leave after it."""

from typing import Any

from django.db.models import QuerySet

from events.models import Message
from guests.models import Invitation

Ways = dict[tuple[str, str], list[Any]]


def renew_links(messages: QuerySet[Message], row: Invitation) -> int:
    """Give these letters the invitation's present link and passes; the number changed.

    What leads elsewhere is left as it is: a letter never gets another's link.
    """
    own = [("invitation", row.public_id)]
    own += [("pass", pk) for pk in row.guests.values_list("public_id", flat=True)]
    return lead(messages, {link: [*link, row.link_version] for link in own})


def lead(messages: QuerySet[Message], ways: Ways) -> int:
    """Let links by purpose and lookup lead another way; the number changed."""
    changed = []
    for message in messages:
        context = _led(message.context, ways)
        if context != message.context:
            message.context = context
            changed.append(message)
    Message.objects.bulk_update(changed, ["context"])
    return len(changed)


def _led(value: Any, ways: Ways) -> Any:
    if isinstance(value, list):
        return [_led(part, ways) for part in value]
    if not isinstance(value, dict):
        return value
    link = value.get("link")
    if isinstance(link, list) and len(link) == 3 and tuple(link[:2]) in ways:
        return value | {"link": ways[tuple(link[:2])]}
    return {name: _led(part, ways) for name, part in value.items()}
