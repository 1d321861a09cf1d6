"""Write down who did what. Rows are added here and never changed."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from events.models import Activity, Event, User
from losers_lounge.compiled_rows import insert

# Who acts from the server itself, by one of its commands.
OPERATOR = gettext_lazy("The operator")


def record(
    event: Event,
    actor: User | str,
    verb: str,
    object_name: str = "",
    *,
    at: datetime,
    about: str = "",
) -> None:
    """One line of the log; an actor without an account is a plain name.

    `about` marks whose page shows it too, as a message's does: "guest/12".
    """
    is_user = isinstance(actor, User)
    line = Activity(
        event=event,
        actor=actor if is_user else None,
        actor_name=str(actor)[:200],
        verb=verb[:60],
        object_name=object_name[:300],
        about=about,
        at=at,
    )
    insert(line)
