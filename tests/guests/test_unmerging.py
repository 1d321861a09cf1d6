"""A merge is taken back: two people again, and nothing said since is lost."""

import pytest
from django.utils import timezone

from events.models import Event
from guests import invitations
from guests.merging import CannotUnmerge
from guests.models import Guest, GuestMerge
from tests.factories import make_category
from tests.guests.doorstep import admit
from tests.guests.factories import make_guest
from tests.guests.merges import merge, picture, unmerge
from tests.guests.night import (
    make_coming,
    make_nominated_guest,
    make_plus_one,
    pay,
    win,
)
from tests.guests.people import YES, say

pytestmark = pytest.mark.django_db


class TestTakenBack:
    def test_everything_is_as_it_was(self, event: Event) -> None:
        category = make_category(event)
        kept = make_coming(event, "Amy", plus_ones=1, aliases=["Leslie"], tags=["a"])
        make_plus_one(kept, "Ann")
        gone = make_nominated_guest(event, category, name="Amy P.", plus_ones=3)
        for name in ("ann", "Bob"):
            make_plus_one(gone, name)
        admit(gone)
        invitations.send(event.pk, by="Amy", at=timezone.now())
        before = picture(event)
        row = merge(kept, gone, name="gone", address="gone")
        assert picture(event) != before
        assert kept.admissions.exists()
        unmerge(row)
        assert picture(event) == before
        assert [log.verb for log in event.activities.all()[:2]] == [
            "took a merge back",
            "merged two guests",
        ]

    def test_twice_is_once(self, event: Event) -> None:
        row = merge(make_guest(event), make_guest(event))
        assert unmerge(row) == unmerge(row)
        assert event.activities.filter(verb="took a merge back").count() == 1

    def test_what_was_said_since_stays_said(self, event: Event) -> None:
        kept, gone = make_guest(event), make_guest(event, notes="gin")
        row = merge(kept, gone)
        say(kept, YES)
        Guest.objects.filter(pk=kept.pk).update(notes="rum")
        unmerge(row)
        kept.refresh_from_db()
        gone.refresh_from_db()
        assert (kept.answer, kept.notes) == (YES, "rum")
        assert (gone.answer, gone.notes) == ("waiting", "gin")

    def refused(self, row: GuestMerge) -> str:
        before = picture(row.event)
        with pytest.raises(CannotUnmerge) as refusal:
            unmerge(row)
        assert picture(row.event) == before
        return str(refusal.value)

    def test_it_is_refused_when_the_room_has_filled(self, event: Event) -> None:
        kept, gone = make_coming(event), make_coming(event)
        row = merge(kept, gone)
        event.capacity = 1
        event.save()
        assert "1 seat short" in self.refused(row)

    def test_a_later_merge_is_taken_back_first(self, event: Event) -> None:
        one, two, three = (make_guest(event) for _ in range(3))
        first = merge(two, one)
        second = merge(three, two)
        assert "undo that first" in self.refused(first)
        unmerge(second)
        unmerge(GuestMerge.objects.get(pk=first.pk))
        assert event.guests.on_the_list().count() == 3

    def test_who_was_taken_off_the_list_is_brought_back_first(
        self, event: Event
    ) -> None:
        row = merge(make_guest(event), make_guest(event))
        Guest.objects.filter(pk=row.kept_id).update(removed_at=timezone.now())
        assert "bring them back" in self.refused(row)

    def test_money_given_as_one_person_is_not_torn_apart(self, event: Event) -> None:
        category = make_category(event)
        friend = make_coming(event)
        nominee = make_nominated_guest(event)
        row = merge(friend, nominee)
        nomination = category.nominations.create(work="Late", work_key="late")
        nomination.nominees.add(friend.nominee)
        win(category, nomination)
        pay(friend)
        assert "since given money" in self.refused(row)

    def test_a_nominee_linked_to_another_since_stays_there(self, event: Event) -> None:
        friend, nominee = make_guest(event), make_nominated_guest(event)
        row = merge(friend, nominee)
        Guest.objects.filter(pk=friend.pk).update(nominee=None)
        assert "another nominee" in self.refused(row)
