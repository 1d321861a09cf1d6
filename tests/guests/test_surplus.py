"""Money for what is no longer owed: found, asked about, and never sent by itself."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import Donation, Refund
from events.models import Activity, Event, Message
from guests import payments, surplus
from guests.models import Guest, Obligation, Surplus
from guests.payments.asked import asked_for
from losers_lounge.links import make_token
from tests.factories import make_category, make_event
from tests.guests.night import make_nominated_guest, pay, win
from tests.guests.people import AT, browser_of, page_of
from tests.guests.test_giving_for_others import make_team
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

pytestmark = pytest.mark.django_db
THOUSAND = 100_000


def paid(wish: payments.Wish, minutes: int = 0) -> Donation:
    with transaction.atomic():
        donation = asked_for(wish, AT)
    donation.state = Donation.State.PAID
    donation.paid_at = AT + timedelta(minutes=minutes)
    donation.save()
    return donation


def paid_by_two(event: Event) -> tuple[Guest, Donation, Donation]:
    """Ann and Bob both pay for Bob; neither page was closed in time."""
    ann, bob = make_team(event, "Ann", "Bob")
    whole = payments.Wish.of_guest(ann, bob).more(donor_email="ann@x.example")
    with transaction.atomic():
        first = asked_for(whole, AT)
    second = paid(payments.Wish.of_guest(bob).more(extra_cents=2_500), minutes=1)
    first.state, first.paid_at = Donation.State.PAID, AT
    first.save()
    return bob, first, second


def donor_of(donation: Donation) -> Client:
    client = Client()
    token = make_token("donor", donation.public_id, donation.link_version)
    client.get(reverse("donations:donor_link", args=[token]))
    return client


def page(donation: Donation) -> str:
    return reverse("guests:surplus", args=[donation.public_id])


def wished(donation: Donation) -> list[tuple[str, int]]:
    return list(donation.refunds.values_list("state", "amount_cents"))


def test_who_pays_second_is_asked_and_nothing_is_sent_back_by_itself() -> None:
    bob, first, second = paid_by_two(make_event())
    assert surplus.sweep(AT) == 1
    row = Surplus.objects.get()
    assert (row.guest, row.donation, row.amount_cents) == (bob, second, THOUSAND)
    assert (row.cause, row.choice) == (Surplus.Cause.PAID_TWICE, "")
    (letter,) = Message.objects.filter(kind="surplus")
    assert letter.recipient_email == bob.invitation.contact.email
    assert letter.context["link"]["link"][:2] == ["donor", second.public_id]
    assert not Refund.objects.exists()
    assert surplus.sweep(AT) == 0, "found once, however often it is looked for"
    assert Message.objects.filter(kind="surplus").count() == 1

    client = donor_of(second)
    shown = client.get(page(second)).text
    assert "$1,000.00" in shown and "Somebody else had paid" in shown
    assert donor_of(first).get(page(second)).status_code == 404
    said = {"surplus": row.pk, "choice": "back"}
    for _press in range(2):
        assert client.post(page(second), said)["Location"] == page(second)
    assert wished(second) == [("wished", THOUSAND)]
    client.post(page(second), said | {"choice": "keep"})
    row.refresh_from_db()
    assert row.choice == Surplus.Choice.BACK, "what is on its way is the charity's"
    for odd in ({}, {"surplus": "x"}, {"surplus": "9" * 30}, {"surplus": "²"}):
        assert client.post(page(second), odd)["Location"] == page(second)
    second.refunded_cents, second.state = THOUSAND, "partially_refunded"
    second.save()
    assert surplus.sweep(AT) == 0, "the $25 gift stays, and nobody is asked again"
    assert Surplus.objects.count() == 1


def test_a_corrected_winner_who_paid_chooses_until_it_is_owed_again(
    event: Event,
) -> None:
    category = make_category(event, "Writing")
    ann = make_nominated_guest(event, category, name="Ann Able")
    bob = make_nominated_guest(event, category, name="Bob Baker")
    win(category, ann)
    donation = pay(ann)
    win(category, bob)
    row = Surplus.objects.get()
    assert (row.donation, row.cause) == (donation, Surplus.Cause.CORRECTED)
    assert row.amount_cents == THOUSAND
    assert list(Message.objects.filter(kind="surplus"))
    shown = browser_of(ann.invitation).get(page_of(ann.invitation)).text
    assert reverse("donations:donor_link", args=["x"])[:7] in shown
    client = donor_of(donation)
    client.post(page(donation), {"surplus": row.pk, "choice": "keep"})
    row.refresh_from_db()
    assert row.choice == Surplus.Choice.KEEP
    verbs = Activity.objects.values_list("verb", flat=True)
    assert "keeps as a gift" in verbs
    win(category, ann)
    row.refresh_from_db()
    assert row.gone_at is not None, "the win is theirs after all: nothing to ask"
    assert not Obligation.objects.unpaid().filter(guest=ann).exists()
    assert surplus.sweep(timezone.now()) == 0
    assert "Nothing is too much" in client.get(page(donation)).text
    with pytest.raises(surplus.TooLate):
        surplus.choose(row.pk, "back", "Ann", AT)


def test_of_one_payment_for_three_only_the_corrected_part_is_asked_about() -> None:
    team = make_team(make_event(), "Ann", "Bob", "Cyrus")
    donation = paid(payments.Wish.of_guest(*team).more(extra_cents=2_500))
    Obligation.objects.filter(guest__in=team[1:]).update(state="void", void_at=AT)
    assert surplus.sweep(AT) == 2
    rows = Surplus.objects.order_by("guest")
    found = [(row.guest, row.amount_cents) for row in rows]
    assert found == [(team[1], THOUSAND), (team[2], THOUSAND)]
    for row in rows:
        surplus.choose(row.pk, "back", "Ann", AT)
    assert wished(donation) == [("wished", 2 * THOUSAND)], "one wish for all of it"
    assert surplus.sweep(AT) == 0


def found_by_two() -> None:
    event = make_event()
    bob, _first, _second = paid_by_two(event)
    at_the_same_moment(2, lambda _: surplus.look_at([bob.pk], AT))
    assert Surplus.objects.filter(guest=bob).count() == 1
    letters = Message.objects.filter(kind="surplus", event=event)
    assert letters.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_the_same_moment_ask_once() -> None:
    found_by_two()


def chosen_twice() -> None:
    _bob, _first, second = paid_by_two(make_event())
    surplus.sweep(AT)
    row = Surplus.objects.get(donation=second)
    choices = ("keep", "back")
    at_the_same_moment(2, lambda n: surplus.choose(row.pk, choices[n], "Bob", AT))
    row.refresh_from_db()
    # Back is final: a keep that comes second is refused.
    assert (row.choice == "back") == bool(wished(second))
    assert row.choice == "back"


@pytest.mark.django_db(transaction=True)
def test_keep_and_back_at_the_same_moment_leave_no_wish_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save = Surplus.save

    def keep_is_written_last(self: Surplus, **options: Any) -> None:
        time.sleep(0.2 if self.choice == "keep" else 0)
        save(self, **options)

    monkeypatch.setattr(Surplus, "save", keep_is_written_last)
    chosen_twice()
    seen_to_fail_without_lock(chosen_twice, Guest)
