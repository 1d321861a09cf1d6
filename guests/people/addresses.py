"""Where mail for a guest goes: corrected for everybody behind it, or for one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.models import Event, Message, User
from guests import forgotten
from guests.letters.renewed import renew_links
from guests.models import Contact, Guest, Invitation
from guests.models.about import INVITATION
from losers_lounge.edit_conflict import mark
from losers_lounge.whole_number import whole_number


class AddressChanged(Exception):
    """Somebody corrected it since the page was shown; `now` is what stands."""

    def __init__(self, now: "Address") -> None:
        super().__init__(now.email)
        self.now = now


@dataclass(frozen=True)
class Address:
    """Who is written to, and where; an empty e-mail means by hand."""

    name: str
    email: str
    phone: str = ""

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """As the row has it."""
        return cls(contact.name, contact.email, contact.phone)

    @property
    def mark(self) -> str:
        """What a form that shows this carries along."""
        return mark(self.name, self.email, self.phone)


@dataclass(frozen=True)
class Repaired:
    """A corrected address, the people it is for, and the letters that go again."""

    contact: Contact
    people: int
    letters: int


def people_behind(contact: Contact) -> QuerySet[Guest]:
    """Everybody on the list who is written to at this contact, by name."""
    found = Guest.objects.principals().filter(invitation__contact=contact)
    return found.order_by("name_key", "pk")


@transaction.atomic
def change(
    guest_id: int,
    address: Address,
    seen: str,
    *,
    everyone: bool,
    by: User,
    at: datetime,
) -> Contact:
    """Correct the address of a guest's contact; returns the contact they have then.

    Behind a shared contact `everyone` says whether all of its people move or this
    one alone, who is given a contact of their own. Letters that have not left follow.
    `seen` is the mark of what the page showed: where something else stands by now,
    raises AddressChanged and writes nothing; as with forgotten.Forgotten.
    """
    invitation = _locked(Invitation.objects.filter(guests=guest_id))
    guest = Guest.objects.get(pk=guest_id)
    contact = invitation.contact
    forgotten.refuse_words_about(contact)
    now = Address.of(contact)
    if address == now:
        return contact
    if now.mark != seen:
        raise AddressChanged(now)
    contact = _moved(invitation, address, everyone)
    verb = noop("changed an address")
    activity.record(invitation.event, by, verb, guest.name, at=at, about=guest.about)
    return contact


@transaction.atomic
def repair(message_id: int, email: str, *, by: User, at: datetime) -> Repaired:
    """Send a letter that did not arrive to the right address, with the same link.

    The contact is corrected for everybody behind it, and what came back from the old
    address goes again too. Raises Message.DoesNotExist for a letter that is on its
    way or has arrived: nothing is sent twice by pressing twice.
    """
    rows = Message.objects.about(INVITATION).filter(state__in=Message.REPAIRABLE)
    message = rows.select_related("event").get(pk=message_id)
    invitation = _locked(Invitation.objects.filter(pk=invitation_of(message)))
    message.refresh_from_db()
    contact, old = invitation.contact, message.recipient_email
    _write(contact, Address(contact.name, email, contact.phone))
    behind = list(contact.invitations.all())
    # What may have arrived goes again only where the host has looked at it.
    again = _about(behind).filter(
        Q(pk=message.pk) | Q(state__in=Message.CAME_BACK, recipient_email=old)
    )
    for row in behind:
        renew_links(again.filter(about=row.about), row)
    queued = outbox.send_again(again, recipient_email=email)
    outbox.readdress(_about(behind), email)
    verb, name = (
        noop("corrected an address, sent again"),
        message.recipient_name,
    )
    activity.record(message.event, by, verb, name, at=at, about=invitation.about)
    return Repaired(contact, people_behind(contact).count(), queued)


def invitation_of(message: Message) -> int | None:
    """The id of the invitation a letter is about; None for any other letter."""
    is_one = message.about.startswith(INVITATION)
    return whole_number(message.about.removeprefix(INVITATION)) if is_one else None


def _locked(rows: QuerySet[Invitation]) -> Invitation:
    """The event's lock first, then the invitation as it is now."""
    events = Event.objects.locked()
    event = events.filter(Exists(rows.filter(event=OuterRef("pk")))).first()
    found = rows.select_for_update(of=("self", "contact"), no_key=True)
    row = found.select_related("contact").get()
    row.event = event
    return row


def _moved(invitation: Invitation, address: Address, everyone: bool) -> Contact:
    """The contact with this address, and the letters that are on their way to it."""
    contact = invitation.contact
    if not everyone and contact.invitations.exclude(pk=invitation.pk).exists():
        contact = _own_contact(invitation, address)
    else:
        _write(contact, address)
    if contact.email:
        outbox.readdress(_about(contact.invitations.all()), contact.email)
    return contact


def _write(contact: Contact, address: Address) -> None:
    contact.name, contact.email = address.name, address.email
    contact.phone = address.phone
    contact.save(update_fields=["name", "email", "phone"])


def _own_contact(invitation: Invitation, address: Address) -> Contact:
    """A contact for this invitation alone; an assistant's say in it ends with it.

    No letter leads its new reader to the page of an assistant from before.
    """
    contact = Contact.objects.create(
        event=invitation.event,
        name=address.name,
        email=address.email,
        phone=address.phone,
    )
    invitation.contact, invitation.contact_may_give = contact, False
    invitation.save(update_fields=["contact", "contact_may_give"])
    renew_links(_about([invitation]).filter(state__in=Message.WAITING), invitation)
    return contact


def _about(rows: Iterable[Invitation]) -> QuerySet[Message]:
    return Message.objects.filter(about__in=[row.about for row in rows])
