"""A host's PIN: their yes, typed on somebody else's phone at the door.

Six digits could be guessed by whoever may go on trying. The host's row is locked
while a try is counted, so that a hundred tries at the same moment are a hundred.
"""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, Member, User
from losers_lounge.throttle import Throttle

LENGTH = 6
TRIES_BY_ONE = Throttle("pins_by_one", most=5, seconds=15 * 60)
# A phone in a stranger's hands spends its own tries at a host, and nobody else's.
TRIES_AT_ONE = Throttle("pins_at_one", most=15, seconds=12 * 60 * 60)
# So many phones together are no stranger's: a host takes another PIN, or waits.
TRIES_TOGETHER = Throttle("pins_together", most=150, seconds=60 * 60)
STAIRS = "01234567890123456789"


class WeakPin(Exception):
    """Not six digits, or six that anybody would try first."""


class WrongPin(Exception):
    """Not this host's PIN. A page says the same of one that may not be tried."""


class PinsSpent(WrongPin):
    """Too many tries; also the right PIN opens nothing for a while."""


def is_weak(pin: str) -> bool:
    """Whether this is no PIN: 000000, 121212, 123123, 123456 or 987654, or not six."""
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdigit()):
        return True
    repeats = any(pin == pin[:n] * (LENGTH // n) for n in (1, 2, 3))
    return repeats or pin in STAIRS or pin[::-1] in STAIRS


def set_pin(member: Member, pin: str, *, by: User, at: datetime) -> None:
    """Give a host a PIN in place of any they had. Raises WeakPin."""
    if is_weak(pin):
        raise WeakPin
    member.pin_hash = make_password(pin)
    member.save(update_fields=["pin_hash"])
    activity.record(member.event, by, noop("set a PIN"), str(member.user), at=at)


def hosts_with_pin(event: Event) -> list[Member]:
    """Who may say yes on somebody else's phone, by name."""
    hosts = event.members.filter(role=Member.Role.HOST).exclude(pin_hash="")
    return list(hosts.select_related("user").order_by("user__name", "pk"))


def check(event: Event, member_id: int | None, pin: str, who: str) -> User:
    """The host whose PIN this is. Raises WrongPin, also for somebody who has none.

    `who` is the key of the actor that tries. Call it before any transaction: a wrong
    try that is taken back would not be counted.
    """
    with transaction.atomic(durable=True):
        member = _locked(event, member_id)
        target = f"member/{member.pk}" if member else "nobody"
        brakes = (
            (TRIES_BY_ONE, who),
            (TRIES_AT_ONE, f"{who}/{target}"),
            (TRIES_TOGETHER, target),
        )
        if any(brake.is_spent(key) for brake, key in brakes):
            raise PinsSpent
        # Who has no PIN takes as long to refuse as who has another one.
        is_right = check_password(pin, member.pin_hash if member else "")
        if not is_right:
            for brake, key in brakes:
                brake.count(key)
            _note(event, member)
    if not is_right or member is None:
        raise WrongPin
    return member.user


def _locked(event: Event, member_id: int | None) -> Member | None:
    rows = Member.objects.select_for_update(of=("self",)).select_related("user")
    hosts = rows.filter(event=event, role=Member.Role.HOST)
    return hosts.filter(pk=member_id).exclude(pin_hash="").first()


def _note(event: Event, member: Member | None) -> None:
    if member is not None:
        verb, name = noop("typed a wrong PIN"), str(member.user)
        activity.record(event, noop("Somebody"), verb, name, at=timezone.now())
