"""Canaries: one evening on which a few words stand everywhere a person can stand.

Each word is nobody's real name, and a part of every name, address, note and token of
one person, so that a search for it finds whatever was not forgotten.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from donations import manual_gifts, public_name, reconciliation, refunds, webhooks
from donations.checkout import Part
from donations.donor import Donor
from donations.manual_gifts import Taken
from donations.models import Donation, Pledge, Reward
from donations.rewards import steps
from events import bounces, delivery, suppression
from events.models import Event, Message
from guests import door, imports, invitations, obligations, pledges
from guests.models import Guest, ImportRun
from guests.trophies import hand_over
from losers_lounge.links import make_lookup
from losers_lounge.stand_in.server import StandIn
from tests.donations.bottles import picture, send
from tests.donations.pledging import save_card
from tests.events.bounces.letters import bounce
from tests.factories import (
    make_category,
    make_charity,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.doorstep import admit
from tests.guests.factories import ask_for_a_name, make_guest
from tests.guests.merges import merge
from tests.guests.night import win
from tests.guests.people import browser_of, page_of, token_of
from tests.guests.statues import actor, confirm, receive
from tests.guests.test_door_requests import ask

BACK = "http://testserver/back/"


@dataclass
class Person:
    """Somebody planted everywhere, and what to search for once they are gone."""

    word: str
    guest: Guest
    donation: Donation
    tokens: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        return address(self.word)

    @property
    def marks(self) -> list[str]:
        """The word, the phone and every token; the word is within name and address."""
        return [self.word, phone(self.word), *self.tokens]


def address(word: str) -> str:
    return f"{word.lower()}@canary.example"


def phone(word: str) -> str:
    return "+1 555 " + "".join(str(ord(letter) % 10) for letter in word)


def evening() -> Event:
    """An evening of which nothing says a name that is searched for."""
    charity = make_charity(stripe_account_id="acct_canary")
    doors_at = timezone.now() - timedelta(hours=3)
    return make_event(charity=charity, doors_at=doors_at, capacity=500)


def plant(event: Event, word: str, stand_in: StandIn) -> Person:
    """A nominee who was read in, invited, answered, won, paid, came and went home."""
    guest = _read_in(event, word)
    _invite_and_answer(guest, word)
    donation = _win_and_pay(event, guest, word, stand_in)
    _at_the_door(guest, word)
    _in_lists(event, guest, word)
    _on_paper(event, donation, word, stand_in)
    invitation = guest.invitation
    invitation.refresh_from_db()
    guest.refresh_from_db()
    tokens = [invitation.public_id, guest.public_id, token_of(invitation)]
    return Person(word, guest, donation, tokens)


def _read_in(event: Event, word: str) -> Guest:
    """By a file, and once more under another address: two rows, one person."""
    head = "name,email,phone,plus_ones,tags,notes\n"
    row = f"Zed {word},{address(word)},{phone(word)},2,tag{word},Knows {word}\n"
    run = imports.start(
        event, ImportRun.Kind.GUESTS, (head + row).encode(), by=None, at=timezone.now()
    )
    imports.finish(run.pk, by=None, at=timezone.now())
    guest = event.guests.get(name=f"Zed {word}")
    guest.nominee = make_nominee(event, f"Ballot {word[::-1]}")
    guest.save(update_fields=["nominee"])
    return guest


def _invite_and_answer(guest: Guest, word: str) -> None:
    event = guest.event
    invitations.send(event.pk, by="Amy", at=timezone.now())
    delivery.drain(10, lambda: False)
    browser = browser_of(guest.invitation)
    said = {"answer": "yes", "guest": guest.public_id, "version": 0}
    said["plus_one_1"] = f"Plus {word}"
    browser.post(page_of(guest.invitation, "rsvp"), said)
    key = guest.public_id
    needs = {"guest": key, f"dietary_{key}": f"No {word}"}
    needs[f"accessibility_{key}"] = f"By {word}"
    browser.post(page_of(guest.invitation, "needs"), needs)
    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.YES, "the page took the answer"
    assert guest.dietary == f"No {word}"
    ask_for_a_name(guest, f"Asked {word}")
    twin = make_guest(event, f"Twin {word}")
    merge(guest, twin)
    back = Message.objects.filter(recipient_email=address(word)).earliest("pk")
    bounces.record(bounces.parse(bounce(back)), timezone.now())


def _win_and_pay(event: Event, guest: Guest, word: str, stand_in: StandIn) -> Donation:
    """A pledge if they win, the win, and the charge; a little of it goes back."""
    category = make_category(event)
    make_nomination(category, guest.nominee)
    with transaction.atomic():
        obligations.bring_up_to_date(event, timezone.now(), [guest.nominee_id])
    at = timezone.now() - timedelta(minutes=11)
    pledge = pledges.agree(guest.pk, pledges.Press(at, "192.0.2.7"))
    save_card(stand_in, pledge)
    win(category, guest, at=at)
    row = Pledge.objects.get(pk=pledge.pk)
    wanted = {row.public_id: 100_000}
    pledges.approve(event, wanted, by=make_user("Amy"), at=timezone.now())
    pledges.follow(timezone.now())
    row.refresh_from_db()
    donation = row.donation
    assert donation.state == Donation.State.PAID, "the stand-in took the money"
    public_name.name_in_public(donation.pk, f"Kind {word}", at=timezone.now())
    return donation


def _at_the_door(guest: Guest, word: str) -> None:
    by, at = make_user("Amy"), timezone.now()
    friend = guest.plus_one_guests.get(name=f"Plus {word}")
    door.deny(friend.pk, nonce=make_lookup(), reason=f"Rude {word}", by=actor(), at=at)
    guest.door_requests.create(
        event=guest.event,
        kind="waiver",
        name=guest.name,
        reason=f"Poor {word}",
        words=f"Rich {word}",
        nonce=make_lookup(),
        asked_at=at,
        asked_by_name=by.name,
        state="refused",
    )
    ask(guest.event, nonce=make_lookup(), name=f"Zed {word}")
    trophy = receive(
        guest, f"T{len(word)}{word[0]}", condition=f"Dent {word}", photo=picture()
    )
    admit(guest, make_lookup())
    row = hand_over.begin(trophy.pk, identity=f"Passport {word}", by=actor(), at=at)
    confirm(row)


def _in_lists(event: Event, guest: Guest, word: str) -> None:
    at, by = timezone.now(), make_user("Amy")
    event.saved_views.create(name=f"V {word}", query=f"q={word}", created_at=at)
    event.list_changes.create(
        kind="tag",
        value=word,
        size=1,
        nonce=make_lookup(),
        at=at,
        before=[[word, [guest.pk]]],
    )
    row = f"name,email\nZed {word},{address(word)}\n".encode()
    imports.start(event, ImportRun.Kind.GUESTS, row, by=by, at=at)
    suppression.suppress(address(word), at)


def _on_paper(event: Event, donation: Donation, word: str, stand_in: StandIn) -> None:
    """A bottle in hand, cash that two signed for, a dispute that was won."""
    by, at = make_user("Finn"), timezone.now()
    for bottle in donation.rewards.all():
        steps.word(bottle.pk, text=f"For {word}", by=by, at=at)
        Reward.objects.filter(pk=bottle.pk).update(
            state="approved", proof=picture(), proof_at=at, approved_at=at
        )
        send(Reward.objects.get(pk=bottle.pk))
        steps.check(bottle.pk, by=by, at=at)
        steps.hand_over(bottle.pk, to=f"Porter {word}", is_of_age=True, by=by, at=at)
    part = Part(f"Zed {word}", Donation.Purpose.GIFT, 5_000)
    taken = Taken("cash", photo=picture(), nonce=make_lookup(), note=f"From {word}")
    donor = Donor(f"Zed {word}", address(word))
    gift = manual_gifts.enter(event, donor, [part], taken, by=by, at=at)
    manual_gifts.sign(gift.pk, by=make_user("Amy"), at=at)
    refund = refunds.request(
        donation.pk, 1_000, f"Asked {word}", by=by, nonce=make_lookup(), at=at
    )
    refunds.carry_out(refund.pk, timezone.now())
    donation.disputes.create(
        account=donation.stripe_account,
        dispute_id=f"du_{donation.pk}",
        amount_cents=1,
        currency="usd",
        status="warning_closed",
        outcome="closed",
        evidence={"customer_name": f"Zed {word}", "customer_email": address(word)},
        opened_at=at,
        checked_at=at,
    )


def settle(event: Event) -> None:
    """Everything heard, compared and sent: as an evening is when it is over."""
    at = timezone.now()
    webhooks.recover(at=at)
    webhooks.process_owed(at)
    delivery.drain(20, lambda: False)
    reconciliation.reconcile(event.charity.stripe_account_id, at=timezone.now())
