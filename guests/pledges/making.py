"""A nominee pledges, and takes it back. Every act is logged under who pressed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations import pledges
from donations.donor import Donor
from donations.models import Pledge
from events import activity
from events.models import Event, Nomination
from guests import parties
from guests.models import Guest, GuestPledge, Invitation, Obligation
from guests.pledges import mandate
from guests.pledges.refusals import NotOffered, TooLateToWithdraw

DUE, DORMANT = Obligation.State.DUE, Obligation.State.DORMANT


@dataclass(frozen=True)
class Press:
    """Who pressed, when, and from where; `by` names an assistant, who needs leave."""

    at: datetime
    ip: str | None = None
    by: str = ""
    contact_id: int | None = None


def offered_cents(guest: Guest) -> int:
    """What this guest may pledge now, in minor units; 0 when there is nothing to.

    All they may come to owe, as long as one of their categories is open and nothing
    is owed yet. Reads guest.event.
    """
    event = guest.event
    is_on = guest.removed_at is None and guest.answer != Guest.Answer.NO
    if guest.erased_at is not None or event.guests_erased_at is not None:
        return 0
    if not is_on or event.status != Event.Status.OPEN:
        return 0
    rows = list(Obligation.objects.live().filter(guest=guest))
    if any(row.state == DUE for row in rows) or not guest.nominee_id:
        return 0
    pending = Nomination.Outcome.PENDING
    if not guest.nominee.nominations.filter(outcome=pending).exists():
        return 0
    return sum(row.amount_cents for row in rows if row.state == DORMANT)


def latest(guest: Guest) -> GuestPledge | None:
    """The guest's newest pledge, whatever became of it."""
    rows = guest.pledges.select_related("pledge__donation")
    return rows.order_by("-pk").first()


def live(guest: Guest) -> Pledge | None:
    """The pledge with a card that may still come to pay, for the door's card."""
    cards = Pledge.objects.live().exclude(state=Pledge.State.OFFERED)
    return cards.filter(of_guest__guest=guest).first()


@transaction.atomic
def agree(guest_id: int, press: Press) -> Pledge:
    """The pledge that this guest agrees to, made if there is none: press twice, one.

    One that was agreed to in other words, and has no card yet, is replaced. Raises
    NotOffered.
    """
    guest = _locked(guest_id, press)
    row = (
        guest.pledges.select_related("pledge")
        .filter(pledge__state__in=Pledge.LIVE)
        .first()
    )
    if row is not None and row.pledge.state != Pledge.State.OFFERED:
        return row.pledge
    cents = offered_cents(guest)
    if not cents:
        raise NotOffered(_("There is nothing left to pledge."))
    terms = mandate.of(guest.event, guest.name, cents, press.at, press.ip)
    if row is not None:
        if row.pledge.mandate_text == terms.text:
            return row.pledge
        pledges.release(row.pledge_id, press.at)
    pledge = pledges.offer(guest.event, _donor(guest), cents, terms, at=press.at)
    GuestPledge.objects.create(guest=guest, pledge=pledge)
    _note(guest, noop("agreed to a pledge"), press)
    return pledge


@transaction.atomic
def withdraw(guest_id: int, press: Press) -> bool:
    """Take the pledge back, until a win is confirmed; whether there was one.

    Raises TooLateToWithdraw, and NotOffered to who may not press.
    """
    guest = _locked(guest_id, press)
    row = guest.pledges.filter(pledge__state__in=Pledge.LIVE).first()
    if row is None:
        return False
    if Obligation.objects.unpaid().filter(guest=guest).exists():
        raise TooLateToWithdraw(
            _("Your win is confirmed, so this cannot be taken back. Ask your host.")
        )
    done = pledges.withdraw(row.pledge_id, press.at)
    if done:
        _note(guest, noop("took the pledge back"), press)
    return done


def _locked(guest_id: int, press: Press) -> Guest:
    """The guest, locked. Who presses for them must have leave at this moment."""
    related = ("event__charity", "invitation__contact", "nominee")
    guest = Guest.objects.locked().select_related(*related).get(pk=guest_id)
    if press.by:
        may = Invitation.objects.filter(
            pk=guest.invitation_id,
            contact=press.contact_id,
            contact_may_give=True,
        )
        if not may.exists():
            raise NotOffered(_("They have not let you pledge in their name."))
    return guest


def _donor(guest: Guest) -> Donor:
    """Their assistant's address stands for theirs where they gave leave."""
    contact = guest.invitation.contact
    is_told = guest.invitation.contact_may_give or not contact.is_assistant
    return Donor(guest.name, contact.email if is_told else "")


def _note(guest: Guest, verb: str, press: Press) -> None:
    who = parties.actor(guest, press.by)
    activity.record(guest.event, who, verb, at=press.at, about=guest.about)
