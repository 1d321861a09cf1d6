"""The impact sheet: what a draft would do, said before it is done."""

from typing import Any

import pytest
from django.utils import timezone

from donations.models import Donation, Reward
from events import results
from events.models import Event, Message, Nomination
from guests import door, impact, results_night, trophies
from guests.actors import Actor
from guests.models import Contact, Obligation
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_category, make_nomination, make_user
from tests.guests.night import (
    mails,
    make_coming,
    make_nominated_guest,
    make_plus_one,
    nomination_of,
    pay,
    propose,
    win,
)
from tests.guests.pledging import card_of

WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST


def test_the_impact_sheet_says_what_a_correction_would_do(event: Event) -> None:
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    at, by = timezone.now(), Actor.of(make_user())
    win(category, old)
    donation = pay(old)
    Reward.objects.create(donation=donation, engraving=old.name, requested_at=at)
    trophies.receive(old.pk, trophies.Intake("A1"), by=by, at=at)
    door.admit(old.pk, event=old.event, nonce="n", by=by, at=at)

    sheet = impact.of(propose(category, new))

    assert sheet.new_winners == (new,)
    assert sheet.no_longer_winners == (old,)
    assert [guest for guest, _due in sheet.falls_due] == [new]
    assert [row.guest for row in sheet.voided] == [old]
    assert [(row.guest, row.cents) for row in sheet.paid] == [(old, 100_000)]
    assert sheet.bottles == 1
    assert [row.tag for row in sheet.trophies] == ["A1"]
    assert sheet.inside == (old,)
    assert (sheet.cents_falling_due, sheet.cents_voided) == (100_000, 100_000)


def test_bottles_and_cards_are_counted_for_whom_the_sheet_is_about(
    event: Event, stand_in: StandIn
) -> None:
    category = make_category(event)
    old, other, new = (make_nominated_guest(event, category) for _ in range(3))
    card_of(stand_in, new)
    win(category, old, other)
    # One payment for two, of whom one would win no longer: one bottle, not both.
    donation = pay(old)
    for number, guest in enumerate((old, other)):
        Reward.objects.create(
            donation=donation,
            order=number,
            for_name=guest.name,
            requested_at=timezone.now(),
        )

    sheet = impact.of(propose(category, other, new))

    assert (sheet.bottles, sheet.cards_to_charge, sheet.cards_let_go) == (1, 1, 0)
    results_night.confirm(category.pk, by=make_user(), at=timezone.now())
    sheet = impact.of(propose(category, other))
    assert (sheet.bottles, sheet.cards_to_charge, sheet.cards_let_go) == (0, 0, 1)


def test_the_letters_foreseen_are_the_letters_sent(event: Event) -> None:
    category, other = make_category(event), make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    make_nominated_guest(event, category, other)
    loser = make_nominated_guest(event, category)
    loser.invitation.contact.email = ""
    loser.invitation.contact.save()

    for winners in ((old,), (new,), (old, new), ()):
        foreseen = impact.of(propose(category, *winners)).letters
        before = Message.objects.count()
        results_night.confirm(category.pk, by=make_user(), at=timezone.now())
        assert Message.objects.count() - before == foreseen


# What is done before the next winners are named: each a night of its own.
NIGHTS = {
    "one wins, the other does": ["old", "new"],
    "who paid is asked what becomes of it": ["old", "pay", "new"],
    "who paid and wins again is not asked to pay": ["old", "pay", "undo", "old"],
    "who paid and wins later is not asked to pay": ["old", "pay", "new", "old"],
    "who chose before is not asked again": ["old", "pay", "new", "old", "none"],
    "undone, and lost then": ["old", "undo", "new"],
    "several, of whom one stays": ["both", "old", "both", "none"],
    "undone and named again": ["both", "undo", "both", "new"],
    "another price": ["old", "price", "both", "new"],
}


@pytest.mark.parametrize("steps", NIGHTS.values(), ids=NIGHTS)
def test_on_any_night_as_many_letters_are_sent_as_were_foreseen(
    event: Event, steps: list[str]
) -> None:
    event.plus_one_pays = True
    event.save(update_fields=["plus_one_pays"])
    category, by = make_category(event), make_user()
    old, new, third = (make_nominated_guest(event, category) for _ in range(3))
    make_plus_one(old)
    # One of them is written to by an assistant, who is many people's.
    Contact.objects.filter(invitations__guests=third).update(is_assistant=True)
    named = {"old": [old], "new": [new], "both": [old, new, third], "none": []}
    for step in steps:
        at = timezone.now()
        if step == "pay":
            pay(old)
        elif step == "price":
            Event.objects.filter(pk=event.pk).update(winner_amount_cents=150_000)
        elif step == "undo":
            results_night.undo(category.pk, by=by, at=at)
            results.withdraw(category.pk, by=by, at=at)
        else:
            foreseen = impact.of(propose(category, *named[step])).letters
            before = Message.objects.count()
            results_night.confirm(category.pk, by=make_user(), at=at)
            assert Message.objects.count() - before == foreseen, step


def test_no_letter_is_foreseen_for_who_reads_of_it_in_the_invitation(
    event: Event,
) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category, answer="waiting")
    assert impact.of(propose(category, guest)).letters == 0
    results_night.confirm(category.pk, by=make_user(), at=timezone.now())
    assert mails(guest) == []


def test_nothing_is_voided_for_who_still_wins_elsewhere(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_nominated_guest(event, first, second)
    win(first, guest)
    win(second, guest)

    sheet = impact.of(propose(first))

    assert sheet.no_longer_winners == (guest,)
    assert sheet.voided == ()


def test_winners_who_are_not_invited_are_named(event: Event) -> None:
    category = make_category(event)
    absent = make_nomination(category)
    results.announce(category.pk, [absent.pk], by=make_user(), at=timezone.now())
    category.refresh_from_db()

    sheet = impact.of(category)

    assert sheet.winners_not_invited == (absent.nominees.get().name,)
    assert sheet.new_winners == ()


def test_looking_at_the_impact_changes_nothing(event: Event) -> None:
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    win(category, old)
    category = propose(category, new)
    before = list(Obligation.objects.order_by("pk").values())

    impact.of(category)

    assert list(Obligation.objects.order_by("pk").values()) == before
    assert nomination_of(old, category).outcome == WON
    assert nomination_of(new, category).outcome == LOST


def test_a_refund_is_never_automatic(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    donation = pay(guest)

    win(category)

    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert donation.settlements.count() == 1


def test_confirming_for_many_takes_few_queries_for_each(
    event: Event, django_assert_max_num_queries: Any
) -> None:
    """Reading does not grow with the people; each of them is written once or twice."""
    category = make_category(event)
    for _ in range(10):
        make_nominated_guest(event, category)
    stray = make_coming(event)
    propose(category)

    with django_assert_max_num_queries(60):
        results_night.confirm(category.pk, by=make_user(), at=timezone.now())
    assert mails(stray) == []
