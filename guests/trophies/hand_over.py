"""A statue goes out: to its owner before two people, or to a proxy by a code.

A tag alone never releases: it is bearer paper. Whoever begins a hand-over says how
the owner was known, and somebody else confirms it. Who comes for the owner brings the
code that only the owner was sent. The statue's row is locked for every step.
"""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from guests import letters
from guests.actors import Actor, HostDecides
from guests.models import HandOver, Trophy, TrophyMove
from guests.trophies import custody
from losers_lounge import links

Action = TrophyMove.Action
TRIES = 5
# So many codes an hour for one statue: a sixth would be guessing by post.
MOST_CODES = 5
AN_HOUR = timedelta(hours=1)


class UnderWay(Exception):
    """Another hand-over of this statue was begun; `hand_over` says by whom."""

    def __init__(self, hand_over: HandOver) -> None:
        super().__init__(hand_over.to)
        self.hand_over = hand_over


class SamePerson(Exception):
    """Whoever began it cannot be the second one."""


class Over(Exception):
    """This hand-over was stopped, or its code is spent or too old."""


class WrongCode(Exception):
    """Not the code that the owner was sent; `tries_left` says how often still."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class WrongWay(Exception):
    """A proxy comes by the code, an owner by a second person; not the other way."""


class NoAddress(Exception):
    """There is nowhere to send a code: the owner comes, or a host decides."""


class TooManyCodes(Exception):
    """Enough codes were sent for this statue in the last hour."""


def begin(trophy_id: int, *, identity: str, by: Actor, at: datetime) -> HandOver:
    """The owner stands here and was known by `identity`; a second person confirms.

    Where the event asks for no second person the statue goes at once. Beginning again
    is the same hand-over. Raises custody.WentHome, UnderWay.
    """
    return _owner_s(trophy_id, None, identity, by, at)


def begin_by_host(
    trophy_id: int, *, to: str, reason: str, by: Actor, at: datetime
) -> HandOver:
    """A host lets somebody fetch it for an owner whom no code can reach.

    Only for an owner without an address; a second person confirms here too. Raises
    HostDecides for anybody else, and for an owner who can be written to.
    """
    if not reason or not to:
        raise HostDecides
    return _owner_s(trophy_id, to, reason, by, at)


@transaction.atomic
def _owner_s(
    trophy_id: int, to: str | None, identity: str, by: Actor, at: datetime
) -> HandOver:
    trophy = _fetchable(trophy_id, by, at)
    if to is not None and (_address(trophy) or not by.is_host_of(trophy.event)):
        raise HostDecides
    to = to or trophy.guest.name
    wanted = {"to": to, "identity": identity, "asked_by_key": by.key}
    standing = _standing(trophy, wanted)
    if standing is not None:
        return standing
    row = trophy.hand_overs.create(**wanted, asked_by_name=by.name, asked_at=at)
    custody.log(trophy, Action.ASKED, by=by, at=at, words=f"{to}: {identity}")
    if not trophy.event.second_confirmation_required:
        _release(trophy, row, by, at)
    return row


@transaction.atomic
def send_code(trophy_id: int, *, to: str, by: Actor, at: datetime) -> HandOver:
    """Somebody comes for the owner: a code to the owner's address, at once.

    Raises custody.WentHome, UnderWay, NoAddress, TooManyCodes.
    """
    trophy = _fetchable(trophy_id, by, at)
    if not _address(trophy):
        raise NoAddress
    wanted = {"to": to, "is_proxy": True, "asked_by_key": by.key}
    standing = _standing(trophy, wanted)
    if standing is not None:
        return standing
    sent = trophy.hand_overs.filter(is_proxy=True, asked_at__gt=at - AN_HOUR)
    if sent.count() >= MOST_CODES:
        raise TooManyCodes
    lookup = links.make_lookup()
    code = links.make_code(letters.STATUE_CODE, lookup)
    row = trophy.hand_overs.create(
        **wanted,
        asked_by_name=by.name,
        asked_at=at,
        code_hash=make_password(code),
        code_until=at + letters.CODE_LASTS,
    )
    custody.log(trophy, Action.CODE_SENT, by=by, at=at, words=to)
    letters.post([letters.statue_code(row, trophy, lookup)], at)
    return row


@transaction.atomic
def confirm(hand_over_id: int, *, by: Actor, at: datetime) -> HandOver:
    """The second person has looked as well: the statue is its owner's again.

    Again is the same hand-over. Raises SamePerson, WrongWay for a proxy, Over.
    """
    trophy, row = _both(hand_over_id)
    if row.done_at is not None:
        return row
    if row.cancelled_at is not None:
        raise Over
    if row.is_proxy:
        raise WrongWay
    if trophy.event.second_confirmation_required and is_begun_by(row, by):
        raise SamePerson
    _release(trophy, row, by, at)
    return row


def try_code(hand_over_id: int, code: str, *, by: Actor, at: datetime) -> HandOver:
    """The proxy says the code that the owner was sent: five tries in half an hour.

    Raises WrongCode, Over, WrongWay. A wrong one is counted although it raises.
    """
    with transaction.atomic():
        row, refusal = _tried(hand_over_id, code, by, at)
    if refusal is not None:
        raise refusal
    return row


def _tried(
    hand_over_id: int, code: str, by: Actor, at: datetime
) -> tuple[HandOver, Exception | None]:
    trophy, row = _both(hand_over_id)
    if row.done_at is not None:
        return row, None
    if not row.is_proxy:
        return row, WrongWay()
    if row.cancelled_at is not None or at > row.code_until:
        return row, Over()
    if check_password(code, row.code_hash):
        _release(trophy, row, by, at)
        return row, None
    row.wrong_codes += 1
    row.save(update_fields=["wrong_codes"])
    custody.log(trophy, Action.CODE_WRONG, by=by, at=at)
    if row.wrong_codes < TRIES:
        return row, WrongCode(TRIES - row.wrong_codes)
    _stop(trophy, row, by, at, noop("too many wrong codes"))
    return row, Over()


@transaction.atomic
def cancel(hand_over_id: int, *, by: Actor, at: datetime) -> HandOver:
    """Nobody fetches it now; a hand-over that is done or stopped stays so."""
    trophy, row = _both(hand_over_id)
    if row.done_at is None and row.cancelled_at is None:
        _stop(trophy, row, by, at)
    return row


def is_begun_by(row: HandOver, by: Actor) -> bool:
    """Whether this one began it, by an account or by a phone that they hold."""
    return by.is_one_person_with(row.asked_by_key, row.asked_by_name)


def _fetchable(trophy_id: int, by: Actor, at: datetime) -> Trophy:
    """The statue, locked and here; a code of before that is too old is put away."""
    trophy = custody.locked(trophy_id)
    custody.check_here(trophy)
    for row in custody.open_ones([trophy_id]).filter(code_until__lt=at):
        _stop(trophy, row, by, at, noop("the code was too old"))
    return trophy


def _standing(trophy: Trophy, wanted: dict[str, object]) -> HandOver | None:
    """The same hand-over, begun a moment before. Raises UnderWay for another one."""
    row = custody.open_ones([trophy.pk]).first()
    if row is None:
        return None
    if any(getattr(row, name) != value for name, value in wanted.items()):
        raise UnderWay(row)
    return row


def _both(hand_over_id: int) -> tuple[Trophy, HandOver]:
    """The statue first, then what happens to it; both as they are now."""
    owner = HandOver.objects.only("trophy_id").get(pk=hand_over_id)
    trophy = custody.locked(owner.trophy_id)
    return trophy, HandOver.objects.get(pk=hand_over_id)


def _stop(
    trophy: Trophy, row: HandOver, by: Actor, at: datetime, words: str = ""
) -> None:
    row.cancelled_at = at
    row.save(update_fields=["cancelled_at"])
    custody.log(trophy, Action.CANCELLED, by=by, at=at, words=words)


def _release(trophy: Trophy, row: HandOver, by: Actor, at: datetime) -> None:
    """It is gone: the two names, to whom, and how that one was known."""
    row.done_at, row.done_by_name = at, by.name
    row.save(update_fields=["done_at", "done_by_name"])
    trophy.released_at, trophy.released_to = at, row.to
    trophy.released_by, trophy.released_by_name = by.user, by.name
    trophy.save(
        update_fields=[
            *("released_at", "released_to"),
            *("released_by", "released_by_name"),
        ]
    )
    how = noop("by the owner's code") if row.is_proxy else row.identity
    second = "" if is_begun_by(row, by) else row.asked_by_name
    words = f"{row.to}, {how}"
    custody.log(trophy, Action.RELEASED, by=by, at=at, second=second, words=words)
    text, about = f"{trophy.tag}, {row.to}", f"guest/{trophy.guest_id}"
    verb = noop("gave back a trophy")
    activity.record(trophy.event, by.logged, verb, text, at=at, about=about)


def _address(trophy: Trophy) -> str:
    return trophy.guest.invitation.contact.email
