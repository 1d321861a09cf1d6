"""Eight people nobody invited: what each of them would read, before anybody does.

Their rows are never saved. A preview goes through the letters and through
events.mail like every letter that is sent; its links open nothing, since there are
no rows behind them.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from events import mail
from events.letter_texts import Words
from events.models import Event, Message
from events.outbox import Draft
from guests.letters import answers, results
from guests.letters import mailings as mailing_letters
from guests.letters.mailings import LOST, WON
from guests.models import (
    Contact,
    Guest,
    Invitation,
    Mailing,
    Obligation,
    SeatOffer,
)
from guests.post_room.made_up_statues import OF_STATUES, made_up_statue
from losers_lounge.telling import told_cents

YES, WAITING = Guest.Answer.YES, Guest.Answer.WAITING
SOMEBODY = "preview@example.com"
# Where the words end and the facts begin: in nobody's letter.
BEGIN = "[[words]]"


@dataclass(frozen=True)
class Persona:
    """Somebody in one of the positions the evening can put them in."""

    label: str
    names: tuple[str, ...]
    is_nominee: bool = False
    standing: str = ""
    answer: str = YES
    plus_ones: int = 0
    assistant: str = ""


PERSONAS = {
    "nominee": Persona(
        _("A nominee who waits"), ("Robin Vale",), is_nominee=True, answer=WAITING
    ),
    "loser": Persona(_("A loser"), ("Sasha Quill",), True, LOST),
    "owing": Persona(_("A winner who owes"), ("Morgan Pryce",), True, WON),
    "paid": Persona(_("A winner who paid"), ("Jamie Thorne",), True, WON),
    "friend": Persona(_("A friend"), ("Alex Finch",), answer=WAITING),
    "plus_one": Persona(_("A friend with a plus-one"), ("Kim Hale",), plus_ones=1),
    "assistant": Persona(
        _("An assistant with three guests"),
        ("Robin Vale", "Sasha Quill", "Noor Castellanos"),
        is_nominee=True,
        answer=WAITING,
        assistant="Dana Reed",
    ),
    "corrected": Persona(_("A corrected winner"), ("Lee Marlow",), True, LOST),
}
MAILED = Mailing.Kind.values
KINDS = {
    **dict(Mailing.Kind.choices),
    "confirmation": _("See you there"),
    "changed": _("Changed, and still on"),
    "decline": _("Not coming"),
    "waitlisted": _("On the waiting list"),
    "offer": _("A seat is yours"),
    "win": _("You won"),
    "loss": _("You lost"),
    "correction": _("The envelope was wrong"),
    "statue_in": _("Your trophy is here"),
    "statue_code": _("A code for a trophy"),
    "statue_safe": _("Your trophy is in the safe"),
}
# The letters that follow from a guest's answer.
ANSWERED = {
    "confirmation": Guest.Answer.YES,
    "changed": Guest.Answer.YES,
    "decline": Guest.Answer.NO,
    "waitlisted": Guest.Answer.WAITLISTED,
    "offer": Guest.Answer.WAITLISTED,
}
# Who gets such a letter for sure; of the others the page says that they do not.
GETS = {
    "win": ("owing", "paid"),
    "loss": ("loser",),
    "correction": ("corrected",),
    "statue_in": ("owing", "paid"),
    "statue_code": ("owing", "paid"),
    "statue_safe": ("owing", "paid"),
    "reminder": ("nominee", "friend", "assistant"),
}


@dataclass(frozen=True)
class Preview:
    """A letter as its reader's program takes it apart."""

    subject: str
    to: str
    text: str
    html: str
    size: int


def preview(
    event: Event, kind: str, persona: str, words: Words, at: datetime
) -> Preview:
    """The letter of this kind that this persona would get, with these words.

    Raises KeyError for a kind or a persona there is none of.
    """
    message = _unsaved(draft(event, kind, persona, words, at), at)
    wire = mail.render(message)
    read: EmailMessage = message_from_bytes(wire, policy=policy.default)
    html = read.get_body(("html",)).get_content()
    return Preview(
        subject=str(read["Subject"]),
        to=str(read["To"]),
        text=read.get_body(("plain",)).get_content(),
        html=_with_pictures(html, read),
        size=len(wire),
    )


def our_words(event: Event, kind: str, persona: str, at: datetime) -> str:
    """Our own body for this persona, to begin from: plain text with placeholders.

    Nothing of who is made up stands in it.
    """
    message = _unsaved(draft(event, kind, persona, Words(), at), at)
    with translation.override(event.language):
        message.context |= _marks(message.context)
        amount = told_cents(event.winner_amount_cents)
    letter = _plain(message)
    message.context["words"] = {"subject": "", "body": BEGIN}
    rest = _plain(message).removeprefix(BEGIN)
    body = letter.removesuffix(rest.lstrip()).strip()
    return body.replace(amount, "[amount]")


