"""A phone without network goes on letting people in, and tells of it later."""

from datetime import timedelta

from guests import door
from guests.actors import Actor
from guests.door import exceptions, scans
from guests.door.scans import Scan
from guests.models import Admission, Guest
from losers_lounge.counted import counted
from losers_lounge.rehearsal.script import Act, ScriptError
from losers_lounge.rehearsal.stage import Otherwise, Phone, Stage

# How far a phone's clock is off: every scan is told by it.
CLOCK_IS_WRONG_BY = timedelta(minutes=7)


def cut(stage: Stage, act: Act) -> str:
    """`phones` lose the network; what they last heard is what they go by."""
    coming = list(stage.event.guests.attending())
    colours = {card.guest.pk: card.decision.colour for card in door.cards(coming)}
    for name in act.texts("phones"):
        phone = stage.phone(name)
        phone.is_cut_off, phone.as_of, phone.colours = True, stage.at, colours
    return f"no network: {', '.join(act.texts('phones'))}"


def scan(stage: Stage, act: Act) -> str:
    """`who` are let in, or leave (`how`), on a phone that hears nothing."""
    phone = stage.phone(act.text("phone"))
    if not phone.is_cut_off:
        raise ScriptError(f"{act}: {act.text('phone')} has its network.")
    how = act.text("how", Admission.Action.IN)
    for name in act.texts("who"):
        guest = stage.guest(name)
        allowed_by = act.text("allowed_by", "")
        if how == Admission.Action.IN and not allowed_by:
            _check(phone, guest)
        phone.queue.append(
            Scan(
                nonce=stage.nonce(),
                guest_id=guest.pk,
                action=how,
                at=stage.at + CLOCK_IS_WRONG_BY,
                sequence=len(phone.queue) + 1,
                as_of=phone.as_of,
                colour=phone.colours.get(guest.pk, ""),
                allowed_by=allowed_by,
            )
        )
    return f"{', '.join(act.texts('who'))}: {how}, noted on {phone.device}"


def _check(phone: Phone, guest: Guest) -> None:
    colour = phone.colours.get(guest.pk, "")
    if colour not in ("green", "blue"):
        raise Otherwise(f"{guest}: {colour or 'unknown'} on {phone.device}")


def back(stage: Stage, act: Act) -> str:
    """`phones` hear again and tell what they noted, in any order; some of it twice.

    Exactly so many `exceptions` must come of it.
    """
    deliveries = []
    for name in act.texts("phones"):
        phone = stage.phone(name)
        noted, phone.queue, phone.is_cut_off = phone.queue, [], False
        stage.chance.shuffle(noted)
        half = len(noted) // 2
        # The answer to the second half is lost, so that it is told again.
        deliveries += [(name, noted[:half]), *[(name, noted[half:])] * 2]
    stage.chance.shuffle(deliveries)
    for name, noted in deliveries:
        scans.merge(
            stage.event,
            stage.actor(name),
            noted,
            sent_at=stage.at + CLOCK_IS_WRONG_BY,
            at=stage.at,
        )
    found = exceptions.open_rows(stage.event).count()
    if found != act.number("exceptions"):
        raise Otherwise(f"{counted(found, 'exception')} at the door")
    return (
        f"{', '.join(act.texts('phones'))} heard again: {counted(found, 'exception')}"
    )


def look(stage: Stage, act: Act) -> str:
    """A host looks at every exception and lets it stand."""
    rows = list(exceptions.open_rows(stage.event))
    for row in rows:
        by = Actor.of(stage.host)
        exceptions.look(row.pk, stage.event, by=by, at=stage.at)
    return f"{counted(len(rows), 'exception')} looked at"
