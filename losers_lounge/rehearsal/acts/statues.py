"""The trophy desk: statues come in, go home, or stay in the safe."""

from events.models import Message
from guests import trophies
from guests.actors import Actor
from guests.models import HandOver, Trophy
from guests.trophies import hand_over, outcome
from guests.trophies.tags import plain_tag
from losers_lounge import links
from losers_lounge.rehearsal.script import Act, ScriptError
from losers_lounge.rehearsal.stage import Otherwise, Stage

REFUSALS = (
    trophies.WentHome,
    hand_over.UnderWay,
    hand_over.SamePerson,
    hand_over.Over,
    hand_over.NoAddress,
    hand_over.TooManyCodes,
)


def statue(stage: Stage, act: Act) -> str:
    """`who` leaves a statue under a `tag`."""
    guest, by = stage.guest(act.text("who")), stage.actor(act.text("phone"))
    tag = act.text("tag")
    try:
        intake = trophies.Intake(tag, shelf=act.text("shelf", ""))
        trophies.receive(guest.pk, intake, by=by, at=stage.at)
    except trophies.TagInUse:
        raise Otherwise(f"{guest}: tag {tag} is in use") from None
    except trophies.TooManyTrophies:
        raise Otherwise(f"{guest}: has won no such statue") from None
    return f"{guest} leaves a statue under tag {tag}"


def no_statue(stage: Stage, act: Act) -> str:
    """A statue that was won is not here, and why (`outcome`); a host may say so."""
    guest = stage.guest(act.text("who"))
    category = stage.category(act.text("category"))
    won = category.nominations.filter(nominees=guest.nominee_id).values_list("pk")
    said, words = act.text("outcome"), act.text("words", "")
    phone = act.text("phone", "")
    by = stage.actor(phone) if phone else Actor.of(stage.host)
    for (nomination_id,) in won:
        try:
            outcome.record(guest.pk, nomination_id, said, words, by=by, at=stage.at)
        except (outcome.NotWon, outcome.IsHere, outcome.HostDecides) as refusal:
            kind = type(refusal).__name__
            raise Otherwise(f"{guest}, {category}: {kind}") from None
    return f"{guest}, {category}: {words or said}"


def give_back(stage: Stage, act: Act) -> str:
    """The owner of `tag` was known by `identity`; a host looks as well."""
    trophy, by = _trophy(stage, act.text("tag")), stage.actor(act.text("phone"))
    try:
        row = hand_over.begin(
            trophy.pk, identity=act.text("identity"), by=by, at=stage.at
        )
        hand_over.confirm(row.pk, by=Actor.of(stage.host), at=stage.at)
    except REFUSALS as refusal:
        raise Otherwise(f"{trophy}: {type(refusal).__name__}") from None
    return f"{trophy}: back to {row.to}, {row.identity}"


def fetch(stage: Stage, act: Act) -> str:
    """`to` comes for the owner: a wrong code does nothing, the owner's own does."""
    trophy, by = _trophy(stage, act.text("tag")), stage.actor(act.text("phone"))
    try:
        row = hand_over.send_code(trophy.pk, to=act.text("to"), by=by, at=stage.at)
        _guess(stage, row, by)
        hand_over.try_code(row.pk, _code(row), by=by, at=stage.at)
    except (*REFUSALS, hand_over.WrongCode) as refusal:
        raise Otherwise(f"{trophy}: {type(refusal).__name__}") from None
    return f"{trophy}: to {row.to}, by the owner's code"


def _guess(stage: Stage, row: HandOver, by: Actor) -> None:
    wrong = "".join(str(9 - int(digit)) for digit in _code(row))
    try:
        hand_over.try_code(row.pk, wrong, by=by, at=stage.at)
    except hand_over.WrongCode:
        return
    raise Otherwise("A wrong code opened the shelf")


def _code(row: HandOver) -> str:
    """The code as the owner reads it in the letter."""
    letter = Message.objects.get(dedupe_key__endswith=f"statue_code:{row.pk}")
    return links.make_code(*letter.context["code"]["code"])


def to_safe(stage: Stage, act: Act) -> str:
    """What is left is locked away, with a receipt to each owner."""
    here = stage.event.trophies.filter(released_at=None, safe_at=None)
    by, second = Actor.of(stage.host), act.text("second", "")
    ids = list(here.values_list("pk", flat=True))
    rows = trophies.to_safe(stage.event, ids, by=by, at=stage.at, second=second)
    return f"into the safe: {', '.join(row.tag for row in rows) or 'nothing'}"


def _trophy(stage: Stage, tag: str) -> Trophy:
    """The statue that is here under this tag. Raises ScriptError."""
    rows = stage.event.trophies.filter(tag=plain_tag(tag), released_at=None)
    trophy = rows.select_related("guest").first()
    if trophy is None:
        raise ScriptError(f"{tag}: no statue is here under this tag.")
    return trophy
