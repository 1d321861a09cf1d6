"""What may become of a bottle: every step from every place, and what money says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations import rewards
from donations.models import Donation, Reward
from donations.rewards import batches, label, steps
from donations.rewards.states import OVER, Wish, follow
from donations.rewards.words import PLATE, NotEngravable, checked, propose
from events import mail
from events.models import Activity, Message
from tests.donations.bottles import State, make_bottle, picture, put, send, take
from tests.factories import make_event, make_user

Step = rewards.Step
NOW = timezone.now()
# (from, step) -> to: what a person may do; everything else is refused.
ALLOWED = {
    (State.REQUESTED, Step.WORD): State.REQUESTED,
    (State.PROOF, Step.WORD): State.REQUESTED,
    (State.APPROVED, Step.WORD): State.REQUESTED,
    (State.REQUESTED, Step.SHOW): State.PROOF,
    (State.PROOF, Step.SHOW): State.PROOF,
    (State.PROOF, Step.APPROVE): State.APPROVED,
    (State.PROOF, Step.ASK): State.REQUESTED,
    (State.REQUESTED, Step.ASK): State.REQUESTED,
    (State.REQUESTED, Step.DECLINE): State.DECLINED,
    (State.PROOF, Step.DECLINE): State.DECLINED,
    (State.APPROVED, Step.DECLINE): State.DECLINED,
    (State.APPROVED, Step.SEND): State.ENGRAVING,
    (State.ENGRAVING, Step.CHECK): State.READY,
    (State.ENGRAVING, Step.AGAIN): State.APPROVED,
    (State.READY, Step.AGAIN): State.APPROVED,
    (State.READY, Step.SHIP): State.SHIPPED,
    (State.READY, Step.HAND_OVER): State.HANDED_OVER,
    (State.SHIPPED, Step.HAND_OVER): State.HANDED_OVER,
    # Said twice is once.
    (State.APPROVED, Step.APPROVE): State.APPROVED,
    (State.DECLINED, Step.DECLINE): State.DECLINED,
    (State.READY, Step.CHECK): State.READY,
    (State.SHIPPED, Step.SHIP): State.SHIPPED,
    (State.HANDED_OVER, Step.HAND_OVER): State.HANDED_OVER,
}
REFUSALS = (steps.NotNow, batches.NothingToSend)


@pytest.mark.django_db
def test_every_step_from_every_place_is_in_the_table_or_refused() -> None:
    bottle = make_bottle()
    bottle.ship_to, bottle.is_of_age = "Silver Lake", True
    for state in State:
        for step in Step:
            before = put(bottle, state, NOW)
            wanted = ALLOWED.get((state, step))
            if wanted is None:
                with pytest.raises(REFUSALS):
                    take(before, step)
            else:
                take(before, step)
            bottle.refresh_from_db()
            assert bottle.state == (wanted or state), (state, step)
    # Told and forgotten with whom the log names.
    named = Activity.objects.exclude(object_name__startswith="Batch")
    assert {row.about for row in named} == {f"donation/{bottle.donation_id}"}


@pytest.mark.parametrize("state", list(State))
def test_a_bottle_waits_where_it_stood_and_goes_on_from_there(
    state: Reward.State,
) -> None:
    for wish, waits in ((Wish.HOLD, State.ON_HOLD), (Wish.STOP, State.STOPPED)):
        reward = Reward(state=state, held_from="")
        is_under_way = state in (State.ON_HOLD, State.STOPPED)
        assert follow(Reward(state=state), Wish.GO, NOW) == is_under_way

        follow(reward, wish, NOW)
        assert not follow(reward, wish, NOW), "twice is once"

        if state in OVER:
            assert reward.state == state
        elif state == State.ENGRAVING:
            assert (reward.state, reward.stop_order_at) == (state, NOW)
        else:
            assert reward.state == waits
            follow(reward, Wish.GO, NOW)
            assert reward.state == (State.REQUESTED if is_under_way else state)


@pytest.mark.django_db
class TestStopOrders:
    def refunded(self) -> Reward:
        bottle = make_bottle(state=State.APPROVED)
        bottle = batches_row(bottle)
        self.move(bottle, Donation.State.DISPUTED)
        return Reward.objects.get(pk=bottle.pk)

    def move(self, bottle: Reward, state: Donation.State) -> Reward:
        donation = bottle.donation
        donation.state = state
        donation.save()
        rewards.bring_up_to_date(donation, at=NOW)
        return Reward.objects.get(pk=bottle.pk)

    def test_somebody_must_ring_about_what_is_at_the_engravers(self) -> None:
        bottle = self.refunded()

        assert (bottle.state, bottle.stop_order_at) == (State.ENGRAVING, NOW)
        assert list(batches.stop_orders(bottle.batch)) == [bottle]
        assert self.move(bottle, Donation.State.PAID).stop_order_at is None
        with pytest.raises(steps.NotNow):
            take(bottle, "stop_there")

    def test_what_was_stopped_there_goes_in_the_next_batch(self) -> None:
        bottle = self.refunded()

        stopped = take(bottle, "stop_there")
        assert (stopped.state, stopped.held_from) == (State.ON_HOLD, State.APPROVED)

        back = self.move(bottle, Donation.State.PAID)
        assert (back.state, back.batch) == (State.APPROVED, None)
        assert send(back).number == 2

    def test_what_came_back_engraved_all_the_same_stays_on_the_shelf(self) -> None:
        bottle = self.refunded()

        assert take(bottle, Step.CHECK).state == State.ON_HOLD
        assert self.move(bottle, Donation.State.CHARGED_BACK).state == State.STOPPED
        assert self.move(bottle, Donation.State.PAID).state == State.READY


def batches_row(bottle: Reward) -> Reward:
    send(bottle)
    bottle.refresh_from_db()
    return bottle


@pytest.mark.django_db
class TestApproval:
    def test_a_yes_is_to_the_proof_that_was_seen(self) -> None:
        bottle = make_bottle()
        first = take(bottle, Step.SHOW)
        assert first.proof.startswith(b"\xff\xd8")
        letter = Message.objects.get(kind="proof")
        assert letter.context["lines"] == ["Tina Fey"]
        assert b"a donation in your name" in (wire := mail.render(letter))
        assert b"put you on the list" not in wire
        later, by = NOW + timedelta(hours=1), make_user()
        steps.show(bottle.pk, by=by, at=later, picture=picture())

        with pytest.raises(steps.OtherProof):
            take(first, Step.APPROVE)
        steps.approve(bottle.pk, proof=later.isoformat(), by="Tina Fey", at=later)

        changed = steps.word(bottle.pk, "Elizabeth Stamatina", by=by, at=later)
        assert (changed.state, changed.proof) == (State.REQUESTED, None)
        assert changed.approved_at is None

    def test_a_step_that_lacks_something_says_what(self) -> None:
        ready = make_bottle(state=State.READY)
        with pytest.raises(steps.Unfit):
            take(ready, Step.SHIP)
        with pytest.raises(steps.Unfit):
            steps.hand_over(
                ready.pk, to="Tina", is_of_age=False, by=make_user(), at=NOW
            )
        with pytest.raises(steps.Unfit):
            steps.address(ready.pk, ship_to="Home", is_of_age=False, by="T", at=NOW)
        steps.address(ready.pk, ship_to="Home", is_of_age=True, by="T", at=NOW)
        assert take(ready, Step.SHIP).state == State.SHIPPED

    def test_the_last_bottle_declined_is_a_donation_without_benefit(self) -> None:
        bottle = make_bottle()
        take(bottle, Step.DECLINE)

        donation = Donation.objects.get(pk=bottle.donation_id)
        assert donation.declines_reward
        rewards.bring_up_to_date(donation, at=NOW)
        assert [row.state for row in donation.rewards.all()] == [State.DECLINED]


@pytest.mark.django_db
class TestEarning:
    def test_each_part_earns_its_own_bottle_and_loses_it_alone(self) -> None:
        event = make_event()
        bottle = make_bottle(event, amount_cents=320_000, fee_cover_cents=20_000)
        donation = bottle.donation
        bottle.delete()
        donation.parts.all().delete()
        for order, (name, purpose) in enumerate(
            [("Tina", "admission"), ("Amy", "gift"), ("Jon", "admission")]
        ):
            donation.parts.create(
                order=order,
                for_name=name,
                purpose=purpose,
                amount_cents=100_000,
                engraving="For\nTina" if name == "Tina" else "",
            )
        rewards.bring_up_to_date(donation, at=NOW)
        rows = donation.rewards.order_by("order")
        assert [row.engraving for row in rows] == ["For\nTina", "Amy", "Jon"]

        # The fees and Amy's gift go back first; then the newer admission.
        donation.state = Donation.State.PARTIALLY_REFUNDED
        states = []
        for cents in (120_000, 130_000):
            donation.refunded_cents = cents
            rewards.bring_up_to_date(donation, at=NOW)
            states.append([row.state for row in rows.all()])
        go, hold = State.REQUESTED, State.ON_HOLD
        assert states == [[go, hold, go], [go, hold, hold]]

        rewards.hold([(donation.pk, "Tina")], at=NOW)
        assert [row.state for row in rows.all()] == [hold, hold, hold]
        rewards.let_go([(donation.pk, "Tina")], at=NOW)
        assert rows.first().state == go

    def test_a_gift_refunded_in_part_keeps_its_bottle_down_to_a_winner_s_amount(
        self,
    ) -> None:
        bottle = make_bottle(amount_cents=127_168, fee_cover_cents=3_668)
        donation = bottle.donation
        donation.parts.update(purpose="gift", amount_cents=123_500)
        donation.state = Donation.State.PARTIALLY_REFUNDED
        states = []
        for cents in (10_001, 27_168, 27_169):
            donation.refunded_cents = cents
            rewards.bring_up_to_date(donation, at=NOW)
            states.append(donation.rewards.get().state)
        assert states == [State.REQUESTED, State.REQUESTED, State.ON_HOLD]

    def test_who_wants_none_gets_none(self) -> None:
        bottle = make_bottle()
        donation = bottle.donation
        donation.declines_reward = True
        rewards.bring_up_to_date(donation, at=NOW)
        assert Reward.objects.get().state == State.DECLINED
        Reward.objects.all().delete()
        rewards.bring_up_to_date(donation, at=NOW)
        assert not Reward.objects.exists()


class TestWords:
    def test_a_text_is_proposed_from_the_win_as_far_as_it_fits(self) -> None:
        award = "Outstanding Writing for a Comedy Series"
        text = propose("Tina Fey", award, "22 September 2013")
        assert text.split("\n") == [
            "Tina Fey",
            "Outstanding Writing for a",
            "Comedy Series",
            "22 September 2013",
        ]
        assert propose("Tina Fey", f"{award} " * 3, "2013") == "Tina Fey\n2013"
        assert propose("蔡依林", "2013") == "2013"
        assert propose("蔡依林") == ""

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "name"),
            (" \u200b\n", "name"),
            ("a\nb\nc\nd\ne", "4 lines"),
            ("x" * 31, "30 characters"),
            ("Jolin 蔡", "cannot cut: 蔡"),
            ("www.bottles.example", "links"),
            ("bottles.com now", "links"),
            ("tina@guest.example", "links"),
            ("Shït happens", "Not these"),
            ("x" * 100_000, "30 characters"),
        ],
    )
    def test_what_cannot_be_engraved_is_refused_with_its_reason(
        self, text: str, why: str
    ) -> None:
        with pytest.raises(NotEngravable) as refusal:
            checked(text)
        assert why.lower() in str(refusal.value).lower()

    def test_names_of_people_are_no_rude_words(self) -> None:
        for name in ("Dick Van Dyke", "Zoë O’Neill", "Łukasz Żal"[:6], "Scunthorpe"):
            assert checked(f"  {name} \r\n\r\n") == name

    def test_the_drawn_label_has_every_character_of_the_plate(self) -> None:
        font = label._font(20)
        missing = bytes(font.getmask("\U0010ffff"))
        odd = [c for c in PLATE.characters - {" "} if bytes(font.getmask(c)) == missing]
        assert odd == []
