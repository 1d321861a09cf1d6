"""Guests say whether they come, and with whom."""

from guests import rsvp
from guests.models import Guest
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Stage


def answer(stage: Stage, act: Act) -> str:
    """`who` come or do not (`says`: yes or no); `with` are the names they bring."""
    says = act.text("says", "yes")
    if says not in (Guest.Answer.YES, Guest.Answer.NO):
        raise Otherwise(f'says {says!r}: write "yes" or "no".')
    reply = rsvp.Reply(Guest.Answer(says), act.texts("with"))
    is_late = not stage.event.takes_answers(stage.at)
    for name in act.texts("who"):
        try:
            guest = stage.guest(name)
            rsvp.answer(guest.pk, reply, at=stage.at, as_host=is_late)
        except (rsvp.AnswerRefused, rsvp.EventFull) as refusal:
            raise Otherwise(f"{name}: {refusal}") from None
    who = act.texts("who")
    text = who[0] if len(who) == 1 else f"{len(who)} people"
    brought = f", with {', '.join(act.texts('with'))}" if act.texts("with") else ""
    return f"{text}: {says}{brought}"
