"""Two rows turn out to be one person, and back again."""

import pytest
from django.utils import timezone

from donations.models import Donation
from events.models import Event, Message
from guests import door, invitations
from guests.merging import MergeRefused
from guests.models import Guest, GuestMerge, Invitation, Obligation
from tests.factories import make_category, make_nominee, make_user
from tests.guests.doorstep import admit
from tests.guests.doorstep import token_of as pass_of
from tests.guests.factories import make_guest
from tests.guests.merges import merge, picture, unmerge
from tests.guests.night import (
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)
from tests.guests.people import NO, WAITLISTED, YES, browser_of, page_of, token_of

pytestmark = pytest.mark.django_db


class TestOnePerson:
    def test_a_nominee_and_a_friend_are_one_person_with_two_reasons(
        self, event: Event
    ) -> None:
        nominee = make_nominated_guest(event, make_category(event), name="Tina Fey")
        friend = make_guest(
            event, "Elizabeth Fey", tags=["friend"], notes="Likes gin", is_vip=True
        )
        linked = nominee.nominee
        merge(friend, nominee, answer="gone")
        assert friend.nominee == linked
        assert (friend.name, friend.aliases) == ("Elizabeth Fey", ["Tina Fey"])
        assert (friend.tags, friend.notes, friend.is_vip) == (
            ["friend"],
            "Likes gin",
            True,
        )
        assert friend.answer == YES
        assert (nominee.merged_into, nominee.nominee) == (friend, None)
        assert list(event.guests.on_the_list()) == [friend]
        assert friend.obligations.live().count() == 1
        log = event.activities.get()
        assert (log.verb, log.about) == ("merged two guests", friend.about)

    def test_a_block_and_what_the_venue_needs_are_never_lost(
        self, event: Event
    ) -> None:
        kept = make_guest(event, dietary="No nuts", notes="a")
        gone = make_guest(event, dietary="x" * 299, is_blocked=True, notes="b")
        merge(kept, gone)
        assert kept.is_blocked
        assert kept.dietary == "No nuts"
        assert kept.notes == "a\nb\n" + "x" * 299

    def test_the_same_press_twice_is_one_merge(self, event: Event) -> None:
        kept, gone = make_guest(event), make_guest(event)
        assert merge(kept, gone) == merge(kept, gone)
        assert event.guest_merges.count() == event.activities.count() == 1

    def test_a_plus_one_who_was_invited_too_counts_once(self, event: Event) -> None:
        host = make_coming(event, plus_ones=1)
        brought = make_plus_one(host, "Amy")
        invited = make_coming(event, "Amy P.")
        merge(invited, brought)
        assert event.guests.attending().count() == 2
        assert invited.plus_one_of is None
        assert not host.plus_one_guests.on_the_list().exists()

    def test_who_brought_themselves_comes_alone(self, event: Event) -> None:
        host = make_coming(event, "Amy", plus_ones=1)
        merge(host, make_plus_one(host, "Amy"))
        assert event.guests.attending().count() == 1

    def test_both_their_plus_ones_come_and_one_of_the_same_name_comes_once(
        self, event: Event
    ) -> None:
        kept, gone = make_coming(event, plus_ones=1), make_coming(event, plus_ones=2)
        for of, name in ((kept, "Ann"), (gone, "ANN"), (gone, "Bob")):
            make_plus_one(of, name)
        merge(kept, gone)
        party = kept.plus_one_guests.on_the_list().order_by("pk")
        assert [row.name for row in party] == ["Ann", "Bob"]
        assert {row.invitation for row in party} == {kept.invitation}
        assert kept.invitation.plus_ones in (1, 2)
        assert Invitation.objects.get(pk=kept.invitation_id).plus_ones == 2

    @pytest.mark.parametrize("answer", [NO, WAITLISTED])
    def test_a_no_that_stays_frees_the_seats_of_all_they_bring(
        self, event: Event, answer: str
    ) -> None:
        kept = make_guest(event, answer=answer)
        gone = make_coming(event, plus_ones=1)
        make_plus_one(gone)
        merge(kept, gone)
        assert event.guests.attending().count() == 0

    def test_offered_seats_stay_with_the_answer_that_stays(self, event: Event) -> None:
        now = timezone.now()
        kept, gone = (make_guest(event, answer=WAITLISTED) for _ in range(2))
        for guest in (kept, gone):
            event.seat_offers.create(
                guest=guest, heads=1, offered_at=now, expires_at=now
            )
        merge(kept, gone, answer="gone")
        states = {row.state: row.guest for row in event.seat_offers.all()}
        assert states == {"open": kept, "withdrawn": kept}


