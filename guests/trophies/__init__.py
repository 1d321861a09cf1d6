"""Statues in custody: taken in under a tag, given back to whom they belong."""

from guests.trophies.custody import WentHome
from guests.trophies.desk import (
    Intake,
    SignedOff,
    TagInUse,
    TooManyPhotos,
    TooManyTrophies,
    photograph,
    put_on_shelf,
    receive,
    to_safe,
)
from guests.trophies.desk_board import OWING, Awaited, Board, board
from guests.trophies.statues import Statue

__all__ = [
    "OWING",
    "Awaited",
    "Board",
    "Intake",
    "SignedOff",
    "Statue",
    "TagInUse",
    "TooManyPhotos",
    "TooManyTrophies",
    "WentHome",
    "board",
    "photograph",
    "put_on_shelf",
    "receive",
    "to_safe",
]
