"""How many letters one host may set off in an hour (ASVS 5.0, 2.4.1).

Whoever gets hold of a host's account can import addresses and write to all of them.
So an account, and an event, sets off so many an hour and no more. The way up has a
name: `manage.py send_invitations EVENT` on the server itself has no limit.
"""

from datetime import datetime, timedelta

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from events.models import Event, User
from guests.models import Mailing

LETTERS = 20_000
WINDOW = timedelta(hours=1)


class TooManyLetters(Exception):
    """Nothing was planned; the text says how many an hour, and who can do more."""

    def __init__(self) -> None:
        text = _(
            "Nothing was sent: that would be more than %(n)s letters "
            "within an hour. Send them in waves, or ask the person who "
            "runs this server: the command send_invitations there has no "
            "limit."
        )
        super().__init__(text % {"n": f"{LETTERS:,}"})


def check(event: Event, letters: int, *, by: User | str, at: datetime) -> None:
    """Raises TooManyLetters where these would be more than the hour's.

    Counted is what was planned, sent or not; the event's row is locked by the caller.
    """
    if not isinstance(by, User):
        return
    ours = Q(event=event) | Q(by=by)
    lately = Mailing.objects.filter(ours, created_at__gt=at - WINDOW)
    lately = lately.exclude(state=Mailing.State.CANCELLED, written=0)
    planned = lately.aggregate(letters=Sum("total"))["letters"] or 0
    if planned + letters > LETTERS:
        raise TooManyLetters
