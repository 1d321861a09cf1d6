"""Everything about one person in one place, in a constant number of queries."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from donations.models import Donation
from events.models import Activity, Message
from guests import evening, merging
from guests.evening import Evening
from guests.models import (
    Contact,
    Guest,
    GuestMerge,
    Invitation,
    LinkUse,
    NameRequest,
    Obligation,
    SeatOffer,
)
from guests.people import addresses
from guests.post_room.board import Letter
from guests.realms import link_uses
from losers_lounge import links

MOST_LETTERS = 50
MOST_LINES = 100
MOST_BESIDE = 20
# Lines of the log are found by these words, so rsvp and name_requests write them as
# they are, in no language but ours.
ANSWERED = ("answered", "asked for a name")


@dataclass(frozen=True)
class Behind:
    """A contact and who else is written to there; `others` are the first of them."""

    contact: Contact
    others: list[Guest]
    count: int


@dataclass(frozen=True)
class PersonPage:
    guest: Guest
    invitation: Invitation
    behind: Behind
    evening: Evening | None
    link: str
    plus_ones: list[Guest]
    letters: list[Letter]
    log: list[Activity]
    uses: list[LinkUse]
    offers: list[SeatOffer]
    name_requests: list[NameRequest]
    obligations: list[Obligation]
    donations: list[Donation]
    merges: list[GuestMerge]
    alike: list[Guest]

    @property
    def is_leaked(self) -> bool:
        return link_uses.is_leaked(self.uses)

    @property
    def answers(self) -> list[Activity]:
        """What was answered, and when, newest first."""
        return [row for row in self.log if row.verb.startswith(ANSWERED)]


def read(guest: Guest) -> PersonPage:
    """The page of this guest, whose event, contact, nominee and host are read."""
    row = guest.invitation
    row.event = guest.event
    about = [row.about, *(other.about for other in row.continued.all())]
    letters = Message.objects.filter(about__in=about).order_by("-pk")[:MOST_LETTERS]
    merges = list(_standing_merges(guest).select_related("gone", "by"))
    return PersonPage(
        guest=guest,
        invitation=row,
        behind=_behind(guest),
        evening=next((e for e in evening.of(row) if e.guest.pk == guest.pk), None),
        link=links.absolute_url("invitation", row.public_id, row.link_version),
        plus_ones=list(guest.plus_one_guests.on_the_list().order_by("pk")),
        letters=[Letter.of(message, guest.pk) for message in letters],
        log=_log(guest, [merge.gone for merge in merges], about),
        uses=link_uses.of(row),
        offers=list(guest.seat_offers.order_by("-pk")),
        name_requests=list(guest.name_requests_made.select_related("plus_one")),
        obligations=_obligations(guest),
        donations=_donations(guest),
        merges=merges,
        alike=[] if guest.removed_at else merging.alike(guest),
    )


def _behind(guest: Guest) -> Behind:
    contact = guest.invitation.contact
    others = addresses.people_behind(contact).exclude(invitation=guest.invitation)
    return Behind(contact, list(others[:MOST_BESIDE]), others.count())


def _log(guest: Guest, gone: list[Guest], about: list[str]) -> list[Activity]:
    """What was done about this person under either name, newest first."""
    subjects = [guest.about, *(row.about for row in gone), *about]
    return list(guest.event.activities.filter(about__in=subjects)[:MOST_LINES])


def _obligations(guest: Guest) -> list[Obligation]:
    """What is owed or may be, and what was paid for what is owed no more."""
    rows = Obligation.objects.with_paid_cents().filter(guest=guest)
    void = Obligation.State.VOID
    return list(rows.filter(~Q(state=void) | Q(paid_cents__gt=0)).order_by("pk"))


def _donations(guest: Guest) -> list[Donation]:
    found = Donation.objects.filter(settlements__obligation__guest=guest)
    return list(found.distinct().order_by(F("paid_at").asc(nulls_last=True), "pk"))


def _standing_merges(guest: Guest) -> QuerySet[GuestMerge]:
    """The merges into this row that were not taken back, newest first."""
    return GuestMerge.objects.filter(kept=guest, undone_at=None)
