"""An assistant answers for others: one link, everybody they answer for.

They hold their own link and never an invitation's. So what only a principal may
decide, on the invitation's page, no assistant can decide in their place: whether
the assistant may give in their name, and that the answering ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.models import Event, Message, User
from guests import evening, letters, parties, rsvp
from guests.evening import Evening
from guests.models import Contact, Guest, Invitation


class NotGranted(Exception):
    """The principal did not let this assistant give in their name."""


class SameAddress(Exception):
    """The address is the assistant's: mail would go where it went before."""


@dataclass
class AllYes:
    """What one press for everybody did, by name."""

    answered: list[str] = field(default_factory=list)
    without_seat: list[str] = field(default_factory=list)
    is_closed: bool = False


def evenings(contact: Contact) -> list[Evening]:
    """Everybody this assistant answers for and whom they bring, by name.

    A constant number of queries; `guest.invitation` is fetched with each.
    """
    people = Guest.objects.on_the_list().filter(
        invitation__contact=contact, invitation__continues_as=None
    )
    shown = people.select_related("invitation").order_by("name_key", "pk")
    return evening.of_people(shown)


def say_yes_for_all(contact: Contact, at: datetime) -> AllYes:
    """Yes for everybody without an answer, alone; who has answered is left as it is.

    Each is an answer of its own, so that who finds no seat hinders nobody else.
    """
    done = AllYes()
    waiting = Guest.objects.principals().filter(
        invitation__contact=contact,
        invitation__continues_as=None,
        answer=Guest.Answer.WAITING,
    )
    for guest in waiting.order_by("name_key", "pk"):
        try:
            is_answered = _say_yes(guest.pk, waiting, contact, at)
        except rsvp.EventFull:
            done.without_seat.append(guest.name)
        except rsvp.AnswersClosed:
            done.is_closed = True
            break
        else:
            if is_answered:
                done.answered.append(guest.name)
    return done


def _say_yes(
    guest_id: int, waiting: QuerySet[Guest], contact: Contact, at: datetime
) -> bool:
    """Whether that is their answer now; not where they gave one, or left, just now."""
    # Read anew for each: they may be answering for themselves at this moment.
    versions = waiting.filter(pk=guest_id).values_list("invitation__version", flat=True)
    version = versions.first()
    if version is None:
        return False
    yes, by = Guest.Answer.YES, contact.name
    try:
        rsvp.answer(guest_id, rsvp.Reply(yes, version=version), at=at, by=by)
    except (rsvp.StaleAnswer, Guest.DoesNotExist):
        return False
    return True


def begin_giving(contact: Contact, guests: Sequence[Guest], at: datetime) -> None:
    """Note that the assistant goes and gives for these guests.

    Raises NotGranted with a name, read anew: a principal may have taken it back just
    now.
    """
    granted = set(
        Invitation.objects.filter(contact=contact, contact_may_give=True).values_list(
            "pk", flat=True
        )
    )
    for guest in guests:
        if guest.invitation_id not in granted:
            raise NotGranted(guest.name)
    for guest in guests:
        who, verb = (
            parties.actor(guest, contact.name),
            noop("went to the payment page"),
        )
        activity.record(contact.event, who, verb, at=at, about=guest.about)


@transaction.atomic
def let_give(invitation_id: int, may_give: bool, at: datetime) -> Invitation:
    """The principal lets their assistant give in their name, or takes it back.

    The same again changes nothing; without an assistant there is nobody to let.
    """
    row = _locked(invitation_id)
    if row.contact.is_assistant and row.contact_may_give != may_give:
        row.contact_may_give = may_give
        row.save(update_fields=["contact_may_give"])
        granted, taken = noop("granted giving to"), noop("took giving back from")
        _note(row, granted if may_give else taken, at)
    return row


