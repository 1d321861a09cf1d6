"""Mailings: one kind of letter to everybody who fits, now or at a time."""

from guests.mailings.hourly_limit import TooManyLetters
from guests.mailings.planning import EventNotOpen, Plan, plan, plan_for
from guests.mailings.taking_back import Begun, cancel, take_back, take_back_reminder
from guests.mailings.writing import (
    may_go,
    recipients,
    write,
    write_batch,
    write_due,
)

__all__ = [
    "Begun",
    "EventNotOpen",
    "Plan",
    "TooManyLetters",
    "cancel",
    "may_go",
    "plan",
    "plan_for",
    "recipients",
    "take_back",
    "take_back_reminder",
    "write",
    "write_batch",
    "write_due",
]
