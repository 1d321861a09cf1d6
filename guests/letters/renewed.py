"""Letters that were written before a link was retired, and leave after it."""

from typing import Any

from django.db.models import QuerySet

from events.models import Message
from guests.models import Invitation


def renew_links(messages: QuerySet[Message], row: Invitation) -> int:
    """Give these letters the invitation's present link and passes; the number changed.

    What leads elsewhere is left as it is: a letter never gets another's link.
    """
    own = {("invitation", row.public_id)}
    own |= {("pass", pk) for pk in row.guests.values_list("public_id", flat=True)}
    changed = []
    for message in messages:
        context = _renewed(message.context, own, row.link_version)
        if context != message.context:
            message.context = context
            changed.append(message)
    Message.objects.bulk_update(changed, ["context"])
    return len(changed)


def _renewed(value: Any, own: set[tuple[str, str]], version: int) -> Any:
    if isinstance(value, list):
        return [_renewed(part, own, version) for part in value]
    if not isinstance(value, dict):
        return value
    link = value.get("link")
    if isinstance(link, list) and len(link) == 3 and tuple(link[:2]) in own:
        return value | {"link": [*link[:2], version]}
    return {name: _renewed(part, own, version) for name, part in value.items()}
