"""Forget a whole evening's guests: asked for by a host, or because their time is up.

The request is one transaction: the event's mark, its tombstone, a line of the log.
The work follows in batches that find what is left to do, so that a worker may die
anywhere and another, or the next beat, goes on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from donations import forgetting as money
from donations.models import Donation, Pledge
from donations.models.pledge import CARD_KEPT
from events import activity, forgetting, tombstones
from events.models import Activity, Event, Message, User
from guests import tags
from guests.models import (
    Contact,
    DoorRequest,
    Guest,
    ImportPart,
    ImportRun,
    Invitation,
    Obligation,
)
from guests.privacy import blanks, mentions
from losers_lounge import doorbell

logger = structlog.get_logger(__name__)

# From then on a host may forget an evening's guests; an operator earlier.
HOSTS_MAY_AFTER = timedelta(days=30)
BATCH = 500
TASK = "guests.tasks.forget_what_is_due"
VERB = noop("asked to forget all guests")


class Waits(Exception):
    """The guests cannot be forgotten yet; `reasons` says why, in sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def hosts_may_from(event: Event) -> datetime:
    """From when a host may ask for it."""
    return event.ends_at + HOSTS_MAY_AFTER


def why_not_yet(event: Event) -> list[str]:
    """What has to end first, in sentences; empty: nothing."""
    found = []
    pledges = Pledge.objects.filter(event=event)
    cards = pledges.filter(Q(state__in=Pledge.LIVE) | CARD_KEPT).count()
    if cards:
        words = ngettext(
            "%d saved card is not released yet.",
            "%d saved cards are not released yet.",
            cards,
        )
        found.append(words % cards)
    paying = event.donations.filter(state__in=Donation.UNDER_WAY).count()
    if paying:
        words = ngettext(
            "%d payment is under way.", "%d payments are under way.", paying
        )
        found.append(words % paying)
    statues = event.trophies.filter(released_at=None).count()
    if statues:
        words = ngettext(
            "%d trophy is still here, and would be nobody's.",
            "%d trophies are still here, and would be nobody's.",
            statues,
        )
        found.append(words % statues)
    return found


def owing(event: Event) -> int:
    """How many still owe, who could not be asked any more."""
    rows = Obligation.objects.unpaid().filter(guest__event=event)
    return rows.values("guest").distinct().count()


@transaction.atomic
def ask(event_id: int, *, by: User | str, at: datetime) -> Event:
    """Write down that this evening's guests are forgotten from now on, and ring.

    Asked twice is asked once. Raises Waits.
    """
    event = Event.objects.locked().get(pk=event_id)
    if event.guests_erased_at is not None:
        return event
    if reasons := why_not_yet(event):
        raise Waits(reasons)
    event.guests_erased_at = at
    event.save(update_fields=["guests_erased_at"])
    tombstones.set_up(tombstones.Kind.EVENT, event.slug, at)
    activity.record(event, by, VERB, at=at)
    transaction.on_commit(_ring, robust=True)
    return event


def _ring() -> None:
    doorbell.ring(TASK)


def unfinished() -> QuerySet[Event]:
    """Asked for, and something of it is still to do."""
    here = {"event": OuterRef("pk")}
    parts = ImportPart.objects.filter(run__event=OuterRef("pk"))
    names = Q(name__gt="") & Q(guest=None)
    # What was under way when it was asked for, and has come to nothing since.
    begun = Donation.objects.filter(**here, donor_erased_at=None)
    promised = Pledge.objects.filter(**here, donation=None)
    left = (
        Exists(Guest.objects.filter(**here, erased_at=None))
        | Exists(Contact.objects.filter(**here, erased_at=None))
        | Exists(parts)
        | Exists(DoorRequest.objects.filter(names, **here))
        | Exists(_letters(forgetting.full(Message.objects.filter(**here))))
        | Exists(_lines(Activity.objects.filter(**here)))
        | Exists(money.never_paid(begun))
        | Exists(money.forgettable(promised))
    )
    return Event.objects.filter(left, guests_erased_at__isnull=False)


def carry_on(event: Event, at: datetime) -> None:
    """Forget what is still known of this evening's guests, batch by batch.

    Guests come last: while one is left, everything before is looked at again.
    """
    forgetting.letters(_letters(event.messages.all()))
    forgetting.lines(_lines(event.activities.all()), at)
    _lists(event)
    money.forget_pledges(Pledge.objects.filter(event=event, donation=None))
    money.forget_donors(money.never_paid(event.donations.all()), at)
    _in_batches(
        Invitation.objects.filter(event=event, contact__erased_at=None),
        blanks.invitations,
    )
    people = Guest.objects.filter(event=event, erased_at=None)
    _in_batches(people, lambda rows: blanks.guests(rows, at))
    addresses = Contact.objects.filter(event=event, erased_at=None)
    _in_batches(addresses, lambda rows: blanks.contacts(rows, at))
    tags.forget_menu(event)
    logger.info("privacy.evening_forgotten", slug=event.slug)


def _in_batches(rows: QuerySet, forget: Callable[[list], object]) -> None:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = found[-1].pk
        forget(found)


def _lists(event: Event) -> None:
    """What the hosts kept about many at once, and phones that were paired."""
    event.saved_views.all().delete()
    event.list_changes.all().delete()
    event.devices.all().delete()
    event.mailings.exclude(audience="").update(audience="")
    begun = (ImportRun.State.PREVIEWED, ImportRun.State.APPLYING)
    event.import_runs.filter(state__in=begun).update(state=ImportRun.State.DISCARDED)
    ImportPart.objects.filter(run__event=event).delete()
    event.import_runs.update(header=[], choices={})
    event.door_requests.filter(guest=None).update(**mentions.WALK_IN)
    event.closings.exclude(reopened_reason="").update(reopened_reason="")


def _letters(rows: QuerySet[Message]) -> QuerySet[Message]:
    """All but those about money, which have its clock or their own thirty days."""
    return rows.exclude(about__startswith="donation/")


def _lines(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Lines of until then that still name somebody; money's have its clock."""
    names = Q(object_name__gt="") | Q(actor_name__gt="", actor=None)
    rows = rows.exclude(about__startswith="donation/")
    return rows.filter(names, at__lt=F("event__guests_erased_at"))
