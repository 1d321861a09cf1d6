"""One payment for several people, gifts on top, and nothing paid twice."""

from http import HTTPStatus

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from donations import checkout
from donations.fees import cover_cents
from donations.models import Donation, DonationAttempt
from events.models import Event
from guests import obligations, payments, portal
from guests.models import Guest, Obligation
from losers_lounge.rehearsal import donor
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_category, make_event, make_nomination, make_nominee
from tests.guests.assistants import desk_of, make_dana, make_principal, page_for
from tests.guests.factories import make_guest
from tests.guests.people import AT, browser_of, page_of
from tests.guests.test_payments import make_winner, set_state
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

pytestmark = pytest.mark.django_db
WAY = payments.Way("/back/")
State = Donation.State


def make_team(event: Event, *names: str, **fields: object) -> list[Guest]:
    """Winners of one statue, each on an invitation of their own, who all owe."""
    people = [make_nominee(event, name) for name in names]
    category = make_category(event, state="official", official_at=AT)
    make_nomination(category, *people, outcome="won")
    team = [
        make_guest(event, person.name, nominee=person, answer="yes", **fields)
        for person in people
    ]
    with transaction.atomic():
        obligations.bring_up_to_date(event, AT, {person.pk for person in people})
    return team


def choose(guest: Guest, *whom: Guest, **fields: object) -> HttpResponse:
    """A press on the page where one gives, in a guest's browser."""
    ticked = [row.public_id for row in whom]
    data = {"choice": "1", "whom": ticked} | fields
    return browser_of(guest.invitation).post(page_of(guest.invitation, "donate"), data)


def parts_of(donation: Donation) -> list[tuple[str, str, int]]:
    rows = donation.parts.values_list("for_name", "purpose", "amount_cents")
    return list(rows)


def settles(donation: Donation) -> dict[str, int]:
    rows = donation.settlements.values_list("obligation__guest__name", "amount_cents")
    return dict(rows)


def unpaid_names(event: Event) -> set[str]:
    rows = Obligation.objects.unpaid().filter(guest__event=event)
    return set(rows.values_list("guest__name", flat=True))


def test_one_of_a_winning_team_pays_for_another_and_gives_on_top(
    stand_in: StandIn,
) -> None:
    event = make_event()
    ann, bob, cy = make_team(event, "Ann", "Bob", "Cyrus")
    make_team(event, "Dorothy")
    cy.answer = Guest.Answer.NO
    cy.save()
    page = browser_of(ann.invitation).get(page_of(ann.invitation, "donate")).text
    assert "Bob" in page and "On your winning team." in page
    assert "Cyrus" not in page, "who does not come is nobody's to see"
    assert "Dorothy" not in page, "who won something else is not of the team"
    assert f"EIN {event.charity.ein}" in page or not event.charity.ein

    answer = choose(ann, ann, bob, extra="2500", covers_fees="on", credit_name="A.")
    donation = Donation.objects.get()
    assert answer["Location"] == donation.attempts.get().url
    fee = cover_cents(202_500)
    assert (donation.amount_cents, donation.fee_cover_cents) == (202_500 + fee, fee)
    assert (donation.donor_name, donation.credit_name) == ("Ann", "A.")
    assert parts_of(donation) == [
        ("Ann", "admission", 100_000),
        ("Bob", "admission", 100_000),
        ("Ann", "gift", 2_500),
    ]
    assert settles(donation) == {"Ann": 100_000, "Bob": 100_000}
    asked = donor.browse("GET", answer["Location"]).text
    assert "The win of Bob" in asked and "Covering the fees" in asked
    set_state(donation, State.PAID)
    assert unpaid_names(event) == {"Cyrus", "Dorothy"}
    thanks = browser_of(bob.invitation).get(page_of(bob.invitation, "thanks")).text
    assert "$1,000.00 has arrived" in thanks, "each sees only their own part"