def is_ours(event: Event, kind: str, body: str, at: datetime) -> bool:
    """Whether these are our own words, as any of the eight would begin from them."""
    return any(our_words(event, kind, persona, at) == body for persona in PERSONAS)


def _marks(context: dict[str, Any]) -> dict[str, Any]:
    """What of a letter's context a host's words have a placeholder for."""
    facts, found = context["event"], {"greeting": "[name]"}
    marks = {"name": "[event]", "hosted_by": "[hosts]", "charity": "[charity]"}
    marks |= {mark: f"[{mark}]" for mark in ("when", "deadline") if facts[mark]}
    if "guest" in context:
        found["guest"] = {"name": "[name]"}
    if "category" in context:
        found["category"] = str(_("your category"))
    return {"event": {**facts, **marks}, **found}


def _plain(message: Message) -> str:
    wire = mail.render(message)
    read: EmailMessage = message_from_bytes(wire, policy=policy.default)
    text = read.get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n").strip()


def _with_pictures(html: str, read: EmailMessage) -> str:
    """The page with its pictures inside, as a mail program puts them there."""
    for part in read.walk():
        if name := (part["Content-ID"] or "").strip("<>"):
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            source = f"data:{part.get_content_type()};base64,{data}"
            html = html.replace(f"cid:{name}", source)
    return html


def draft(event: Event, kind: str, persona: str, words: Words, at: datetime) -> Draft:
    """The same as a draft for the outbox; its rows exist nowhere."""
    with translation.override(event.language):
        return _drafted(event, kind, persona, words, at)


def _drafted(
    event: Event, kind: str, persona: str, words: Words, at: datetime
) -> Draft:
    who = PERSONAS[persona]
    rows, guests = _party(event, who)
    if kind in MAILED:
        return _mailed(kind, who, rows, guests, words, at)
    if kind in ANSWERED:
        return _answered(kind, guests[0], words, at)
    if kind in OF_STATUES:
        return OF_STATUES[kind](made_up_statue(guests[0], at), words)
    return _OF_RESULTS[kind](guests[0], words)


def _party(event: Event, who: Persona) -> tuple[list[Invitation], list[Guest]]:
    contact = Contact(
        pk=0,
        event=event,
        name=who.assistant or who.names[0],
        email=SOMEBODY,
        is_assistant=bool(who.assistant),
        wants_digest=bool(who.assistant),
    )
    rows, guests = [], []
    for number, name in enumerate(who.names):
        row = Invitation(
            pk=-number, event=event, contact=contact, plus_ones=who.plus_ones
        )
        nominee = -number - 1 if who.is_nominee else None
        guests.append(
            Guest(
                pk=-number,
                event=event,
                invitation=row,
                name=name,
                nominee_id=nominee,
                answer=who.answer,
            )
        )
        rows.append(row)
    return rows, guests


def _mailed(
    kind: str,
    who: Persona,
    rows: list[Invitation],
    guests: list[Guest],
    words: Words,
    at: datetime,
) -> Draft:
    event = rows[0].event
    plan = Mailing(event=event, kind=kind)
    if kind == Mailing.Kind.THANKS:
        plan.stated = {"total": mailing_letters.stated_total(event, at)}
    if rows[0].contact.wants_one_letter:
        return mailing_letters.together(rows, guests, plan, words=words)
    standings = {guests[0].pk: who.standing} if who.standing else {}
    return mailing_letters.single(rows[0], guests, plan, standings, words=words)


def _answered(kind: str, guest: Guest, words: Words, at: datetime) -> Draft:
    guest.answer = ANSWERED[kind]
    if kind == "offer":
        until = at + timedelta(hours=guest.event.offer_hours)
        offer = SeatOffer(pk=0, guest=guest, heads=1, expires_at=until)
        return answers.seat_offer(guest.invitation, offer, words)
    return answers.answer(guest, [], was_coming=kind == "changed", words=words)


def _obligation(guest: Guest) -> Obligation:
    why = _("Won Outstanding Lead in a Comedy Series, confirmed 8:41 pm PDT; due once.")
    cents = guest.event.winner_amount_cents
    row = Obligation(pk=0, guest=guest, amount_cents=cents, written=str(why))
    row.paid_cents = 0
    return row


_OF_RESULTS: dict[str, Callable[[Guest, Words], Draft]] = {
    "win": lambda guest, words: results.win(_obligation(guest), words),
    "loss": results.loss,
    "correction": lambda guest, words: results.correction(
        _obligation(guest), str(_("Outstanding Lead in a Comedy Series")), words
    ),
    "settle": lambda guest, words: results.settlement(
        guest, [_obligation(guest)], "preview", words
    ),
}


def _unsaved(written: Draft, at: datetime) -> Message:
    return Message(
        event=written.event,
        kind=written.kind,
        about=written.about,
        recipient_name=written.recipient_name,
        recipient_email=written.recipient_email,
        template=written.template,
        context=written.context_for_readers,
        is_bulk=written.is_bulk,
        created_at=at,
    )
