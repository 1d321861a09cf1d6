"""What holds on every night (RELIABILITY.md section 1), read from the rows.

I1 nothing that was answered is lost; I2 nothing is done twice; I3 nobody sits on a
seat that is not there; I4 the books are Stripe's; I5 what is stuck can be seen.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donations.models import (
    Donation,
    DonationAttempt,
    LedgerEntry,
    Reconciliation,
    StripeEvent,
)
from donations.reconciliation import prove
from events.models import Event
from guests import dues, facts, obligations, seats
from guests.door import standing
from guests.door.standing import Standing
from guests.models import Guest, Obligation
from tests.rehearsal import stripe_books
from tests.rehearsal.random_night import RandomNight


def after_a_press(night: RandomNight) -> None:
    """However it ended."""
    seats_are_there(night.event)
    answers_stand(night)


def at_any_moment(night: RandomNight) -> None:
    """The same, and what takes longer to look at."""
    after_a_press(night)
    nobody_is_inside_twice(night.event)
    obligations_match(night.event)


def at_the_end(night: RandomNight) -> None:
    """When everything has healed: the same, and the books to the cent."""
    at_any_moment(night)
    facts_are_the_rows(night.event)
    books_are_stripes(night)
    payments_are_known(night)
    nobody_gives_twice(night.event)
    nothing_is_stuck(night)


def seats_are_there(event: Event) -> None:
    """I3."""
    assert seats.of(event).heads <= event.capacity


def nobody_is_inside_twice(event: Event) -> None:
    """I2: what the rows say, folded anew, is what is written in them."""
    for guest_id, now in _standings(event).items():
        for row in now.rows:
            derived = now.derived[row.nonce]
            assert (row.closed_at, row.counts) == (derived.closed_at, derived.counts), (
                f"guest {guest_id}: {row.nonce} is not what follows from the rows"
            )


def _standings(event: Event) -> dict[int, Standing]:
    rows = defaultdict(list)
    for row in event.admissions.order_by("pk"):
        rows[row.guest_id].append(row)
    return {guest_id: standing.fold(own) for guest_id, own in rows.items()}


def facts_are_the_rows(event: Event) -> None:
    """The figures that everybody reads are what the rows say."""
    at = timezone.now()
    figures = facts.of(event.slug, at)
    people = _standings(event).values()
    door = figures["door"]
    assert door["inside"] == sum(now.inside is not None for now in people)
    assert door["out"] == sum(now.is_out for now in people)
    assert door["home"] == sum(now.home is not None for now in people)
    here = event.guests.attending().filter(gone_at=None)
    assert figures["seats"]["heads"] == here.count()
    owed, due = figures["obligations"], dues.of(event, at)
    assert owed["due"]["cents"] == due.due.cents + due.due_if_they_come.cents
    assert owed["waived"]["cents"] == due.waived.cents


def answers_stand(night: RandomNight) -> None:
    """I1: answers, results and presses that were acknowledged are there."""
    for category in night.event.categories.filter(pk__in=night.official):
        assert night.winners(category) == night.official[category.pk], category
    said = dict(Guest.objects.filter(pk__in=night.answers).values_list("pk", "answer"))
    assert said == night.answers
    rows = night.event.admissions.filter(nonce__in=night.door.seen)
    assert dict(rows.values_list("nonce", "guest")) == night.door.seen


def obligations_match(event: Event) -> None:
    """Results and rules lead to the rows that are there: nothing is left to do."""
    with transaction.atomic():
        before = _obligations(event)
        brought = obligations.bring_up_to_date(event, timezone.now())
        after = _obligations(event)
        transaction.set_rollback(True)
    assert not brought.fallen_due and not brought.voided
    assert before == after


def _obligations(event: Event) -> list[tuple]:
    rows = Obligation.objects.filter(guest__event=event).order_by("pk")
    said = ("pk", "key", "state", "amount_cents", "cause", "facts")
    return list(rows.values_list(*said))


def books_are_stripes(night: RandomNight) -> None:
    """I4."""
    run = Reconciliation.objects.first()
    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert prove(night.event, at=timezone.now()).holds
    theirs = stripe_books.of(night.money.stand_in)
    ledger = facts.of(night.event.slug, timezone.now())["ledger"]
    assert ledger["net_cents"] == theirs.net_cents
    gross = sum(LedgerEntry.objects.values_list("gross_cents", flat=True))
    assert gross == theirs.gross_cents
    # I2: one page for an attempt, one charge for a donation.
    assert not [attempt for attempt, n in theirs.sessions.items() if n > 1]
    assert not [donation for donation, n in theirs.paid.items() if n > 1]


def payments_are_known(night: RandomNight) -> None:
    """I1: whoever saw "paid" at Stripe has paid here, once, with a receipt."""
    donations = night.event.donations.filter(pk__in=night.money.paid_pages)
    moved = donations.filter(state__in=Donation.MONEY_MOVED)
    assert set(moved.values_list("pk", flat=True)) == night.money.paid_pages
    for donation in night.event.donations.all():
        charges = donation.entries.filter(kind=LedgerEntry.Kind.CHARGE).count()
        assert charges == (donation.state in Donation.MONEY_MOVED), donation
        kept = (Donation.State.PAID, Donation.State.PARTIALLY_REFUNDED)
        assert donation.receipts.valid().count() == (donation.state in kept), donation


def nobody_gives_twice(event: Event) -> None:
    """I2: no obligation is settled with more than it asks for.

    Only Stripe can make it more, taking back what it had said of a refund or a
    dispute: nothing that happens on these nights.
    """
    rows = Obligation.objects.filter(guest__event=event).with_paid_cents()
    over = rows.filter(paid_cents__gt=F("amount_cents")).order_by("pk")
    said = [line for row in over for line in _how_it_was_given(row)]
    assert not said, "\n".join(said)


def _how_it_was_given(row: Obligation) -> Iterator[str]:
    """For whoever has to look: by which payments, and what was tried for each."""
    yield f"{row.guest}: {row.state} {row.key}, {row.paid_cents} of {row.amount_cents}"
    for settled in row.settlements.select_related("donation").order_by("pk"):
        donation = settled.donation
        yield (
            f"  {settled.amount_cents} of donation {donation.pk}, {donation.state},"
            f" kept {donation.kept_cents} of {donation.amount_cents}"
        )
        for other in donation.settlements.exclude(pk=settled.pk):
            yield f"    settles also {other.obligation_id}: {other.amount_cents}"
        for tried in donation.attempts.all():
            yield f"    {tried.kind} {tried.number}: {tried.state}, {tried.created_at}"


def nothing_is_stuck(night: RandomNight) -> None:
    """I5: no attempt and no event waits for a word that never comes."""
    lost = (DonationAttempt.State.CREATED, DonationAttempt.State.UNKNOWN)
    assert not DonationAttempt.objects.filter(state__in=lost).exists()
    unread = (StripeEvent.State.NEW, StripeEvent.State.DEAD)
    assert not StripeEvent.objects.filter(state__in=unread).exists()
    assert not any(night.door.queues.values())
