"""What a checker asks of a host: to let somebody in, or to let them off."""

from guests import seats
from guests.door import requests, walk_ins
from guests.models import DoorRequest
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Stage


def walk_in(stage: Stage, act: Act) -> str:
    """`who` is not on the list; a host says yes, or no (`says`)."""
    try:
        asked = requests.ask_walk_in(
            stage.event,
            walk_ins.Visitor(act.text("who")),
            nonce=stage.nonce(),
            reason=act.text("reason", ""),
            by=stage.actor(act.text("phone")),
            at=stage.at,
        )
    except requests.CannotAsk as refusal:
        raise Otherwise(str(refusal)) from None
    return f"{asked.name} is not on the list: {_decided(stage, act, asked)}"


def waiver(stage: Stage, act: Act) -> str:
    """A checker asks a host to let `who` off, for a `reason`; the host decides."""
    guest = stage.guest(act.text("who"))
    reason, by = act.text("reason"), stage.actor(act.text("phone"))
    try:
        asked = requests.ask_waiver(
            guest.pk, reason=reason, nonce=stage.nonce(), by=by, at=stage.at
        )
    except requests.CannotAsk as refusal:
        raise Otherwise(f"{guest}: {refusal}") from None
    return f"{guest}, waiver: {_decided(stage, act, asked)}"


def _decided(stage: Stage, act: Act, asked: DoorRequest) -> str:
    says = act.text("says", "yes")
    decide = requests.grant if says == "yes" else requests.refuse
    try:
        row = decide(asked.pk, by=stage.host, at=stage.at, words=act.text("words", ""))
    except (requests.AlreadyDecided, walk_ins.CannotWelcome) as refusal:
        raise Otherwise(f"{asked.name}: {refusal}") from None
    except seats.EventFull:
        raise Otherwise(f"{asked.name}: the room is full") from None
    return f"{row.decided_by_name} says {says}"