def test_the_fees_are_covered_to_the_cent_rounded_up(stand_in: StandIn) -> None:
    assert [cover_cents(net) for net in (500, 100_000)] == [46, 3_018]
    for net in range(500, 3_000, 7):
        gross = net + cover_cents(net)
        assert gross - -(-gross * 290 // 10_000) - 30 in (net - 1, net)


def test_nobody_pays_for_strangers_however_they_ask(stand_in: StandIn) -> None:
    event = make_event()
    ann, bob = make_team(event, "Ann", "Bob")
    (dot,) = make_team(event, "Dorothy")
    loser = make_guest(event, "Lou", nominee=make_nominee(event, "Lou"))
    for who, whom in ((ann, dot), (loser, ann), (dot, bob)):
        answer = choose(who, whom)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert f'value="{whom.public_id}"' not in answer.text
    assert not Donation.objects.exists()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"extra": "other", "amount": "7.50"}, HTTPStatus.FOUND),
        ({"amount": "5"}, HTTPStatus.FOUND),
        ({"extra": "other", "amount": "4.99"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"extra": "other"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"extra": "123"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({}, HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_a_loser_gives_freely_from_five_dollars(
    stand_in: StandIn, said: dict[str, str], status: int
) -> None:
    lou = make_guest(make_event(), "Lou")
    answers = [choose(lou, **said, declines_reward="on") for _press in range(2)]
    assert {answer.status_code for answer in answers} == {status}
    assert Donation.objects.count() == (status == HTTPStatus.FOUND), (
        "one, twice pressed"
    )
    for donation in Donation.objects.all():
        assert (donation.purpose, donation.declines_reward) == ("gift", True)
        set_state(donation, State.PAID)
        back = donation.attempts.get().success_url.split("&cs=")[0]
        path = back.removeprefix("http://testserver")
        path = path[path.index("/invitation/") :]
        assert "has arrived" in browser_of(lou.invitation).get(path).text
        other = make_guest(lou.event)
        path = path.replace(lou.invitation.public_id, other.invitation.public_id)
        assert browser_of(other.invitation).get(path).status_code == HTTPStatus.FOUND


def test_an_agent_pays_once_for_all_who_granted_it(stand_in: StandIn) -> None:
    event = make_event()
    dana = make_dana(event)
    team = make_team(event, "Ann", "Bob", "Cyrus")
    for guest in team:
        guest.invitation.contact = dana
        guest.invitation.save()
    for guest in team[:2]:
        portal.let_give(guest.invitation_id, True, AT)
    make_principal(dana, "Lou")
    desk, url = desk_of(dana), page_for(dana, "give")
    page = desk.get(url).text
    assert "Ann" in page and "Cyrus" not in page
    everybody = {"choice": "1", "whom": [guest.public_id for guest in team]}
    assert desk.post(url, everybody).status_code == 422
    granted = everybody | {"whom": [guest.public_id for guest in team[:2]]}
    answer = desk.post(url, granted)
    donation = Donation.objects.get()
    assert answer["Location"] == donation.attempts.get().url
    assert (donation.donor_name, donation.donor_email) == ("Dana", dana.email)
    assert settles(donation) == {"Ann": 100_000, "Bob": 100_000}
    portal.let_give(team[0].invitation_id, False, AT)
    assert desk.post(url, granted).status_code == 422


def test_who_pays_for_somebody_closes_the_other_open_page(stand_in: StandIn) -> None:
    event = make_event()
    ann, bob = make_team(event, "Ann", "Bob")
    choose(ann, ann, bob)
    first = Donation.objects.get()
    assert choose(bob, bob).status_code == HTTPStatus.FOUND
    first.refresh_from_db()
    second = Donation.objects.exclude(pk=first.pk).get()
    assert (first.state, second.state) == (State.EXPIRED, State.CHECKOUT_OPEN)
    stand_in.pay(second.attempts.get().session_id)
    assert choose(ann, ann, bob).status_code == HTTPStatus.FOUND
    third = payments.donation_for(ann.pk)
    assert settles(third) == {"Ann": 100_000}


def test_a_page_that_is_just_being_opened_is_waited_for(stand_in: StandIn) -> None:
    ann, bob = make_team(make_event(), "Ann", "Bob")
    both = payments.Wish.of_guest(ann, bob)
    now = timezone.now()
    with transaction.atomic():
        donation = payments.asked.asked_for(both, now)
        checkout.claim(donation.pk, "http://x.example/", "http://x.example/", now)
    answer = choose(bob, bob)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    DonationAttempt.objects.update(created_at=AT)
    assert choose(bob, bob).status_code == HTTPStatus.FOUND
    assert donation.attempts.get().state == DonationAttempt.State.FAILED


def pressed_at_once() -> None:
    event = make_event()
    ann, bob, cy = make_team(event, "Ann", "Bob", "Cyrus")
    wishes = [payments.Wish.of_guest(ann, cy), payments.Wish.of_guest(bob, cy)]

    def press(number: int) -> str:
        return payments.payment_page(wishes[number], WAY, at=timezone.now())

    at_the_same_moment(2, press)
    live = DonationAttempt.objects.live().filter(
        donation__settlements__obligation__guest=cy
    )
    assert live.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_pay_for_the_same_person_one_page_is_open(
    stand_in: StandIn,
) -> None:
    pressed_at_once()
    seen_to_fail_without_lock(pressed_at_once, Guest)


def test_the_page_of_a_large_team_costs_no_more_queries(
    stand_in: StandIn, django_assert_max_num_queries: object
) -> None:
    event = make_event()
    team = make_team(event, *(f"Writer {number}" for number in range(17)))
    client: Client = browser_of(team[0].invitation)
    with django_assert_max_num_queries(16):
        page = client.get(page_of(team[0].invitation, "donate"))
    assert page.text.count('name="whom"') == 17
    single = make_winner(make_event())
    with django_assert_max_num_queries(16):
        browser_of(single.invitation).get(page_of(single.invitation, "donate"))
