"""What can happen in a script, by the word that stands there."""

from collections.abc import Callable

from losers_lounge.rehearsal.acts import answers, arrivals, money, results
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Stage

Play = Callable[[Stage, Act], str]

PLAYS: dict[str, Play] = {
    "answer": answers.answer,
    "pair": arrivals.pair,
    "official": results.official,
    "announce": results.announce,
    "withdraw": results.withdraw,
    "confirm": results.confirm,
    "arrive": arrivals.arrive,
    "deny": arrivals.deny,
    "leave": arrivals.leave,
    "pay": money.pay,
    "reconcile": money.reconcile,
}

__all__ = ["PLAYS", "Play"]
