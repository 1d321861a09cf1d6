"""A night as rows by need: nominees, categories, wins, and who has paid."""

from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from donations.models import Donation
from events import results, running_order
from events.models import Category, Event, Message, Nomination, User
from guests import obligations, payments, results_night
from guests.models import Guest
from tests.factories import make_nomination, make_nominee, make_user
from tests.guests.factories import make_guest

_numbers = count(1)


def make_coming(event: Event | None = None, name: str = "", **fields: Any) -> Guest:
    """Somebody who said yes, invited under their own name unless told otherwise."""
    return make_guest(event, name, **{"answer": Guest.Answer.YES} | fields)


def make_plus_one(of: Guest, name: str = "", **fields: Any) -> Guest:
    return make_coming(
        name=name or f"Plus-one of {of}",
        invitation=of.invitation,
        plus_one_of=of,
        **fields,
    )


def make_nominated_guest(
    event: Event, *categories: Category, name: str = "", **fields: Any
) -> Guest:
    """A coming guest who is nominated once in each of the categories."""
    guest = make_coming(event, name, **fields)
    guest.nominee = make_nominee(event, guest.name)
    guest.save(update_fields=["nominee"])
    for category in categories:
        make_nomination(category, guest.nominee)
    with transaction.atomic():
        obligations.bring_up_to_date(event, timezone.now(), [guest.nominee_id])
    return guest


def win(
    category: Category,
    *winners: Nomination | Guest,
    by: User | None = None,
    at: datetime | None = None,
) -> None:
    """Make these the official winners of the category; none named: nobody won.

    Obligations and letters follow, as on the night.
    """
    chosen = [
        winner if isinstance(winner, Nomination) else nomination_of(winner, category)
        for winner in winners
    ]
    results_night.record(
        category.event,
        {category.pk: [row.pk for row in chosen]},
        by=by or make_user(),
        at=at or timezone.now(),
    )
    category.refresh_from_db()


def nomination_of(guest: Guest, category: Category) -> Nomination:
    return category.nominations.get(nominees=guest.nominee_id)


def pay(guest: Guest, at: datetime | None = None) -> Donation:
    """All that this guest owes now is paid, as Stripe's word would have it."""
    donation = payments.donation_for(guest.pk)
    donation.state, donation.paid_at = Donation.State.PAID, at or timezone.now()
    donation.save(update_fields=["state", "paid_at"])
    return donation


def give_back(donation: Donation) -> None:
    """A full refund, as Stripe's word would have it."""
    donation.state = Donation.State.REFUNDED
    donation.refunded_cents = donation.amount_cents
    donation.save(update_fields=["state", "refunded_cents"])


def mails(guest: Guest) -> list[str]:
    """The kinds of letters this guest was written, in order."""
    rows = Message.objects.filter(about=guest.invitation.about).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def propose(category: Category, *winners: Guest) -> Category:
    """Announce these; the category as the desk's pages read it."""
    chosen = [nomination_of(guest, category).pk for guest in winners]
    results.announce(category.pk, chosen, by=make_user(), at=timezone.now())
    return running_order.with_entries(category.event).get(pk=category.pk)
