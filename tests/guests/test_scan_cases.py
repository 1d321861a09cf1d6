"""Two phones without network, case by case: what counts, and what is named."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event
from guests import closing, door
from guests.actors import Actor
from guests.door import exceptions, scans
from guests.door.scans import Scan
from guests.models import Admission, Device, Guest
from tests.factories import make_event, make_user
from tests.guests.night import make_coming
from tests.guests.scanning import (
    AT,
    hand_in,
    minute,
    rows_of,
    scan,
    told,
    two_phones,
)

pytestmark = pytest.mark.django_db
IN, OUT, DENIED = (
    Admission.Action.IN,
    Admission.Action.OUT,
    Admission.Action.DENIED,
)


@pytest.fixture
def tina(event: Event) -> Guest:
    return make_coming(event, "Tina Fey")


def test_one_pass_at_two_doors_without_network_counts_once(tina: Guest) -> None:
    front, side = two_phones(tina)
    first = hand_in(side, scan(tina, 15))
    assert (first.inside_before, first.inside, first.corrections) == (0, 1, ())
    assert first.received[0].outcome == "counted"

    second = hand_in(front, scan(tina, 12))

    assert (second.inside_before, second.inside) == (1, 1)
    assert second.received[0].outcome == "counted", "who was first came in"
    assert told(tina) == [(IN, True, ""), (IN, False, "second")]
    recount, sentence = second.corrections
    assert recount == "1 inside, not 2."
    assert sentence.startswith("Tina Fey: let in ")
    assert " by Front and " in sentence
    assert sentence.endswith(" by Side; counted once.")
    [open_one] = exceptions.open_ones(tina.event)
    assert open_one.words == sentence
    verbs = tina.event.activities.values_list("verb", "object_name")
    assert ("merged a scan: let in twice", "Tina Fey") in verbs


def test_let_in_online_and_once_more_without_network(tina: Guest) -> None:
    front, _side = two_phones(tina)
    by = Actor.of(make_user("Dot"))
    door.admit(tina.pk, event=tina.event, nonce="online", by=by, at=minute(12))

    merged = hand_in(front, scan(tina, 15))

    assert merged.received[0].outcome == "exception"
    assert "by Dot and" in merged.received[0].words
    assert merged.inside == 1
    assert told(tina) == [(IN, True, ""), (IN, False, "second")]


def test_who_went_out_by_one_phone_comes_in_again_by_another(tina: Guest) -> None:
    front, side = two_phones(tina)
    hand_in(side, scan(tina, 30))
    hand_in(front, scan(tina, 10), scan(tina, 20, "out"))

    assert told(tina) == [(IN, True, ""), (OUT, True, ""), (IN, True, "")]
    assert door.inside_count(tina.event) == 1


def test_a_late_way_out_lets_the_second_way_in_count(tina: Guest) -> None:
    front, side = two_phones(tina)
    hand_in(front, scan(tina, 10))
    hand_in(side, scan(tina, 30))
    assert told(tina)[1] == (IN, False, "second")
    exceptions.look(
        tina.admissions.get(counts=False).pk,
        tina.event,
        by=Actor.of(make_user()),
        at=AT,
    )

    hand_in(front, scan(tina, 20, "out"))

    assert told(tina) == [(IN, True, ""), (OUT, True, ""), (IN, True, "")]
    assert not tina.admissions.exclude(looked_at=None).exists()


def test_a_clock_that_is_wrong_is_put_right(tina: Guest) -> None:
    front, side = two_phones(tina)
    # An hour and a half slow: what it says was 20 minutes ago was so.
    slow = timedelta(hours=-1, minutes=-30)
    wrong = Scan("slow", tina.pk, "in", AT - timedelta(minutes=20) + slow, 1)
    hand_in(front, wrong, sent_at=AT + slow)
    hand_in(side, scan(tina, 30))

    rows = tina.admissions.order_by("at", "nonce")
    assert [row.device.name for row in rows] == ["Side", "Front"]
    assert rows[1].at == AT - timedelta(minutes=20)


@pytest.mark.parametrize("days", [-3000, 3000])
def test_a_clock_that_jumped_breaks_nothing(tina: Guest, days: int) -> None:
    front, _side = two_phones(tina)
    odd = Scan("odd", tina.pk, "in", AT + timedelta(days=days), 1)

    hand_in(front, odd)

    assert AT - timedelta(days=2) <= tina.admissions.get().at <= AT


def test_a_delivery_that_is_repeated_is_answered_alike(tina: Guest) -> None:
    front, _side = two_phones(tina)
    both = (scan(tina, 12), scan(tina, 14))
    first = hand_in(front, *both)
    before = rows_of(tina)

    again = hand_in(front, *both, at=AT + timedelta(minutes=5))

    assert again.received == first.received
    assert (again.inside_before, again.inside, again.corrections) == (1, 1, ())
    assert rows_of(tina) == before


def test_a_phone_that_was_shut_out_counts_for_nothing(tina: Guest) -> None:
    front, side = two_phones(tina)
    Device.objects.filter(pk=front.pk).update(revoked_at=AT)
    front.refresh_from_db()

    merged = hand_in(front, scan(tina, 12))

    assert merged.received[0].outcome == "exception"
    assert told(tina) == [(IN, False, "revoked")]
    assert door.inside_count(tina.event) == 0
    assert "says a phone that was shut out" in exceptions.open_ones(tina.event)[0].words
    hand_in(side, scan(tina, 15))
    assert told(tina) == [(IN, False, "revoked"), (IN, True, "")]


def test_what_an_account_hands_in_after_the_signature_counts_for_nothing(
    tina: Guest,
) -> None:
    """Signing shuts out the phones; an account's page may hold scans as well."""
    by = make_user()
    signed = closing.sign(tina.event, by=by, at=AT)
    merged = scans.merge(tina.event, Actor.of(by), [scan(tina, 12)], sent_at=AT, at=AT)
    assert merged.received[0].outcome == "exception"
    assert "told after the signature" in merged.received[0].words
    assert (door.inside_count(tina.event), signed.reopened_at) == (0, None)


