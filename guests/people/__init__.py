"""People on the list: what is known of them, where they are written to, who leaves."""

from guests.people.changing import (
    OF_THE_INVITATION,
    WORDS,
    CannotRemove,
    ChangedMeanwhile,
    Person,
    bring_back,
    concerned,
    edit,
    obstacles,
    remove,
)

__all__ = [
    "OF_THE_INVITATION",
    "WORDS",
    "CannotRemove",
    "ChangedMeanwhile",
    "Person",
    "bring_back",
    "concerned",
    "edit",
    "obstacles",
    "remove",
]
