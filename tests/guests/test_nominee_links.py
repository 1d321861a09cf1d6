"""Which guest a nominee is: found by name, or said by a person."""

import pytest

from events.models import Event, Nominee
from guests import guest_list, obligations
from guests.models import Guest
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.guests.test_guest_list import apply, typed
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def double_click_race() -> None:
    event, by = make_event(), make_user()
    at_the_same_moment(3, lambda _: guest_list.add(event, typed("Tina"), by=by, at=AT))
    assert event.guests.count() == 1


def two_hosts_link_race() -> None:
    """One nominee, two namesakes, two hosts who differ."""
    event, by = make_event(), make_user()
    nominee = make_nominee(event, "Mandy Moore")
    people = [make_guest(event, name="Mandy Moore") for _ in range(2)]
    outcomes = at_the_same_moment(
        2, lambda n: guest_list.link(people[n].pk, nominee.pk, by=by, at=AT)
    )
    assert all(isinstance(outcome, Guest) for outcome in outcomes)
    assert event.guests.filter(nominee=nominee).count() == 1


@pytest.mark.django_db(transaction=True)
def test_hosts_at_once_are_taken_one_after_the_other() -> None:
    for race in (double_click_race, two_hosts_link_race):
        race()
        seen_to_fail_without_lock(race, Event)


@pytest.mark.django_db
class TestNominees:
    """Nominees are found by name; a person decides between namesakes."""

    def test_a_nominee_is_the_one_guest_of_their_name(self, event: Event) -> None:
        nominee = make_nominee(event, "Zoë Kravitz")
        apply(event, "name\nZOE KRAVITZ\n")
        assert Guest.objects.get().nominee == nominee

    def test_a_nominee_is_found_by_an_alias(self, event: Event) -> None:
        nominee = make_nominee(event, "Louis Szekely", aliases=["Louis C.K."])
        apply(event, "name\nLouis CK\n")
        assert Guest.objects.get().nominee == nominee

    def test_namesakes_are_left_for_a_person_to_decide(self, event: Event) -> None:
        make_nominee(event, "Mandy Moore")
        apply(event, "name,email\nMandy Moore,a@x.org\nMandy Moore,b@x.org\n")
        assert not Guest.objects.exclude(nominee=None).exists()

    def test_two_nominees_of_one_name_are_left_too(self, event: Event) -> None:
        for _ in range(2):
            make_nominee(event, "Chris Kelly")
        apply(event, "name\nChris Kelly\n")
        assert Guest.objects.get().nominee is None

    def test_a_nominee_whose_guest_was_taken_off_is_free_again(
        self, event: Event
    ) -> None:
        nominee = make_nominee(event, "Tina Fey")
        make_guest(event, name="Tina Fey", nominee=nominee, removed_at=AT)
        apply(event, "name\nTina Fey\n")
        assert Guest.objects.get(removed_at=None).nominee == nominee

    def test_a_link_by_hand_moves_the_debt(self, event: Event) -> None:
        nominee = make_nominee(event, "Mandy Moore")
        category = make_category(event, state="official", official_at=AT)
        make_nomination(category, nominee, outcome="won")
        singer = make_guest(event, name="Mandy Moore", nominee=nominee)
        dancer = make_guest(event, name="Mandy Moore")
        obligations.bring_up_to_date(event, AT)
        guest_list.link(dancer.pk, nominee.pk, by=make_user(), at=AT)
        assert singer.obligations.get().state == "void"
        assert dancer.obligations.get().state == "due"

    def test_nobody_is_linked_across_events(self, event: Event) -> None:
        guest, nominee = make_guest(event), make_nominee(make_event())
        with pytest.raises(Nominee.DoesNotExist):
            guest_list.link(guest.pk, nominee.pk, by=make_user(), at=AT)

    def test_a_guest_who_was_taken_off_is_not_linked(self, event: Event) -> None:
        guest = make_guest(event, removed_at=AT)
        with pytest.raises(Guest.DoesNotExist):
            guest_list.link(guest.pk, make_nominee(event).pk, by=make_user(), at=AT)
