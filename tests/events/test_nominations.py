"""The ceremony from a file: who is up for what, with whom, and how it ended."""

import pytest

from events import nominations, official
from events.models import Category, Event, Nomination
from losers_lounge.demo import night
from tests.factories import make_category, make_event, make_nomination, make_nominee

pytestmark = pytest.mark.django_db
HEADER = "category,work,nominees,outcome\n"


def rows_of(text: str | bytes) -> list[dict]:
    data = text if isinstance(text, bytes) else (HEADER + text).encode()
    rows = nominations.read(data).rows
    return [{"line": row.line, "cells": row.cells} for row in rows]


def plan_of(event: Event, text: str | bytes) -> nominations.NominationPlan:
    return nominations.plan(event, rows_of(text))


def apply(event: Event, text: str | bytes) -> list[str]:
    planned = plan_of(event, text)
    nominations.apply(event, planned)
    return [row.verdict for row in planned.rows]


def credits(event: Event) -> list[tuple[str, str, list[str]]]:
    rows = Nomination.objects.filter(category__event=event).order_by("pk")
    return [
        (row.category.name, row.work, sorted(p.name for p in row.nominees.all()))
        for row in rows
    ]


def test_a_row_is_a_nomination_with_all_its_people(event: Event) -> None:
    apply(event, "Writing,30 Rock,Tina Fey; Tracey Wigfield\n")
    assert credits(event) == [("Writing", "30 Rock", ["Tina Fey", "Tracey Wigfield"])]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Tina Fey as Liz Lemon", "Tina Fey"),
        ('"Dan Bucatinsky, as James Novak"', "Dan Bucatinsky"),
        ('"Hugh Bonneville as Robert, Earl of Grantham"', "Hugh Bonneville"),
        ("Matt LeBlanc as Matt LeBlanc", "Matt LeBlanc"),
        ("Asa Butterfield", "Asa Butterfield"),
        ("Jonas Asbjørnsen", "Jonas Asbjørnsen"),
        ("  Sofía   Vergara as Gloria ", "Sofía Vergara"),
        ('"Tina ""Liz"" Fey"', 'Tina "Liz" Fey'),
    ],
)
def test_a_role_is_not_a_name(event: Event, typed: str, name: str) -> None:
    apply(event, f"Acting,A Show,{typed}\n")
    assert credits(event) == [("Acting", "A Show", [name])]


def test_one_person_in_many_nominations_is_one_nominee(event: Event) -> None:
    apply(event, "Acting,30 Rock,TINA FEY as Liz\nWriting,30 Rock,Tina Fey; Amy\n")
    assert event.nominees.count() == 2
    assert event.nominees.get(name_key="tina fey").nominations.count() == 2


def test_a_person_named_twice_in_a_row_is_credited_once(event: Event) -> None:
    apply(event, "Acting,A Show,Tina Fey; tina  fey as Liz;;\n")
    assert event.nominees.count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",A Show,Tina,", "The category is missing."),
        ("…,A Show,Tina,", "The category is missing."),
        ("Acting,,,", "Neither a work nor a nominee"),
        ("Acting,,as Liz; ;…,", "Neither a work nor a nominee"),
        ("Acting,A Show,Tina,maybe", "won, lost or empty"),
        (f"{'x' * 201},A Show,Tina,", "too long"),
        (f"Acting,{'x' * 301},Tina,", "too long"),
        (f"Acting,A Show,{'x' * 201},", "too long"),
    ],
    ids=range(8),
)
def test_nonsense_is_refused_with_a_reason(event: Event, row: str, reason: str) -> None:
    (planned,) = plan_of(event, row).rows
    assert planned.verdict == "refused"
    assert reason in planned.reason


def test_names_whose_keys_grow_still_fit(event: Event) -> None:
    name = "ﷺ" * 200
    assert apply(event, f"{name},{name},{name}\n") == ["new"]
    assert apply(event, f"{name},{name},{name}\n") == ["same"]


def test_a_row_said_twice_is_told_with_the_line(event: Event) -> None:
    planned = plan_of(event, "Acting,A Show,Ann; Bob\nACTING,a show,Bob;Ann\n")
    assert [row.verdict for row in planned.rows] == ["new", "refused"]
    assert planned.rows[1].reason == "The same as line 2."


FILES = (
    "Acting,A Show,Ann\nActing,B Show,Bob\nWriting,,Cy\n",
    "Acting,A Show,Ann\nActing,A Show,Bob\nActing,A Show,Ann; Bob\n",
    "Acting,A Show,\nActing,A Show,Ann\n",
    "Acting,,Ann\nActing,,Ann; Bob\n",
)