class TestLinks:
    def test_both_links_that_were_sent_lead_to_the_one_person(
        self, event: Event
    ) -> None:
        kept, gone = make_guest(event, "Amy"), make_guest(event, "Amy P.")
        merge(kept, gone)
        for row in (kept.invitation, gone.invitation):
            client = browser_of(row)
            assert client.get(page_of(kept.invitation)).status_code == 200

    def test_retiring_the_link_retires_both(self, event: Event) -> None:
        kept, gone = make_guest(event), make_guest(event)
        tokens = [token_of(row.invitation) for row in (kept, gone)]
        merge(kept, gone)
        asked = gone.invitation_id
        row = invitations.rotate(asked, by=make_user(), at=timezone.now())
        assert row == kept.invitation
        versions = event.invitations.values_list("link_version", flat=True)
        assert list(versions) == [2, 2]
        assert len(set(tokens)) == 2

    def test_a_chain_of_merges_is_one_step_long(self, event: Event) -> None:
        one, two, three = (make_guest(event) for _ in range(3))
        merge(two, one)
        merge(three, two)
        leads = Invitation.objects.get(pk=one.invitation_id).continues_as_id
        assert leads == three.invitation_id

    def test_the_pass_of_either_row_lets_the_one_person_in(self, event: Event) -> None:
        kept, gone = make_coming(event), make_coming(event)
        token = pass_of(gone)
        merge(kept, gone)
        assert door.find_by_pass(event, token) == kept

    def test_a_retired_pass_does_not_wake_up_in_another_party(
        self, event: Event
    ) -> None:
        kept, gone = make_coming(event), make_coming(event, plus_ones=1)
        friend = make_plus_one(gone)
        token = pass_of(friend)
        invitations.rotate(gone.invitation_id, by=make_user(), at=timezone.now())
        gone = Guest.objects.get(pk=gone.pk)
        merge(kept, gone)
        assert door.find_by_pass(event, token) is None

    def test_who_shares_the_invitation_keeps_its_link(self, event: Event) -> None:
        kept, gone = make_guest(event), make_guest(event)
        make_guest(invitation=gone.invitation)
        merge(kept, gone)
        assert Invitation.objects.get(pk=gone.invitation_id).continues_as is None

    def test_one_person_gets_one_letter_at_the_address_that_stays(
        self, event: Event
    ) -> None:
        kept, gone = make_guest(event), make_guest(event)
        invitations.send(event.pk, by="Amy", at=timezone.now())
        theirs = gone.invitation.contact.email
        row = merge(kept, gone, address="gone")
        waiting = Message.objects.filter(state="queued")
        assert list(waiting.values_list("about", "recipient_email")) == [
            (kept.invitation.about, theirs)
        ]
        unmerge(row)
        assert Message.objects.filter(state="queued").count() == 2
        back = Message.objects.get(about=kept.invitation.about)
        kept = Guest.objects.get(pk=kept.pk)
        assert back.recipient_email == kept.invitation.contact.email != theirs


class TestMoney:
    def test_what_either_paid_counts_for_the_one_who_stays(self, event: Event) -> None:
        category = make_category(event)
        winner = make_nominated_guest(event, category, name="Tina")
        win(category, winner)
        donation = pay(winner)
        letters = Message.objects.count()
        friend = make_coming(event, "Tina F.")
        row = merge(friend, winner)
        assert friend.obligations.satisfied().count() == 1
        assert Message.objects.count() == letters
        assert donation.settlements.get().obligation.guest == friend
        unmerge(row)
        assert not friend.obligations.live().exists()
        assert winner.obligations.satisfied().count() == 1

    def test_a_plus_one_s_gift_pays_what_they_owe_themselves(
        self, event: Event
    ) -> None:
        event.plus_one_pays = True
        event.save()
        category, other = make_category(event), make_category(event)
        host = make_nominated_guest(event, category, plus_ones=1)
        brought = make_plus_one(host)
        win(category, host)
        donation = pay(brought)
        nominee = make_nominated_guest(event, other, name="Nominee")
        win(other, nominee)
        before = picture(event)
        row = merge(nominee, brought)
        assert nominee.obligations.satisfied().count() == 1
        assert Donation.objects.get(pk=donation.pk).settles
        unmerge(row)
        after = picture(event)
        assert after == before

    def test_a_waiver_goes_with_the_person(self, event: Event) -> None:
        category = make_category(event)
        winner = make_nominated_guest(event, category)
        win(category, winner)
        winner.obligations.update(state=Obligation.State.WAIVED)
        friend = make_coming(event)
        merge(friend, winner)
        assert friend.obligations.get().state == Obligation.State.WAIVED


class TestRefusals:
    def refused(self, kept: Guest, gone: Guest) -> str:
        with pytest.raises(MergeRefused) as refusal:
            merge(kept, gone)
        assert not GuestMerge.objects.exists()
        return str(refusal.value)

    def test_two_nominees_are_not_made_one(self, event: Event) -> None:
        rows = (make_guest(event, nominee=make_nominee(event)) for _ in range(2))
        assert "two nominees" in self.refused(*rows)

    def test_two_people_inside_are_two_people(self, event: Event) -> None:
        kept, gone = make_coming(event), make_coming(event)
        admit(kept, "1")
        admit(gone, "2")
        assert "both inside" in self.refused(kept, gone)

    def test_the_row_with_an_invitation_is_kept(self, event: Event) -> None:
        brought = make_plus_one(make_coming(event))
        assert "keep that row" in self.refused(brought, make_guest(event))

    def test_who_is_off_the_list_is_left_alone(self, event: Event) -> None:
        gone = make_guest(event, removed_at=timezone.now())
        assert "off the list" in self.refused(make_guest(event), gone)

    def test_a_row_of_another_event_and_oneself_are_not_found(
        self, event: Event
    ) -> None:
        kept = make_guest(event)
        for other in (make_guest(), kept):
            with pytest.raises(Guest.DoesNotExist):
                merge(kept, other)