def test_a_phone_hands_in_after_its_hour_what_it_pressed_before(tina: Guest) -> None:
    front, _side = two_phones(tina)
    Device.objects.filter(pk=front.pk).update(expires_at=minute(15))
    front.refresh_from_db()

    hand_in(front, scan(tina, 12), scan(tina, 16, "out"))

    assert told(tina) == [(IN, True, ""), (OUT, False, "revoked")]


@pytest.mark.parametrize(("word", "kind"), [("", "rules"), ("Amy", "word")])
def test_who_the_rules_refuse_stays_in_and_is_named(
    tina: Guest, word: str, kind: str
) -> None:
    front, _side = two_phones(tina)
    Guest.objects.filter(pk=tina.pk).update(is_blocked=True)

    merged = hand_in(front, scan(tina, 12, allowed_by=word, as_of=minute(2)))

    assert told(tina) == [(IN, True, kind)]
    assert merged.inside == 1
    expected = "on the word of Amy" if word else "the rules say no"
    assert expected in merged.corrections[0]


def test_who_was_sent_away_and_let_in_at_another_door_is_named(tina: Guest) -> None:
    front, _side = two_phones(tina)
    by = Actor.of(make_user("Dot"))
    door.deny(tina.pk, nonce="no", reason="Not Tina", by=by, at=minute(5))

    hand_in(front, scan(tina, 12))

    assert told(tina) == [(DENIED, True, ""), (IN, True, "rules")]


def test_who_went_out_without_being_inside_is_named(tina: Guest) -> None:
    front, _side = two_phones(tina)

    merged = hand_in(front, scan(tina, 12, "out"))

    assert told(tina) == [(OUT, False, "not_inside")]
    assert merged.corrections[0] == "0 inside, not -1."
    assert "but was not inside" in merged.corrections[1]


def test_an_unknown_or_foreign_guest_is_refused_and_nothing_is_kept(
    tina: Guest,
) -> None:
    front, _side = two_phones(tina)
    foreign, nobody = make_coming(), Guest(pk=10**12)

    merged = hand_in(front, scan(foreign, 12), scan(nobody, 13), scan(tina, 14))

    outcomes = [row.outcome for row in merged.received]
    assert outcomes == ["refused", "refused", "counted"]
    assert Admission.objects.count() == 1


def test_a_press_of_the_same_name_for_somebody_else_is_refused(tina: Guest) -> None:
    front, _side = two_phones(tina)
    other = make_coming(tina.event)
    hand_in(front, scan(tina, 12, nonce="one"))

    merged = hand_in(front, scan(other, 13, nonce="one"), scan(tina, 13, "out", "one"))

    assert [row.outcome for row in merged.received] == ["refused", "refused"]
    assert told(tina) == [(IN, True, "")]


def test_who_was_merged_meanwhile_comes_in_as_who_was_kept(tina: Guest) -> None:
    front, _side = two_phones(tina)
    gone = make_coming(tina.event, "T. Fey", merged_into=tina, removed_at=AT)

    merged = hand_in(front, scan(gone, 12))

    assert merged.received[0].outcome == "counted"
    assert told(tina) == [(IN, True, "")]


def test_an_exception_is_looked_at_once(tina: Guest) -> None:
    front, _side = two_phones(tina)
    hand_in(front, scan(tina, 12), scan(tina, 13))
    row, by = tina.admissions.get(counts=False), Actor.of(make_user("Amy"))

    assert exceptions.look(row.pk, tina.event, by=by, at=AT)
    assert not exceptions.look(row.pk, tina.event, by=by, at=timezone.now())

    row.refresh_from_db()
    assert (row.looked_at, row.looked_by_name) == (AT, "Amy")
    assert exceptions.open_ones(tina.event) == []
    assert [one.row for one in exceptions.looked_at(tina.event)] == [row]
    for wrong in (tina.admissions.get(counts=True).pk, 10**12):
        with pytest.raises(Admission.DoesNotExist):
            exceptions.look(wrong, tina.event, by=by, at=AT)
    with pytest.raises(Admission.DoesNotExist):
        exceptions.look(row.pk, make_event(), by=by, at=AT)


def test_a_delivery_takes_as_many_queries_for_two_hundred_as_for_one(
    event: Event, django_assert_max_num_queries: Any
) -> None:
    people = [make_coming(event) for _ in range(60)]
    front, _side = two_phones(people[0])

    with django_assert_max_num_queries(12):
        hand_in(front, scan(people[0], 1))
    with django_assert_max_num_queries(12):
        hand_in(front, *(scan(guest, 2) for guest in people[1:]))


def test_a_phone_pressed_nothing_before_it_was_paired(tina: Guest) -> None:
    front, side = two_phones(tina)
    side.claimed_at = minute(14)
    side.save(update_fields=["claimed_at"])
    hand_in(side, scan(tina, 10))
    hand_in(front, scan(tina, 12))
    assert told(tina) == [(IN, True, ""), (IN, False, "second")]
    assert [row[3] for row in rows_of(tina)] == ["Front", "Side"]
