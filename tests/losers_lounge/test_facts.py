"""The facts of a night, to the figure, from one snapshot."""

import json
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from donations.models import Donation, Pledge, Reward
from events.models import Event, Message
from guests.models import Admission, Trophy
from tests.donations.factories import make_donation
from tests.factories import make_category, make_event, make_nomination, make_nominee
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, say
from tests.guests.test_payments import make_winner
from tests.losers_lounge.commands import failure, run


def facts_of(event: Event) -> dict:
    return json.loads(run("facts", event.slug)[0])


# A snapshot is a transaction of its own, so these rows are committed.
@pytest.mark.django_db(transaction=True)
class TestFacts:
    def test_every_promised_figure_is_there_before_the_night(self) -> None:
        facts = facts_of(make_event(capacity=5))
        nothing = {"count": 0, "cents": 0}
        states = ("dormant", "due", "satisfied", "waived", "void")
        assert facts["obligations"] == dict.fromkeys(states, nothing)
        assert facts["donations"] == dict.fromkeys(Donation.State.values, nothing)
        assert set(facts["messages"]) == {*Message.State.values, "copies_possible"}
        assert facts["seats"] == {"capacity": 5, "heads": 0, "offered": 0}
        door = ["admitted", "inside", "denied", "out", "home", "exceptions", "requests"]
        assert facts["door"] == dict.fromkeys(door, 0)
        held = ["expected", "held", "released", "in_safe", "excused"]
        assert facts["trophies"] == dict.fromkeys(held, 0)
        assert facts["closing"] == {"signed_at": None}
        assert facts["receipts"] == {"issued": 0, "void": 0}
        assert facts["pledges"] == dict.fromkeys(Pledge.State.values, nothing)
        assert facts["by_hand"] == {"waiting": nothing, "signed": nothing}
        assert facts["bottles"] == dict.fromkeys([*Reward.State.values, "to_stop"], 0)
        ledger = ("gross", "refunds", "disputes", "fees", "net")
        assert facts["ledger"] == {
            **dict.fromkeys((f"{name}_cents" for name in ledger), 0),
            "entries": 0,
        }
        assert set(facts["reconciliation"]) == {
            "as_of",
            "difference_cents",
            "open_discrepancies",
        }

    def test_a_small_night_is_counted(self) -> None:
        event = make_event(capacity=9)
        winner = make_winner(event, plus_ones=1)
        say(winner, YES, "Ann")
        loser = make_nominee(event)
        make_nomination(make_category(event), loser)
        say(make_guest(event), NO)
        say(make_guest(event), WAITLISTED)
        make_guest(event)
        make_guest(event, removed_at=AT)
        make_donation(event)
        door = {"event": event, "by_name": "Dot", "colour": "green", "at": AT}
        came = Admission.objects.create(guest=winner, action="in", nonce="1", **door)
        Admission.objects.create(guest=winner, action="denied", nonce="2", **door)
        Trophy.objects.create(event=event, guest=winner, tag="1", received_at=AT)
        facts = facts_of(event)
        assert facts["event"] == event.slug
        assert facts["invitations"] == {"total": 5, "answered": 3}
        assert facts["guests"] == {
            "total": 5,
            "yes": 2,
            "no": 1,
            "waiting": 1,
            "waitlisted": 1,
        }
        assert facts["seats"] == {"capacity": 9, "heads": 2, "offered": 1}
        # Three answers, and the offer: there is room for who would rather wait.
        assert facts["messages"]["queued"] == 4
        assert facts["obligations"]["due"] == {"count": 1, "cents": 100_000}
        assert facts["door"] == {
            **{"admitted": 1, "inside": 1, "denied": 1, "out": 0, "home": 0},
            **{"exceptions": 0, "requests": 0},
        }
        assert facts["trophies"] == {
            **{"expected": 1, "held": 1, "released": 0},
            **{"in_safe": 0, "excused": 0},
        }
        pledged = sum(state["count"] for state in facts["donations"].values())
        assert pledged == 1
        assert came.pk

    def test_who_came_and_went_is_counted_where_they_are(self) -> None:
        event = make_event()
        steps = {
            "out": ["in", "out"],
            "home": ["in", "out", "home"],
            "undone": ["in", "undone"],
            "back": ["in", "out", "in"],
            "twice": ["in", "second"],
        }
        for name, actions in steps.items():
            guest = say(make_guest(event, name), YES)
            for number, action in enumerate(actions):
                is_second = action == "second"
                last = number == len(actions) - 1
                is_open = action == "in" and (last or name == "twice")
                Admission.objects.create(
                    event=event,
                    guest=guest,
                    action="in" if is_second else action,
                    nonce=f"{name}-{number}",
                    by_name="Dot",
                    at=AT + timedelta(minutes=number),
                    closed_at=None if is_open else AT,
                    counts=not is_second,
                    exception="second" if is_second else "",
                )
        assert facts_of(event)["door"] == {
            **{"admitted": 5, "inside": 2, "denied": 0, "out": 1, "home": 1},
            **{"exceptions": 1, "requests": 0},
        }

    def test_the_hour_at_which_the_night_was_signed_is_a_fact(self) -> None:
        event = make_event()
        event.closings.create(signed_at=AT, signed_by_name="Amy")
        assert facts_of(event)["closing"] == {"signed_at": AT.isoformat()}

    def test_an_event_that_is_not_there_is_one_clear_line(self) -> None:
        assert failure("facts", "nowhere") == "There is no event 'nowhere'."

    def test_figures_cost_the_same_for_few_and_for_many(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        event = make_event()
        for size in (2, 20):
            for _ in range(size):
                make_winner(event)
            with django_assert_num_queries(39):
                facts_of(event)
