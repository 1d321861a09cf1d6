"""What holds after every fault (RELIABILITY.md section 1), wherever it struck.

    I1  nothing that somebody was told is done is lost
    I2  nothing is done twice: rows, mails outside the unknown window, money, people
    I3  nobody sits on a seat that is not there
    I4  the books are Stripe's, to the cent
    I5  what is stuck has a state that can be seen

The host's figures (`facts`) are held against the rows and against what the relay and
Stripe have on record. That an error can be tried again (I6) and how long healing takes
(I7) are claims of the single tests, which press again and wait.

    told = Told()
    told.answers[guest.pk] = "yes"      # only when a 2xx or 3xx said so
    ...
    at_any_moment(event, told)          # while it burns
    when_healed(event, told, relay=relay, stand_in=stand_in)
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from donations.models import (
    Donation,
    DonationAttempt,
    LedgerEntry,
    Reconciliation,
    StripeEvent,
)
from donations.reconciliation import prove, reconcile_all
from events.models import Event, Message, Nomination
from guests import facts
from guests.models import Guest
from losers_lounge.stand_in.server import StandIn
from tests.rehearsal import stripe_books
from tests.rehearsal.invariants import (
    facts_are_the_rows,
    nobody_gives_twice,
    nobody_is_inside_twice,
    obligations_match,
    seats_are_there,
)
from tests.relay import Relay

State = Message.State


@dataclass
class Told:
    """What people were told is done, and must find again."""

    # Guest's pk -> "yes" or "no".
    answers: dict[int, str] = field(default_factory=dict)
    # A press at the door, by its nonce -> guest's pk.
    presses: dict[str, int] = field(default_factory=dict)
    # Category's pk -> pks of the nominations that won.
    official: dict[int, set[int]] = field(default_factory=dict)
    # Donations whose page at Stripe said "paid".
    paid: set[int] = field(default_factory=set)
    # What a letter is about (Message.about) and was promised to be sent.
    letters: set[str] = field(default_factory=set)
    # Events of Stripe that were answered with 2xx, by their id.
    webhooks: set[str] = field(default_factory=set)


def at_any_moment(event: Event, told: Told) -> None:
    """I1 to I3, which no fault may break even for a moment."""
    event = Event.objects.get(pk=event.pk)
    seats_are_there(event)
    nobody_is_inside_twice(event)
    what_was_told_stands(event, told)
    net = F("gross_cents") - F("fee_cents")
    assert not LedgerEntry.objects.exclude(net_cents=net).exists()


def when_healed(
    event: Event,
    told: Told,
    *,
    relay: Relay | None = None,
    stand_in: StandIn | None = None,
) -> None:
    """All of them, once the fault is over and the sweeps have gone through.

    With a stand-in settings.STRIPE_API_BASE has to name it: the books are reconciled
    here, and then compared to the cent.
    """
    event = Event.objects.get(pk=event.pk)
    at_any_moment(event, told)
    obligations_match(event)
    facts_are_the_rows(event)
    nobody_gives_twice(event)
    nothing_is_in_hand(event)
    if relay is not None:
        letters_are_the_relays(event, relay)
    if stand_in is not None:
        books_are_stripes(event, told, stand_in)


def what_was_told_stands(event: Event, told: Told) -> None:
    """I1, and I2 where a nonce stands for a press."""
    said = Guest.objects.filter(pk__in=told.answers).values_list("pk", "answer")
    assert dict(said) == told.answers
    rows = event.admissions.filter(nonce__in=told.presses)
    assert dict(rows.values_list("nonce", "guest")) == told.presses
    assert rows.count() == len(told.presses)
    for category, expected in told.official.items():
        won = Nomination.objects.filter(category=category, outcome="won")
        assert set(won.values_list("pk", flat=True)) == expected, category
    letters = event.messages.filter(about__in=told.letters)
    assert set(letters.values_list("about", flat=True)) == told.letters
    heard = StripeEvent.objects.filter(event_id__in=told.webhooks)
    assert set(heard.values_list("event_id", flat=True)) == told.webhooks


def letters_are_the_relays(event: Event, relay: Relay) -> None:
    """I1, I2: what the host reads of the mail is what the relay took.

    At most one copy more than one, only where it is counted, and to the byte the same.
    The relay must have been asked for nothing else than this database's mail.
    """
    taken = {key: mails for key, mails in relay.by_id.items() if mails}
    known = set(Message.objects.values_list("message_id", flat=True))
    assert set(taken) <= known, "the relay has mail that nobody here knows of"
    extra = 0
    for message in event.messages.all():
        copies = taken.get(message.message_id, [])
        assert len(copies) <= message.copies_possible <= 2, message
        assert len(set(copies)) <= 1, message
        assert copies or message.state != State.SENT, message
        assert not copies or message.state in (State.SENT, State.UNKNOWN), message
        extra += max(0, len(copies) - 1)
    figures = facts.of(event.slug, timezone.now())["messages"]
    assert extra <= figures["copies_possible"]
    rows = Counter(event.messages.values_list("state", flat=True))
    assert {state: figures[state] for state in rows} == rows


def nothing_is_in_hand(event: Event) -> None:
    """I5: no claim outlives its worker, no attempt waits for a word that never comes.

    What could not be done has failed, with a reason that a host can read.
    """
    in_hand = [State.CLAIMED, State.HANDING_OVER]
    assert not event.messages.filter(state__in=in_hand).exists()
    for message in event.messages.filter(state__in=[State.FAILED, State.UNKNOWN]):
        assert message.explanation, message
    lost = (DonationAttempt.State.CREATED, DonationAttempt.State.UNKNOWN)
    attempts = DonationAttempt.objects.filter(donation__event=event)
    assert not attempts.filter(state__in=lost).exists()
    unread = (StripeEvent.State.NEW, StripeEvent.State.DEAD)
    assert not StripeEvent.objects.filter(state__in=unread).exists()


def books_are_stripes(event: Event, told: Told, stand_in: StandIn) -> None:
    """I4, and I1 and I2 for money: who paid has paid here, once, with one receipt."""
    reconcile_all(at=timezone.now())
    run = Reconciliation.objects.first()
    assert run.verdict == Reconciliation.Verdict.MATCHED
    at = timezone.now()
    assert prove(event, at=at).holds
    theirs = stripe_books.of(stand_in)
    ours = [facts.of(slug, at)["ledger"] for slug in slugs_with_money()]
    assert sum(ledger["net_cents"] for ledger in ours) == theirs.net_cents
    gross = sum(LedgerEntry.objects.from_stripe().values_list("gross_cents", flat=True))
    assert gross == theirs.gross_cents
    assert not [attempt for attempt, number in theirs.sessions.items() if number > 1]
    assert not [donation for donation, number in theirs.paid.items() if number > 1]
    moved = Donation.objects.filter(pk__in=told.paid, state__in=Donation.MONEY_MOVED)
    assert set(moved.values_list("pk", flat=True)) == told.paid
    for donation in event.donations.exclude(source=Donation.Source.MANUAL):
        charges = donation.entries.filter(kind=LedgerEntry.Kind.CHARGE).count()
        assert charges == (donation.state in Donation.MONEY_MOVED), donation
        valid = donation.receipts.valid().count()
        kept = (Donation.State.PAID, Donation.State.PARTIALLY_REFUNDED)
        # While a bank decides, the receipt is as it was.
        undecided = donation.state == Donation.State.DISPUTED
        assert valid == (donation.state in kept) or undecided and valid < 2, donation


def slugs_with_money() -> list[str]:
    found = Event.objects.filter(donations__entries__isnull=False).distinct()
    return list(found.values_list("slug", flat=True))
