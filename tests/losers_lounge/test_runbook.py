"""What an operator types on a bad night, each seen to do what it says."""

import pytest
from django.test import Client
from django.utils import timezone

from donations.models import Donation, StripeEvent
from events.models import Event, Message
from guests.models import Invitation
from losers_lounge.links import make_token
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, reconcile
from tests.events.mails import make_message
from tests.factories import make_event
from tests.guests.devices import make_device, paired
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.losers_lounge.commands import failure, run

State = Message.State
pytestmark = pytest.mark.django_db


class TestResend:
    def test_what_failed_goes_once_more_and_nothing_else(self, event: Event) -> None:
        failed, sent, other = (make_message(e) for e in (event, event, make_event()))
        Message.objects.exclude(pk=sent.pk).update(state=State.FAILED)
        Message.objects.filter(pk=sent.pk).update(
            state=State.SENT, sent_at=timezone.now()
        )
        for number in ("1 message", "0 messages"):
            said = run("outbox", "resend", event.slug)[0]
            assert said == f"Going out once more: {number}."
        states = dict(Message.objects.values_list("pk", "state"))
        assert states == {failed.pk: "queued", sent.pk: "sent", other.pk: "failed"}
        assert run("outbox", "resend")[0] == "Going out once more: 1 message."

    def test_what_may_have_arrived_goes_only_when_it_is_meant(
        self, event: Event
    ) -> None:
        make_message(event)
        Message.objects.update(state=State.UNKNOWN, handover_at=timezone.now())
        assert "0 messages" in run("outbox", "resend", event.slug)[0]
        said = run("outbox", "resend", event.slug, "--state", "unknown")[0]
        assert said == "Going out once more: 1 message."
        assert Message.objects.get().copies_possible == 2


class TestRotating:
    def test_every_old_link_dies_and_waiting_letters_lead_on(
        self, event: Event, anonymous: Client
    ) -> None:
        guest, agent = make_guest(event), make_contact(event, is_assistant=True)
        row = guest.invitation
        theirs = make_invitation(event, agent)
        make_guest(invitation=theirs)
        elsewhere = make_guest(make_event()).invitation
        links = {
            "invitation": ["invitation", row.public_id, 1],
            "contact": ["contact", agent.public_id, 1],
        }
        for purpose, about in (("invitation", row.about), ("contact", agent.about)):
            link = {"link": links[purpose]}
            make_message(event, about=about, context={"name": "A", "url": link})
        sent = make_message(event, about=row.about, context={"url": {"link": [1]}})
        Message.objects.filter(pk=sent.pk).update(
            state=State.SENT, sent_at=timezone.now()
        )
        old = f"/i/{make_token('invitation', row.public_id, 1)}/"
        assert anonymous.get(old).status_code == 302

        said, _ = run("rotate_links", event.slug)
        assert said == (
            "New links: 2 invitations, 1 page of assistants. Waiting letters that lead "
            "there: 2."
        )

        assert Client().get(old).status_code == 410
        assert anonymous.get(f"/invitation/{row.public_id}/").status_code == 410
        new = f"/i/{make_token('invitation', row.public_id, 2)}/"
        assert Client().get(new).status_code == 302
        waiting = Message.objects.filter(state__in=Message.WAITING)
        assert [m.context["url"]["link"][2] for m in waiting] == [2, 2]
        sent.refresh_from_db()
        assert sent.context == {"url": {"link": [1]}}
        assert Invitation.objects.get(pk=elsewhere.pk).link_version == 1
        assert event.activities.get().verb == "retired every link of"

    def test_it_names_an_event_that_is_not_there(self) -> None:
        assert "no event" in failure("rotate_links", "nowhere")
        assert "no event" in failure("door_freeze", "nowhere")


def test_a_frozen_door_lets_no_phone_in_until_it_is_paired_anew(event: Event) -> None:
    phone, code = paired(make_device(event)), make_device(event)
    other = paired(make_device(make_event()))
    door = f"/events/{event.slug}/door/"
    assert phone.get(door).status_code == 200

    assert run("door_freeze", event.slug)[0].startswith("Shut out: 2 phones")

    assert phone.get(door).status_code != 200
    code.refresh_from_db()
    assert code.revoked_at is not None
    assert other.get(f"/events/{other.device.event.slug}/door/").status_code == 200
    assert run("door_freeze", event.slug)[0].startswith("Shut out: 0 phones")
    again = paired(make_device(event))
    assert again.get(door).status_code == 200


class TestReplaying:
    def lost(self, stand_in: StandIn) -> Donation:
        donation = make_donation(make_event())
        pay(stand_in, donation)
        return donation

    def test_what_was_given_up_is_followed_again(self, stand_in: StandIn) -> None:
        donation = self.lost(stand_in)
        assert "tried again" in run("replay_events")[0]
        StripeEvent.objects.update(state=StripeEvent.State.DEAD, attempts=12)
        Donation.objects.filter(pk=donation.pk).update(
            state=Donation.State.CHECKOUT_OPEN, paid_at=None
        )
        count = StripeEvent.objects.count()

        said, _ = run("replay_events")

        assert f"own account: {count} given up before, tried again" in said
        donation.refresh_from_db()
        assert donation.state == Donation.State.PAID
        assert not StripeEvent.objects.filter(state=StripeEvent.State.DEAD).exists()

    def test_since_a_day_every_object_is_looked_at(self, stand_in: StandIn) -> None:
        donation = self.lost(stand_in)
        run("replay_events", "--since", f"{timezone.now():%Y-%m-%d}")
        donation.refresh_from_db()
        assert donation.state == Donation.State.PAID

    def test_stripe_that_is_away_is_one_line_and_an_error(
        self, stand_in: StandIn
    ) -> None:
        self.lost(stand_in)
        stand_in.fail(Fault.ERROR_500, count=50)
        words = ("replay_events", "--since", f"{timezone.now():%Y-%m-%d}")
        assert failure(*words).startswith("Stripe:")


class TestTheLedgerAlone:
    def test_two_copies_share_a_hash_and_a_difference_is_named(
        self, stand_in: StandIn
    ) -> None:
        donation = make_donation(make_event())
        pay(stand_in, donation)
        reconcile()
        stand_in.stop()  # Stripe is not asked
        said, _ = run("verify_ledger")
        assert said.startswith("1 entry: gross $1,000.00")
        assert said.endswith("Every donation is what its entries come to.")
        assert said == run("verify_ledger")[0]

        Donation.objects.filter(pk=donation.pk).update(amount_cents=99_999)
        words = failure("verify_ledger")
        assert words.startswith("1 difference: our own account:")
        assert donation.public_id in words
