"""End the pledges of whoever has nothing to pay, and write what is owed about them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from donations import pledges
from donations.models import Pledge
from events.models import Message
from guests import letters
from guests.models import Guest, GuestPledge
from guests.pledges import standing, winning
from guests.pledges.standing import Verdict

State = Pledge.State
BATCH = 200
# What happened longer ago is not told any more.
NEWS = timedelta(days=30)
TOLD = (
    State.CARD_SAVED,
    State.NEEDS_ACTION,
    State.DECLINED,
    State.RELEASED,
    State.WITHDRAWN,
)
RELATED = ("guest__event__charity", "guest__invitation__contact", "pledge__donation")


def follow(at: datetime) -> None:
    """Everything that is owed to pledges: run at a ring, and again with every beat."""
    pledges.sweep(at)
    release_owed(at)
    winning.charge_owed(at)
    write_owed(at)
    pledges.forget_owed(at)


def release_owed(at: datetime) -> int:
    """Release the pledges that nothing is, or can come to be, owed for; how many.

    A loss that can still be undone releases nothing: a forgotten card is gone.
    """
    done, last = 0, 0
    while rows := list(_live().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        for one in standing.of(rows, at):
            if one.verdict == Verdict.OVER:
                done += _release(one.row.pk, at)
    return done


@transaction.atomic
def _release(row_id: int, at: datetime) -> bool:
    Guest.objects.locked().get(pledges=row_id)
    # Read anew behind the lock: a result may just have been corrected.
    return any(
        one.verdict == Verdict.OVER and pledges.release(one.row.pledge_id, at)
        for one in standing.of(list(_live().filter(pk=row_id)), at)
    )


def write_owed(at: datetime) -> int:
    """Write the letters about pledges that are owed and not in the outbox; how many."""
    return letters.post(
        [letters.pledge(row, at) for row in _owed_letters(at)[:BATCH]], at
    )


def _live() -> QuerySet[GuestPledge]:
    rows = GuestPledge.objects.select_related(*RELATED)
    return rows.filter(pledge__state__in=Pledge.LIVE)


def _owed_letters(at: datetime) -> QuerySet[GuestPledge]:
    """Told by state and number of tries: each is written once. Of a card that was
    never saved there is nothing to tell."""
    key = Concat(
        Value(letters.PLEDGE_KEY),
        "pledge__state",
        Value(":"),
        Cast("pledge_id", CharField()),
        Value(":"),
        Cast("pledge__setup_number", CharField()),
        Value(":"),
        Cast("pledge__tries", CharField()),
    )
    rows = GuestPledge.objects.select_related(*RELATED).annotate(key=key)
    rows = rows.filter(pledge__state__in=TOLD, pledge__created_at__gt=at - NEWS)
    rows = rows.exclude(guest__invitation__contact__email="")
    rows = rows.exclude(pledge__payment_method_id="", pledge__state__in=Pledge.OVER)
    # Who was not let give in their name hears nothing of it.
    rows = rows.exclude(
        guest__invitation__contact__is_assistant=True,
        guest__invitation__contact_may_give=False,
    )
    told = Message.objects.filter(dedupe_key=OuterRef("key"))
    return rows.filter(~Exists(told)).order_by("pk")