@pytest.mark.parametrize("before", ["", *FILES])
@pytest.mark.parametrize("text", FILES)
def test_a_file_read_twice_adds_nothing(event: Event, before: str, text: str) -> None:
    apply(event, before)
    apply(event, text)
    standing = credits(event)
    assert set(apply(event, text)) == {"same"}
    assert credits(event) == standing


def test_a_person_known_by_another_name_is_not_added_again(event: Event) -> None:
    person = make_nominee(event, "Louis Szekely", aliases=["Louis C.K."])
    text = "Acting,,Louis CK\nWriting,Louie,Louis C.K.; Pamela Adlon\n"
    assert apply(event, text) == ["new", "new"]
    assert apply(event, text) == ["same", "same"]
    assert person.nominations.count() == 2
    assert event.nominees.count() == 2


def test_changed_credits_of_a_work_are_a_change(event: Event) -> None:
    apply(event, "Writing,30 Rock,Tina Fey\n")
    assert apply(event, "Writing,30 Rock,Tina Fey; Tracey Wigfield\n") == ["changed"]
    assert credits(event) == [("Writing", "30 Rock", ["Tina Fey", "Tracey Wigfield"])]


def test_a_late_nomination_in_a_decided_category_has_lost(event: Event) -> None:
    make_category(event, "Acting", state="official", official_at=event.created_at)
    apply(event, "Acting,A Show,Ann\n")
    assert Nomination.objects.get().outcome == Nomination.Outcome.LOST


def test_categories_keep_the_order_of_the_file(event: Event) -> None:
    make_category(event, "First", order=1)
    apply(event, "Zebra,A,Ann\nApple,B,Bob\nFIRST,C,Cy\n")
    assert [row.name for row in event.categories.all()] == ["First", "Zebra", "Apple"]


def test_another_event_has_its_own_ceremony(event: Event) -> None:
    text = "Acting,A Show,Ann\n"
    apply(make_event(), text)
    assert apply(event, text) == ["new"]


def test_looking_writes_nothing(event: Event) -> None:
    plan_of(event, FILES[0])
    assert not Category.objects.exists()


def winners_of(event: Event, text: str | bytes) -> official.OfficialList:
    return official.match(event, plan_of(event, text).rows)


class TestOfficialList:
    def test_the_real_winners_of_2013_fit_one_nomination_each(
        self, event: Event
    ) -> None:
        apply(event, (night.DATA / "nominations.csv").read_bytes())
        found = winners_of(event, (night.DATA / "results.csv").read_bytes())
        assert found.refused == []
        assert len(found.winners) >= 26

    @pytest.mark.parametrize(
        "row",
        ["Acting,A Show,,won", "Acting,,Ann,won", "acting,a show,ANN as Liz,winner"],
    )
    def test_a_winner_is_named_by_work_or_people(self, event: Event, row: str) -> None:
        category = make_category(event, "Acting")
        won = make_nomination(category, make_nominee(event, "Ann"), work="A Show")
        make_nomination(category, make_nominee(event, "Bob"), work="B Show")
        assert winners_of(event, row).winners == {category.pk: [won.pk]}

    def test_a_tie_has_two_winners(self, event: Event) -> None:
        apply(event, FILES[0])
        found = winners_of(event, "Acting,A Show,Ann,won\nActing,B Show,Bob,won\n")
        assert [len(won) for won in found.winners.values()] == [2]

    def test_losers_are_not_asked_for(self, event: Event) -> None:
        assert winners_of(event, "Acting,A Show,Ann,lost\n").refused == []

    def test_exactly_these_people_are_meant_before_a_larger_team(
        self, event: Event
    ) -> None:
        apply(event, FILES[1])
        found = winners_of(event, "Acting,A Show,Ann,won\n")
        (won,) = found.winners.values()
        people = Nomination.objects.get(pk=won[0]).nominees.all()
        assert [person.name for person in people] == ["Ann"]

    def test_a_winner_may_be_named_by_another_name(self, event: Event) -> None:
        person = make_nominee(event, "Louis Szekely", aliases=["Louis C.K."])
        won = make_nomination(make_category(event, "Acting"), person, work="Louie")
        found = winners_of(event, "Acting,Louie,Louis C.K.,won\n")
        assert list(found.winners.values()) == [[won.pk]]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("Singing,A Show,Ann,won", "no category of this name"),
            ("Acting,C Show,,won", "No nomination of this category fits"),
            ("Acting,A Show,Bob,won", "No nomination of this category fits"),
            ("Acting,,Ann,won", "Two nominations fit"),
        ],
    )
    def test_what_fits_nothing_is_told_with_its_line(
        self, event: Event, row: str, reason: str
    ) -> None:
        apply(event, "Acting,A Show,Ann\nActing,B Show,Ann\n")
        ((line, said),) = winners_of(event, row).refused
        assert line == 2
        assert reason in said
