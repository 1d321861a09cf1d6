"""The guest list grows: one by one or by the file, and is linked to nominees."""

from guests.guest_list.adding import (
    LinkedMeanwhile,
    add,
    apply,
    follow,
    link,
    link_nominees,
    nominees,
    set_blocked,
)

__all__ = [
    "LinkedMeanwhile",
    "add",
    "apply",
    "follow",
    "link",
    "link_nominees",
    "nominees",
    "set_blocked",
]
