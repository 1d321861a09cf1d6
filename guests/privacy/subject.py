"""Who is meant by an address: which rows are one person's, and which are not.

A contact may be shared by twenty guests, and an assistant is none of them. Of those
behind a shared address the person is whoever bears the contact's name; a guest alone
on their invitation is the person whatever it is called. Plus-ones go with whoever
brought them, for they are known by their word alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from donations.models import Donation, Pledge
from events.models import Activity, Event, Member, Message, User
from guests.models import Contact, Guest, Invitation, Settlement
from losers_lounge.names import fold


@dataclass(frozen=True)
class Subject:
    """Everything that is one person's, found once; rows of all events."""

    email: str
    contacts: tuple[Contact, ...]
    guests: tuple[Guest, ...]
    donations: tuple[Donation, ...]
    pledges: tuple[Pledge, ...]
    users: tuple[User, ...]
    letters: tuple[Message, ...]

    @property
    def is_known(self) -> bool:
        """Whether anything is held of them."""
        return any(
            (
                *(self.contacts, self.guests, self.donations, self.pledges),
                *(self.users, self.letters),
            )
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name they go by in these rows; plus-ones that go with them too."""
        found = {row.name for row in (*self.contacts, *self.guests, *self.users)}
        found |= {alias for row in self.guests for alias in row.aliases}
        found |= {row.donor_name for row in (*self.donations, *self.pledges)}
        found |= {row.credit_name for row in (*self.donations, *self.pledges)}
        found |= {row.recipient_name for row in self.letters}
        return frozenset(name for name in found if len(name) > 1)

    @cached_property
    def words(self) -> frozenset[str]:
        """What a text that is about them would hold: names, address, phone."""
        phones = {row.phone for row in self.contacts if len(row.phone) > 4}
        emails = {row.email for row in self.contacts if row.email}
        return self.names | phones | emails | {self.email}

    @cached_property
    def invitations(self) -> tuple[Invitation, ...]:
        """Those that are theirs alone, and so end with them."""
        ids = {row.pk for row in self.guests}
        found = Invitation.objects.filter(guests__in=ids).distinct()
        others = Guest.objects.filter(invitation=OuterRef("pk")).exclude(pk__in=ids)
        return tuple(found.exclude(Exists(others.exclude(removed_at__isnull=False))))

    @cached_property
    def given_for_them(self) -> tuple[int, ...]:
        """Donations of others that settle what these guests owe."""
        ids = [row.pk for row in self.guests]
        own = [row.pk for row in self.donations]
        rows = Settlement.objects.filter(obligation__guest__in=ids)
        rows = rows.exclude(donation__in=own)
        return tuple(set(rows.values_list("donation", flat=True)))

    @property
    def events(self) -> set[int]:
        """The ids of every event they have to do with."""
        rows = (*self.contacts, *self.guests, *self.donations, *self.pledges)
        found = {row.event_id for row in (*rows, *self.letters)}
        teams = Member.objects.filter(user__in=self.users)
        doings = Activity.objects.filter(actor__in=self.users)
        for helped in (teams, doings.order_by()):
            found |= set(helped.values_list("event", flat=True).distinct())
        return found


def find(email: str, before: datetime | None = None) -> Subject:
    """Everything of this address's person; with `before`, only rows made until then."""
    email = email.strip()
    if "@" not in email:
        # Rows without an address are many people's; a script's empty variable is none.
        return Subject(email, *[()] * 6)
    contacts = _contacts(email, before)
    guests = tuple(_guests(contacts, before))
    contacts = (*contacts, *_of_their_own(guests, contacts))
    emails = {email} | {row.email for row in contacts if row.email}
    to = _is_one_of("recipient_email", emails)
    mails = _made(Message.objects.filter(to), before)
    return Subject(
        email=email,
        contacts=contacts,
        guests=guests,
        donations=_donations(emails, before),
        pledges=_pledges(emails, guests, before),
        users=_users(email, before),
        letters=tuple(mails.order_by("pk")),
    )


def _users(email: str, before: datetime | None) -> tuple[User, ...]:
    rows = User.objects.filter(email__iexact=email)
    return tuple(rows.filter(date_joined__lte=before) if before else rows)


def _made(rows: QuerySet, before: datetime | None) -> QuerySet:
    return rows.filter(created_at__lte=before) if before else rows


def _contacts(email: str, before: datetime | None) -> tuple[Contact, ...]:
    rows = Contact.objects.filter(email__iexact=email)
    if before:
        own = Invitation.objects.filter(contact=OuterRef("pk"))
        # Who comes back is invited: an address without an invitation is from before.
        rows = rows.filter(Exists(own.filter(created_at__lte=before)) | ~Exists(own))
    return tuple(rows.order_by("pk"))


def _of_their_own(
    guests: Iterable[Guest], besides: Iterable[Contact]
) -> Iterable[Contact]:
    """Other addresses of theirs: of rows that were merged, and nobody else's."""
    ids = [row.pk for row in guests]
    others = Guest.objects.filter(invitation__contact=OuterRef("pk"))
    rows = Contact.objects.filter(invitations__guests__in=ids, is_assistant=False)
    rows = rows.exclude(pk__in=[row.pk for row in besides]).distinct()
    return rows.exclude(Exists(others.exclude(pk__in=ids)))


def _guests(contacts: Iterable[Contact], before: datetime | None) -> list[Guest]:
    found: dict[int, Guest] = {}
    for contact in contacts:
        rows = _made(Guest.objects.filter(invitation__contact=contact), before)
        principals = list(rows.filter(plus_one_of=None).order_by("pk"))
        own = {fold(contact.name)}
        mine = [
            row for row in principals if own & {row.name_key, *map(fold, row.aliases)}
        ]
        standing = [row for row in principals if row.removed_at is None]
        if not mine and len(standing) == 1 and not contact.is_assistant:
            mine = standing
        found |= {row.pk: row for row in mine}
    return list(_with_theirs(found).values())


def _with_theirs(found: dict[int, Guest]) -> dict[int, Guest]:
    """With the rows they were merged with, and the plus-ones they brought."""
    while True:
        ids = list(found)
        gone = [row.merged_into_id for row in found.values() if row.merged_into_id]
        near = Q(merged_into__in=ids) | Q(pk__in=gone) | Q(plus_one_of__in=ids)
        more = Guest.objects.filter(near).exclude(pk__in=ids)
        new = {row.pk: row for row in more}
        if not new:
            return found
        found = found | new


def _donations(emails: set[str], before: datetime | None) -> tuple[Donation, ...]:
    rows = Donation.objects.filter(_is_one_of("donor_email", emails))
    return tuple(_made(rows, before).order_by("pk"))


def _pledges(
    emails: set[str], guests: Iterable[Guest], before: datetime | None
) -> tuple[Pledge, ...]:
    """By their address, or by the guest who promised."""
    own = Q(of_guest__guest__in=guests) & ~Q(donor_email__gt="")
    rows = Pledge.objects.filter(_is_one_of("donor_email", emails) | own)
    return tuple(_made(rows, before).distinct().order_by("pk"))


def _is_one_of(column: str, emails: set[str]) -> Q:
    """Upper and lower case are one, as in the suppression list."""
    found = [Q(**{f"{column}__iexact": email}) for email in emails]
    return reduce(or_, found)


def events_of(subject: Subject) -> list[Event]:
    """Those events, for their logs and lists."""
    return list(Event.objects.filter(pk__in=subject.events).order_by("pk"))
