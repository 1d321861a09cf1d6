"""What can happen in a script, by the word that stands there."""

from collections.abc import Callable

from losers_lounge.rehearsal.acts import (
    answers,
    arrivals,
    asking,
    ending,
    giving,
    money,
    offline,
    results,
    statues,
)
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
    "undo": results.undo,
    "arrive": arrivals.arrive,
    "deny": arrivals.deny,
    "leave": arrivals.leave,
    "cut": offline.cut,
    "scan": offline.scan,
    "back": offline.back,
    "look": offline.look,
    "walk_in": asking.walk_in,
    "waiver": asking.waiver,
    "pay": money.pay,
    "pledge": giving.pledge,
    "charge": giving.charge,
    "pay_for": giving.pay_for,
    "cash": giving.cash,
    "refund": giving.refund,
    "dispute": giving.dispute,
    "statue": statues.statue,
    "no_statue": statues.no_statue,
    "give_back": statues.give_back,
    "fetch": statues.fetch,
    "to_safe": statues.to_safe,
    "owing": ending.owing,
    "everybody_home": ending.everybody_home,
    "keep_asking": ending.keep_asking,
    "not_yet": ending.not_yet,
    "reconcile": money.reconcile,
    "sign": ending.sign,
}

__all__ = ["PLAYS", "Play"]
