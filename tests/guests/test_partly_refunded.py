"""Money that went back in part: what is kept settles the oldest first, gifts last."""

import pytest

from donations import settlement
from donations.models import Donation
from guests import payments
from guests.door.card import cards
from guests.models import Guest, Obligation, Settlement
from guests.payments.asked import asked_for
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import pay as stand_in_pay
from tests.factories import make_event, make_member
from tests.guests.people import AT
from tests.guests.test_giving_for_others import make_team
from tests.guests.test_payments import correct_and_win_again

pytestmark = pytest.mark.django_db
THOUSAND = 100_000


def paid_for_all(team: list[Guest], **fields: object) -> Donation:
    """One payment for these people, with $50 on top and the fees covered."""
    wish = payments.Wish.of_guest(*team).more(
        extra_cents=5_000, covers_fees=True, **fields
    )
    donation = asked_for(wish, AT)
    donation.state, donation.paid_at = Donation.State.PAID, AT
    donation.save()
    return donation


def give_back(donation: Donation, cents: int) -> None:
    donation.refunded_cents += cents
    donation.state = Donation.State.PARTIALLY_REFUNDED
    donation.save()


def paid(team: list[Guest]) -> list[int]:
    rows = Obligation.objects.live().with_paid_cents().filter(guest__in=team)
    return list(rows.order_by("pk").values_list("paid_cents", flat=True))


def test_what_is_kept_settles_the_oldest_and_gifts_go_back_first() -> None:
    team = make_team(make_event(), "Ann", "Bob", "Cyrus")
    donation = paid_for_all(team)
    freely = donation.amount_cents - 3 * THOUSAND
    give_back(donation, freely)
    assert paid(team) == [THOUSAND] * 3
    give_back(donation, 40_000)
    assert paid(team) == [THOUSAND, THOUSAND, 60_000]
    assert [row.guest for row in Obligation.objects.unpaid()] == [team[2]]
    assert [row.guest for row in Obligation.objects.satisfied()] == team[:2]
    (shown,) = cards([team[2]])
    assert shown.decision.cents_due == 40_000
    donation.charged_back_cents = THOUSAND
    donation.save()
    assert paid(team) == [THOUSAND, 60_000, 0], "a bank took it back for good"
    again = asked_for(payments.Wish.of_guest(team[1], team[2]), AT)
    parts = again.parts.values_list("for_name", "amount_cents")
    assert list(parts) == [("Bob", 40_000), ("Cyrus", THOUSAND)]


def test_less_than_was_asked_for_leaves_the_rest_due(stand_in: StandIn) -> None:
    """Somebody of the charity accepts it: the door asks for what is missing."""
    (ann,) = make_team(make_event(), "Ann")
    donation = payments.donation_for(ann.pk)
    stand_in_pay(stand_in, donation)
    Donation.objects.filter(pk=donation.pk).update(amount_cents=150_000)
    ann.obligations.update(amount_cents=150_000)
    donation.settlements.update(amount_cents=150_000)
    settlement.settle(donation.pk)
    treasurer = make_member(ann.event, "finance").user
    settlement.resolve_review(donation.pk, treasurer, "Agreed", AT)
    assert paid([ann]) == [THOUSAND]
    (shown,) = cards([ann])
    assert shown.decision.cents_due == 50_000
    assert settlement.settle(donation.pk).settles, "and it stays accepted"


def test_what_is_owed_no_more_stands_behind_what_is_owed() -> None:
    team = make_team(make_event(), "Ann", "Bob")
    donation = paid_for_all(team)
    (oldest, _other) = Obligation.objects.order_by("pk")
    oldest.state, oldest.void_at = Obligation.State.VOID, AT
    oldest.save()
    assert [row.obligation for row in Settlement.objects.idle()] == [oldest]
    give_back(donation, donation.amount_cents - 2 * THOUSAND + 30_000)
    assert paid(team) == [THOUSAND]
    (row,) = Obligation.objects.with_paid_cents().filter(pk=oldest.pk)
    assert row.paid_cents == 70_000
    give_back(donation, 70_000)
    assert not Settlement.objects.idle().exists()
    assert paid(team) == [THOUSAND]


def test_a_gift_beside_it_is_never_offered_back_by_itself() -> None:
    (ann,) = make_team(make_event(), "Ann")
    donation = paid_for_all([ann])
    Obligation.objects.update(state=Obligation.State.VOID, void_at=AT)
    assert Settlement.objects.idle().count() == 1
    give_back(donation, THOUSAND)
    assert not Settlement.objects.idle().exists()


def test_only_what_is_left_is_carried_over_a_correction() -> None:
    (ann,) = make_team(make_event(), "Ann")
    donation = paid_for_all([ann])
    give_back(donation, donation.amount_cents - 70_000)
    correct_and_win_again(ann)
    assert paid([ann]) == [70_000]
    (row,) = Obligation.objects.unpaid()
    assert row.left_cents == 30_000
