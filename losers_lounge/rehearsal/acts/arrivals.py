"""The door, with a network: phones are paired, people come and go."""

from datetime import timedelta

from guests import door
from guests.actors import Actor
from guests.door import devices
from guests.models import Admission, Device
from losers_lounge.links import make_token
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Phone, Stage

LEAVES = {
    "out": Admission.Action.OUT,
    "home": Admission.Action.HOME,
    "undone": Admission.Action.UNDONE,
}


def pair(stage: Stage, act: Act) -> str:
    """A host shows a code, a phone takes it, for a desk (`role`: door or trophies)."""
    role = Device.Role(act.text("role", Device.Role.DOOR))
    for name in act.texts("phones"):
        offered = devices.offer(
            stage.event,
            role,
            name,
            until=stage.at + timedelta(hours=12),
            by=stage.host,
            at=stage.at,
        )
        token = make_token("pair", offered.public_id, devices.LINK_VERSION)
        stage.phones[name] = Phone(devices.claim(token, stage.at))
    return f"paired: {', '.join(act.texts('phones'))}"


def arrive(stage: Stage, act: Act) -> str:
    """`who` come to the door; their cards must show `colour`, green unless told."""
    by, colour = stage.actor(act.text("phone")), act.text("colour", "green")
    for name in act.texts("who"):
        _arrive(stage, name, colour, by)
    return f"{', '.join(act.texts('who'))}: {colour}"


def _arrive(stage: Stage, name: str, colour: str, by: Actor) -> None:
    """Press "Let in"; whoever is neither green nor blue has to stay outside."""
    guest = stage.guest(name)
    seen = door.card(guest).decision
    if seen.colour != colour:
        raise Otherwise(f"{name}: {colour} expected, the card is {seen.colour}")
    try:
        nonce = stage.nonce()
        door.admit(guest.pk, event=stage.event, nonce=nonce, by=by, at=stage.at)
    except door.NotAdmitted as refusal:
        if refusal.decision.colour != colour or seen.lets_in:
            raise Otherwise(f"{name}: {refusal.decision.words}") from None
    else:
        if not seen.lets_in:
            raise Otherwise(f"{name} was let in on {colour}")


def deny(stage: Stage, act: Act) -> str:
    """Somebody is not admitted, and the log says why."""
    guest = stage.guest(act.text("who"))
    reason, by = act.text("reason"), stage.actor(act.text("phone"))
    try:
        door.deny(guest.pk, nonce=stage.nonce(), reason=reason, by=by, at=stage.at)
    except door.AlreadyInside:
        raise Otherwise(f"{guest} is inside already") from None
    return f"{guest} is not admitted: {reason}"


def leave(stage: Stage, act: Act) -> str:
    """`who` go out for a while, or home, or were never in (`how`)."""
    by, how = stage.actor(act.text("phone")), act.text("how", "home")
    for name in act.texts("who"):
        row = door.close(
            stage.guest(name).pk,
            LEAVES[how],
            nonce=stage.nonce(),
            by=by,
            at=stage.at,
            reason=act.text("reason", ""),
        )
        if row is None:
            raise Otherwise(f"{name} is not inside")
    return f"{', '.join(act.texts('who'))}: {how}"