@transaction.atomic
def answer_for_myself(invitation_id: int, email: str, at: datetime) -> Invitation:
    """The principal has mail sent to an address of their own, and answers alone.

    The link and the passes the assistant could see are retired, the new link goes to
    the new address, and the assistant is told. Pressed twice, it was done once.
    Raises SameAddress.
    """
    row, email = _locked(invitation_id), email.strip().lower()
    assistant = row.contact
    if not assistant.is_assistant:
        return row
    if email == assistant.email.lower():
        raise SameAddress
    _note(row, noop("took answering back from"), at)
    principal = row.guests.principals().order_by("pk").first()
    name = principal.name if principal else assistant.name
    row.contact = Contact.objects.create(event=row.event, name=name, email=email)
    row.contact_may_give = False
    row.link_version += 1
    row.save(update_fields=["contact", "contact_may_give", "link_version"])
    row.continued.update(link_version=F("link_version") + 1)
    mails = Message.objects.filter(about=row.about)
    letters.renew_links(_waiting(mails), row)
    outbox.readdress(mails, email)
    drafts = [letters.handed_over(row, assistant, name)]
    if principal:
        drafts.append(letters.own_link(row, principal))
    letters.post(drafts, at)
    return row


@transaction.atomic
def set_assistant(
    contact_id: int, is_assistant: bool, *, by: User, at: datetime
) -> None:
    """A host says whether this contact answers for others on a page of their own.

    From now on letters of before open nothing: they held the invitations' own links,
    and what those open only a principal decides. Whoever had any gets the page's link.
    No longer: the page's link and cookie are dead, and nothing may be given by them.
    """
    contact = _locked_contact(contact_id)
    if contact.is_assistant == is_assistant:
        return
    contact.is_assistant = is_assistant
    contact.link_version += 1
    contact.save(update_fields=["is_assistant", "link_version"])
    contact.invitations.update(contact_may_give=False)
    if is_assistant:
        _retire_invitations(contact, at)
    for row in contact.invitations.all():
        row.contact = contact
        letters.renew_links(_waiting(Message.objects.filter(about=row.about)), row)
    made, ended = noop("made an assistant of"), noop("ended the assistant's page of")
    verb = made if is_assistant else ended
    activity.record(contact.event, by, verb, contact.name, at=at)


def _retire_invitations(contact: Contact, at: datetime) -> None:
    """Links, cookies and passes that the new assistant may hold are dead."""
    rows = contact.invitations.all()
    later = Invitation.objects.filter(continues_as__in=rows)
    later.update(link_version=F("link_version") + 1)
    rows.update(link_version=F("link_version") + 1)
    if rows.exclude(invited_at=None).exists():
        letters.post([letters.portal_link(contact, f"v{contact.link_version}")], at)


@transaction.atomic
def retire_link(contact_id: int, *, by: User, at: datetime) -> None:
    """Kill the link of an assistant's page, and every browser that came in by it."""
    contact = _locked_contact(contact_id)
    contact.link_version += 1
    contact.save(update_fields=["link_version"])
    about = [row.about for row in contact.invitations.all()]
    mails = Message.objects.filter(about__in=[contact.about, *about])
    letters.lead(_waiting(mails), {("contact", contact.public_id): _page_link(contact)})
    verb = noop("retired an assistant's link")
    activity.record(contact.event, by, verb, contact.name, at=at)


def _locked(invitation_id: int) -> Invitation:
    """The event's lock first, then the invitation as it is now."""
    event = Event.objects.locked().get(invitations=invitation_id)
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("contact").get(pk=invitation_id)
    row.event = event
    return row


def _locked_contact(contact_id: int) -> Contact:
    rows = Contact.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("event").get(pk=contact_id)


def _page_link(contact: Contact) -> list[str | int]:
    return ["contact", contact.public_id, contact.link_version]


def _waiting(mails: QuerySet[Message]) -> QuerySet[Message]:
    """Those that have not left: a letter never leaves with a link that is dead."""
    return mails.filter(state__in=Message.WAITING)


def _note(row: Invitation, verb: str, at: datetime) -> None:
    """What a principal did, under their own name."""
    principal = row.guests.principals().order_by("pk").first()
    activity.record(
        row.event,
        principal.name if principal else "",
        verb,
        row.contact.name,
        at=at,
        about=principal.about if principal else "",
    )
