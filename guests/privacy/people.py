"""Forget one person who asks for it, in every event and in every app."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from donations import forgetting as money
from donations.models import Donation, Pledge
from events import account_erasure, activity, forgetting, tombstones
from events.models import Activity, Message
from guests.models import Guest
from guests.privacy import blanks, mentions
from guests.privacy.subject import Subject, events_of, find
from losers_lounge.telling import told_cents

logger = structlog.get_logger(__name__)

VERB = noop("forgot a person who asked for it")


class Unsettled(Exception):
    """They cannot be forgotten yet; `reasons` says why, in sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Plan:
    """What forgetting them would do, for whoever is asked for it."""

    is_known: bool
    forgets: list[str]
    keeps: list[str]
    reasons: list[str]


def plan(email: str, before: datetime | None = None) -> Plan:
    """What would be forgotten, what stays and why; writes nothing."""
    subject = find(email, before)
    return Plan(subject.is_known, _forgets(subject), _keeps(subject), _reasons(subject))


@transaction.atomic
def erase(
    email: str, *, by: str, at: datetime, before: datetime | None = None
) -> Subject:
    """Forget this address's person; twice is once. Raises Unsettled, writing nothing.

    A tombstone is set up also for somebody nothing is held of: an older backup may
    hold something. `before` spares what was made after an earlier erasure.
    """
    _lock(find(email, before))
    # Read anew behind the locks: an answer may just have come in.
    subject = find(email, before)
    if reasons := _reasons(subject):
        raise Unsettled(reasons)
    events, words = events_of(subject), _looked_for(subject)
    _forget_money(subject, at)
    _forget_rows(subject, at)
    if words:
        mentions.forget(events, words, at)
        money.forget_payloads(money.naming(words))
    for user in subject.users:
        account_erasure.forget_account(user, at)
    for event in events:
        activity.record(event, by, VERB, at=at)
    tombstones.set_up(tombstones.Kind.PERSON, email, at if before is None else before)
    logger.info("privacy.person_forgotten", events=len(events))
    return subject


def _lock(subject: Subject) -> None:
    """Event, then guest, then donation: the order of every lock (STYLE B5)."""
    for event in events_of(subject):
        type(event).objects.locked().get(pk=event.pk)
    for model, rows in (
        (Guest, subject.guests),
        (Donation, subject.donations),
        (Pledge, subject.pledges),
    ):
        found = model.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
        list(found.select_for_update(of=("self",)).values_list("pk"))
    # Else a worker takes one meanwhile: it leaves, and its row keeps their address.
    list(_letters(subject).select_for_update().order_by("pk").values_list("pk"))


def _letters(subject: Subject) -> QuerySet[Message]:
    """To them, or about them alone: those of an address that is shared are others'."""
    own = [row.about for row in (*subject.guests, *subject.invitations)]
    to_them = [row.pk for row in subject.letters]
    return Message.objects.filter(Q(about__in=own) | Q(pk__in=to_them))


def _forget_money(subject: Subject, at: datetime) -> None:
    ids = [row.pk for row in subject.donations]
    money.forget_donors(Donation.objects.filter(pk__in=ids), at)
    promised = [row.pk for row in subject.pledges]
    money.forget_pledges(Pledge.objects.filter(pk__in=promised))
    money.forget_part(subject.given_for_them, subject.names, at)


def _forget_rows(subject: Subject, at: datetime) -> None:
    invitations, contacts = list(subject.invitations), list(subject.contacts)
    rows = [*subject.guests, *invitations, *contacts]
    about = [row.about for row in rows]
    forgetting.letters(_letters(subject))
    forgetting.lines(Activity.objects.filter(about__in=about), at)
    blanks.guests(list(subject.guests), at)
    blanks.invitations(invitations)
    blanks.contacts(contacts, at)


def _looked_for(subject: Subject) -> frozenset[str]:
    """What is looked for in free text. A short single name would take others' too."""
    return frozenset(
        word for word in subject.words if " " in word or "@" in word or len(word) > 7
    )


def _reasons(subject: Subject) -> list[str]:
    addresses = {word for word in subject.words if "@" in word}
    found = money.reasons(subject.donations, subject.pledges, addresses)
    in_hand = (Message.State.CLAIMED, Message.State.HANDING_OVER)
    if _letters(subject).filter(state__in=in_hand).exists():
        found.append(_("A letter to them is just being handed over."))
    here = [
        trophy
        for guest in subject.guests
        for trophy in guest.trophies.filter(released_at=None)
    ]
    if here:
        found.append(_("Their trophy is still here, and would be nobody's."))
    return [*found, *account_erasure.reasons(subject.users)]


def _forgets(subject: Subject) -> list[str]:
    counted = (
        (len(subject.guests), ngettext("%d guest", "%d guests", len(subject.guests))),
        (
            len(subject.contacts),
            ngettext("%d address", "%d addresses", len(subject.contacts)),
        ),
        (
            len(subject.letters),
            ngettext("%d letter", "%d letters", len(subject.letters)),
        ),
        (
            len(subject.users),
            ngettext("%d account", "%d accounts", len(subject.users)),
        ),
        (
            len(subject.pledges),
            ngettext("%d pledge", "%d pledges", len(subject.pledges)),
        ),
    )
    return [words % number for number, words in counted if number]


def _keeps(subject: Subject) -> list[str]:
    """What stays under a pseudonym, how long and why."""
    found = [
        _(
            "Donation of %(amount)s stays in the books as %(name)s until %(until)s;"
            " the donor's name and address go now. Stripe keeps its own copy."
        )
        % {
            "amount": told_cents(row.amount_cents),
            "name": money.pseudonym(row),
            "until": date_format(money.books_end_at(row), "CALENDAR_DAY"),
        }
        for row in subject.donations
        if row.state in Donation.MONEY_MOVED
    ]
    if any(row.nominee_id for row in subject.guests):
        found.append(_("A nominee's name on the ballot stays: it is public record."))
    if any(row.answer == Guest.Answer.YES for row in subject.guests):
        found.append(
            _("Their answer and seat still count: take them off the list if need be.")
        )
    if subject.users:
        found.append(_("What they signed by name for the books or the night stays."))
    return found
