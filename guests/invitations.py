"""Send the invitations, and bring a lost link back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, Message, User
from guests import letters, mailings, reach
from guests.models import Contact, Guest, Invitation, Mailing
from guests.models.about import INVITATION
from losers_lounge.links import make_lookup

BATCH = 500
MOST_LINKS = 20  # of one address, however many invitations it has


@dataclass(frozen=True)
class Sent:
    """What one press did: letters queued, and invitations without an address."""

    queued: int
    without_address: int


@dataclass(frozen=True)
class Rotated:
    """How many links are new, and letters that now lead there."""

    invitations: int
    pages: int
    letters: int


def send(event_id: int, *, by: User | str, at: datetime) -> Sent:
    """Put one letter in the outbox for every invitation that has none yet.

    Pressing twice, or two hosts at once, writes to nobody twice. Raises
    mailings.EventNotOpen.
    """
    event = Event.objects.select_related("charity").get(pk=event_id)
    wanted = mailings.Plan(Mailing.Kind.INVITATION)
    sent = mailings.plan(event, wanted, nonce=make_lookup(), by=by, at=at)
    mailings.write(sent.pk, at)
    sent.refresh_from_db()
    return Sent(sent.written, without_address(event))


@dataclass(frozen=True)
class Unsent:
    """Invitations that have not gone out: they wait for a press, or have no way."""

    waiting: int
    without_address: int


def unsent(event: Event) -> Unsent:
    """Both figures in one question."""
    nowhere = Q(contact__email="")
    found = reach.of_somebody(event).aggregate(
        waiting=Count("pk", filter=Q(invited_at=None) & ~nowhere),
        nowhere=Count("pk", filter=nowhere),
    )
    return Unsent(found["waiting"], found["nowhere"])


def without_address(event: Event) -> int:
    """Invitations nobody can be written for; they want a printed card."""
    return reach.of_somebody(event).filter(contact__email="").count()


def waiting_to_be_sent(event: Event) -> int:
    """Invitations with an address that no letter has gone out for."""
    return _waiting(event).count()


def _waiting(event: Event) -> QuerySet[Invitation]:
    return reach.of_somebody(event).filter(invited_at=None).exclude(contact__email="")


@transaction.atomic
def rotate(invitation_id: int, *, by: User, at: datetime) -> Invitation:
    """Retire this invitation's link and QR codes; a new one works from now on.

    Links of invitations that were merged into it end with it, and the one meant is
    the one they lead to. Letters that have not left get the new link.
    """
    asked = Invitation.objects.get(pk=invitation_id)
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("event", "contact")
        .get(pk=asked.continues_as_id or asked.pk)
    )
    row.link_version += 1
    row.save(update_fields=["link_version"])
    row.continued.update(link_version=F("link_version") + 1)
    unsent = Message.objects.filter(about=row.about, state__in=Message.WAITING)
    letters.renew_links(unsent, row)
    verb, name = noop("retired a link"), row.contact.name
    activity.record(row.event, by, verb, name, at=at, about=row.about)
    return row


@transaction.atomic
def rotate_all(event_id: int, *, by: User | str, at: datetime) -> Rotated:
    """Retire the links and QR codes of everybody at once; new ones work from now on.

    Letters that have not left get the new links; what has left leads nowhere.
    """
    event = Event.objects.locked().get(pk=event_id)
    following = {"link_version": F("link_version") + 1}
    rows = event.invitations.update(**following)
    pages = Contact.objects.filter(event=event, is_assistant=True).update(**following)
    waiting = event.messages.filter(state__in=Message.WAITING)
    meant = _numbers(waiting.about(INVITATION))
    changed = 0
    for row in _read(event).filter(pk__in=meant).iterator(BATCH):
        changed += letters.renew_links(waiting.filter(about=row.about), row)
    meant = _numbers(waiting.about("contact/"))
    for contact in Contact.objects.filter(pk__in=meant).iterator(BATCH):
        page = ("contact", contact.public_id)
        ways = {page: [*page, contact.link_version]}
        changed += letters.lead(waiting.filter(about=contact.about), ways)
    activity.record(event, by, noop("retired every link of"), event.name, at=at)
    return Rotated(rows, pages, changed)


def _read(event: Event) -> QuerySet[Invitation]:
    return event.invitations.select_related("event", "contact")


def _numbers(mails: QuerySet[Message]) -> set[int]:
    """Of what these mails are about: "invitation/12" is 12."""
    marks = mails.order_by().values_list("about", flat=True).distinct()
    return {int(mark.partition("/")[2]) for mark in marks}


def send_lost_links(email: str, at: datetime) -> int:
    """Send the links of an address again, an hour apart at the least.

    An assistant gets the one link of their page, once. The page says the same
    whatever this returns.
    """
    rows = (
        Invitation.objects.filter(
            contact__email=email.strip().lower(),
            event__status=Event.Status.OPEN,
            invited_at__isnull=False,
            continues_as=None,
        )
        .select_related("event__charity", "contact__event__charity")
        .prefetch_related(Prefetch("guests", Guest.objects.principals()))
    )
    hour, drafts = f"{at:%Y%m%d%H}", {}
    for row in rows.order_by("-pk")[:MOST_LINKS]:
        if not row.guests.all():
            continue
        if row.contact.is_assistant:
            drafts[row.contact.about] = letters.portal_link(row.contact, hour)
        else:
            drafts[row.about] = letters.lost_link(row, row.guests.all()[0], hour)
    with transaction.atomic():
        return letters.post(drafts.values(), at)
