"""What a guest is asked, on their own page or an assistant's, and what they said."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event
from guests import rsvp, seats
from guests.evening import Evening
from guests.forms.answers import NeedsForm, RsvpForm
from guests.models import Guest


@dataclass(frozen=True)
class Refused:
    """What came of a press: a form with its faults, or words for the whole page."""

    form: RsvpForm | NeedsForm | None = None
    guest_id: int | None = None
    words: str = ""
    status: int = HTTPStatus.OK


NOTHING_REFUSED = Refused()


def answer_form(seen: Evening, data: Any = None) -> RsvpForm:
    """The question to one guest, with what they said before."""
    answered = seen.guest.answer != Guest.Answer.WAITING
    return RsvpForm(
        data,
        invitation=seen.guest.invitation,
        names=seen.names,
        unnamed=seen.unnamed,
        initial={"answer": seen.guest.answer if answered else None},
        auto_id=f"{seen.guest.public_id}_%s",
    )


def needs_form(seen: Evening, data: Any = None) -> NeedsForm:
    """What to tell the venue, for the guest and everybody they bring."""
    return NeedsForm(data, people=seen.party, auto_id=f"{seen.guest.public_id}_%s")


def rows(
    event: Event, evenings: list[Evening], refused: Refused
) -> list[dict[str, Any]]:
    """Each evening with the forms that it takes at this moment."""
    is_full = any(seen.has_no_seat for seen in evenings) and seats.is_full(event)
    return [_row(seen, refused, is_full=is_full) for seen in evenings]


def _row(seen: Evening, refused: Refused, *, is_full: bool) -> dict[str, Any]:
    row = {"evening": seen, "form": None, "needs": None}
    if seen.is_principal:
        row["form"] = answer_form(seen)
        if is_full and seen.has_no_seat:
            row["form"].offer_waiting_list(instead_of_yes=True)
        if seen.guest.is_coming:
            row["needs"] = needs_form(seen)
    if refused.form is not None and refused.guest_id == seen.guest.pk:
        row["form" if isinstance(refused.form, RsvpForm) else "needs"] = refused.form
    return row


def is_closed(event: Event, refused: Refused) -> bool:
    """Whether the page no longer asks what the refused form answers."""
    return isinstance(refused.form, RsvpForm) and not event.takes_answers()


def take(form: RsvpForm, guest: Guest, by: str = "") -> Refused:
    """Record what a form says about this guest; `by` names who says it for them.

    Its status is 200 where it counts. Raises Http404 for somebody off the list since.
    """
    if form.data.get("answer") == Guest.Answer.WAITLISTED:
        form.offer_waiting_list(instead_of_yes=False)
    if not form.is_valid():
        return Refused(form, guest.pk, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _record(guest, form, by)
    except rsvp.EventFull as full:
        if not full.seats_held:
            form.offer_waiting_list(instead_of_yes=not full.seats_left)
        form.add_error(None, _full_words(full))
        return Refused(form, guest.pk, status=HTTPStatus.CONFLICT)
    except rsvp.AnswersClosed as refusal:
        return Refused(words=str(refusal), status=HTTPStatus.GONE)
    except rsvp.AnswerRefused as refusal:
        return Refused(words=str(refusal), status=HTTPStatus.CONFLICT)
    return NOTHING_REFUSED


def _record(guest: Guest, form: RsvpForm, by: str) -> None:
    said = form.cleaned_data
    reply = rsvp.Reply(
        Guest.Answer(said["answer"]), form.plus_ones(), form.unnamed(), said["version"]
    )
    try:
        rsvp.answer(guest.pk, reply, at=timezone.now(), by=by)
    except Guest.DoesNotExist:  # taken off the list since the page was shown
        raise Http404 from None


def _full_words(full: rsvp.EventFull) -> str:
    if full.seats_held:
        return _(
            "There is no room for so many people, so nothing was changed. "
            "Your own seat is safe."
        )
    if full.seats_left:
        return ngettext(
            "Only %(n)d seat is left, so nothing was changed. "
            "Come with fewer people, or wait for a seat.",
            "Only %(n)d seats are left, so nothing was changed. "
            "Come with fewer people, or wait for a seat.",
            full.seats_left,
        ) % {"n": full.seats_left}
    return _(
        "Every seat is taken, so nothing was changed. "
        "Shall we put you on the waiting list?"
    )
