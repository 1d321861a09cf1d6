"""Modules that few requests need, loaded by the first that does.

What draws papers and pictures takes a tenth of a web process's memory, and most
processes never draw any:

    paper = lazy_module("losers_lounge.paper")  # nothing is loaded
    paper.printed(sheet)  # now it is
"""

from importlib import import_module
from typing import Any


class LazyModule:
    """A module by its name; it looks like the module to whoever takes from it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


lazy_module = LazyModule
