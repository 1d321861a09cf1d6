"""Many guests changed at one press, and put back."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Message, User
from guests.listing import changes, filtering
from guests.models import Admission, Guest, Invitation, ListChange, Obligation
from tests.factories import make_category, make_event, make_user
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.night import make_nominated_guest, make_plus_one, pay, win
from tests.guests.people import AT, YES, say
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=1)


@pytest.fixture
def amy(db: None) -> User:
    return make_user("Amy")


def press(
    event: Event,
    kind: str,
    value: str = "",
    *,
    by: User,
    nonce: str = "n",
    **query: str,
) -> changes.Done:
    found = filtering.read(query).guests(event)
    return changes.apply(event, found, kind, value, by=by, at=AT, nonce=nonce)


def undo(done: changes.Done, by: User) -> int:
    return changes.undo(done.change.pk, by=by, at=LATER)


def tags_of(event: Event) -> dict[str, list[str]]:
    return dict(event.guests.order_by("name").values_list("name", "tags"))


class TestTags:
    def test_a_tag_is_put_on_those_who_lack_it(self, event: Event, amy: User) -> None:
        make_guest(event, name="Ann")
        make_guest(event, name="Bob", tags=["vip", "press"])
        make_guest(event, name="Cy", tags=["vip"])
        done = press(event, "tag", " press ", by=amy)
        assert done.change.size == 2
        both = ["vip", "press"]
        assert tags_of(event) == {"Ann": ["press"], "Bob": both, "Cy": both}

    def test_undone_they_are_as_before(self, event: Event, amy: User) -> None:
        before = {"Ann": ["a", "press", "b"], "Bob": ["press"], "Cy": []}
        for name, tags in before.items():
            make_guest(event, name=name, tags=tags)
        done = press(event, "untag", "press", by=amy)
        assert tags_of(event) == {"Ann": ["a", "b"], "Bob": [], "Cy": []}
        assert undo(done, amy) == 2
        assert tags_of(event) == before

    def test_who_was_changed_since_stays_so(self, event: Event, amy: User) -> None:
        ann, _bob = (make_guest(event, name=name) for name in ("Ann", "Bob"))
        done = press(event, "tag", "press", by=amy)
        Guest.objects.filter(pk=ann.pk).update(tags=["press", "vip"])
        assert undo(done, amy) == 1
        assert tags_of(event) == {"Ann": ["press", "vip"], "Bob": []}

    def test_a_tag_that_frees_from_owing_voids_what_is_owed(
        self, event: Event, amy: User
    ) -> None:
        event.exempt_tags = ["Press"]
        event.save()
        category = make_category(event)
        winner = make_nominated_guest(event, category)
        win(category, winner)
        done = press(event, "tag", "press", by=amy)
        assert not winner.obligations.filter(state=Obligation.State.DUE).exists()
        undo(done, amy)
        assert winner.obligations.get(state=Obligation.State.DUE)

    @pytest.mark.parametrize("word", ["", " ", ";", "a, b", "x" * 41])
    def test_what_is_no_tag_is_refused(
        self, event: Event, amy: User, word: str
    ) -> None:
        make_guest(event)
        with pytest.raises(changes.Unusable):
            press(event, "tag", word, by=amy)
        assert not ListChange.objects.exists()

    def test_the_filter_is_meant_and_not_only_a_page(
        self, event: Event, amy: User
    ) -> None:
        for number in range(60):
            make_guest(event, name=f"Guest {number}", is_vip=number % 2 == 0)
        done = press(event, "tag", "press", by=amy, vip="1")
        assert done.change.size == 30


class TestOnce:
    def test_pressed_twice_it_is_one_change(self, event: Event, amy: User) -> None:
        make_guest(event)
        first = press(event, "tag", "press", by=amy)
        again = press(event, "tag", "press", by=amy)
        assert again.change == first.change
        assert event.activities.count() == 1

    def test_undone_twice_it_is_undone_once(self, event: Event, amy: User) -> None:
        make_guest(event, name="Ann")
        done = press(event, "tag", "press", by=amy)
        assert undo(done, amy) == 1
        press(event, "tag", "press", by=amy, nonce="other")
        assert undo(done, amy) == 0
        assert tags_of(event) == {"Ann": ["press"]}

    def test_a_press_of_another_event_is_out_of_date(
        self, event: Event, amy: User
    ) -> None:
        press(make_event(), "tag", "press", by=amy)
        with pytest.raises(changes.Unusable):
            press(event, "tag", "press", by=amy)

    @pytest.mark.django_db(transaction=True)
    def test_pressed_by_six_at_once_it_is_one_change(
        self, event: Event, amy: User
    ) -> None:
        make_guest(event)
        done = at_the_same_moment(6, lambda _: press(event, "tag", "press", by=amy))
        assert len({row.change.pk for row in done}) == 1
        assert ListChange.objects.get().size == 1


class TestWaves:
    def test_a_wave_is_the_invitations(self, event: Event, amy: User) -> None:
        ann = make_guest(event, name="Ann")
        bob = make_guest(event, invitation=make_invitation(event, wave=2))
        done = press(event, "wave", "2", by=amy)
        assert done.change.size == 1
        assert set(Invitation.objects.values_list("wave", flat=True)) == {2}
        assert undo(done, amy) == 1
        waves = Invitation.objects.in_bulk([ann.invitation_id, bob.invitation_id])
        assert [waves[g.invitation_id].wave for g in (ann, bob)] == [1, 2]

    @pytest.mark.parametrize("wave", ["", "0", "-1", "100", "1e3", "٣", "2.5"])
    def test_what_is_no_wave_is_refused(
        self, event: Event, amy: User, wave: str
    ) -> None:
        with pytest.raises(changes.Unusable):
            press(event, "wave", wave, by=amy)


class TestOffTheList:
    def test_they_go_with_whom_they_bring_and_come_back(
        self, event: Event, amy: User
    ) -> None:
        say(make_guest(event, name="Ann", plus_ones=1), YES, "Al")
        make_guest(event, name="Bob")
        done = press(event, "remove", by=amy, q="ann")
        assert done.change.size == 1
        assert list(event.guests.on_the_list().values_list("name", flat=True)) == [
            "Bob"
        ]
        assert event.guests.attending().count() == 0
        assert undo(done, amy) == 1
        assert event.guests.attending().count() == 2

    def test_who_is_inside_has_paid_or_left_a_trophy_is_refused_by_name(
        self, event: Event, amy: User
    ) -> None:
        host = say(make_guest(event, name="Ann", plus_ones=1), YES, "Al")
        Admission.objects.create(
            event=event,
            guest=host.plus_one_guests.get(),
            action="in",
            nonce="in",
            by_name="Dot",
            colour="green",
            at=AT,
        )
        category = make_category(event)
        winner = make_nominated_guest(event, category, name="Vince")
        win(category, winner)
        pay(winner)
        make_guest(event, name="Bob")
        done = press(event, "remove", by=amy)
        assert sorted(done.refused) == ["Al is inside.", "Vince has paid."]
        assert done.change.size == 1
        left = event.guests.on_the_list().values_list("name", flat=True)
        assert sorted(left) == ["Al", "Ann", "Vince"]

    def test_what_they_owed_is_void_and_their_letter_stays(
        self, event: Event, amy: User
    ) -> None:
        category = make_category(event)
        winner = make_nominated_guest(event, category)
        press(event, "invite", by=amy, nonce="letters")
        win(category, winner)
        done = press(event, "remove", by=amy)
        assert not winner.obligations.live().exists()
        about = Message.objects.filter(about=winner.invitation.about)
        assert set(about.values_list("state", flat=True)) == {"suppressed"}
        undo(done, amy)
        assert winner.obligations.live().get().state == Obligation.State.DUE
        assert about.filter(kind="invitation").get().state == "queued"

    def test_who_finds_the_room_full_comes_back_on_the_waiting_list(
        self, event: Event, amy: User
    ) -> None:
        event.capacity = 2
        event.save()
        say(make_guest(event, name="Ann", plus_ones=1), YES, "Al")
        done = press(event, "remove", by=amy)
        say(make_guest(event, name="Bob"), YES)
        undo(done, amy)
        assert event.guests.attending().get().name == "Bob"
        assert event.guests.get(name="Ann").answer == "waitlisted"

    def test_who_was_brought_back_since_is_left_alone(
        self, event: Event, amy: User
    ) -> None:
        ann = make_guest(event, name="Ann")
        done = press(event, "remove", by=amy)
        Guest.objects.filter(pk=ann.pk).update(removed_at=None)
        assert undo(done, amy) == 0

    def test_a_nominee_who_is_another_guest_by_now_stays_that_one(
        self, event: Event, amy: User
    ) -> None:
        ann = make_nominated_guest(event, make_category(event), name="Ann")
        done = press(event, "remove", by=amy)
        other = make_guest(event, name="Ann", nominee=ann.nominee)
        undo(done, amy)
        ann.refresh_from_db()
        assert (ann.removed_at, ann.nominee) == (None, None)
        assert event.guests.get(nominee__isnull=False) == other

    def test_many_cost_as_much_as_few(
        self,
        event: Event,
        amy: User,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for size in (3, 30):
            for _ in range(size):
                make_plus_one(make_guest(event))
            with django_assert_max_num_queries(32):
                done = press(event, "remove", by=amy, nonce=f"off {size}")
            with django_assert_max_num_queries(32):
                undo(done, amy)


class TestLetters:
    def test_who_has_no_invitation_gets_one_and_undone_none(
        self, event: Event, amy: User
    ) -> None:
        make_guest(event, name="Ann")
        make_guest(
            event, invitation=make_invitation(event, make_contact(event, email=""))
        )
        done = press(event, "invite", by=amy)
        assert done.change.size == 1
        assert undo(done, amy) == 1
        assert Message.objects.get().state == "suppressed"
        again = press(event, "invite", by=amy, nonce="again")
        assert again.change.size == 1

    def test_what_has_left_is_not_taken_back(self, event: Event, amy: User) -> None:
        make_guest(event)
        done = press(event, "invite", by=amy)
        Message.objects.update(state="sent", sent_at=AT)
        assert undo(done, amy) == 0

    def test_only_who_has_not_answered_is_reminded(
        self, event: Event, amy: User
    ) -> None:
        say(make_guest(event, name="Ann"), YES)
        make_guest(event, name="Bob")
        press(event, "invite", by=amy)
        done = press(event, "remind", by=amy, nonce="remind")
        assert done.change.size == 1
