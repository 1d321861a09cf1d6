"""The end of the night: who still owes, who is still here, and the signature."""

from guests import closing
from guests.actors import Actor
from guests.door import going_home, settle
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Stage


def owing(stage: Stage, act: Act) -> str:
    """Exactly `who` are inside and owe; each is discreetly written to."""
    rows = settle.inside_owing(stage.event)
    names = sorted(row.guest.name for row in rows)
    if names != sorted(act.texts("who")):
        raise Otherwise(f"inside and owing: {', '.join(names) or 'nobody'}")
    by = stage.actor(act.text("phone"))
    for row in rows:
        if not row.owed:
            continue
        try:
            settle.tell(row.guest.pk, nonce=stage.nonce(), by=by, at=stage.at)
        except settle.NotTold as refusal:
            raise Otherwise(f"{row.guest}: {refusal}") from None
    return f"inside and owing, written to: {', '.join(names) or 'nobody'}"


def everybody_home(stage: Stage, act: Act) -> str:
    """The room is empty, and one press says so."""
    went = going_home.everybody(
        stage.event,
        reason=act.text("reason"),
        nonce=stage.nonce(),
        by=Actor.of(stage.host),
        at=stage.at,
    )
    return f"{went} people went home: {act.text('reason')}"


def keep_asking(stage: Stage, act: Act) -> str:
    """What is still owed is asked for by letter, from exactly `who`."""
    rows = closing.undecided(stage.event)
    names = sorted(row.guest.name for row in rows)
    if names != sorted(act.texts("who")):
        raise Otherwise(f"still owing: {', '.join(names) or 'nobody'}")
    settle.keep([row.pk for row in rows], by=stage.host, at=stage.at)
    return f"still asked: {', '.join(names) or 'nobody'}"


def not_yet(stage: Stage, act: Act) -> str:
    """The night cannot be signed off, for exactly these points (`open`)."""
    found = sorted(row.key for row in closing.checklist(stage.event) if row.count)
    if found != sorted(act.texts("open")):
        raise Otherwise(f"open: {', '.join(found) or 'nothing'}")
    try:
        closing.sign(stage.event, by=stage.host, at=stage.at)
    except closing.NotYet:
        return f"cannot be signed off yet: {', '.join(found)}"
    raise Otherwise("The night was signed off with points open")


def sign(stage: Stage, act: Act) -> str:
    """Nothing is open: a host signs the night off."""
    try:
        signed = closing.sign(stage.event, by=stage.host, at=stage.at)
    except closing.NotYet as refusal:
        raise Otherwise(f"still open: {refusal}") from None
    return f"signed off by {signed.signed_by_name}"
