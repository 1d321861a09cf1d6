"""Form encoding with brackets, as Stripe's clients send it."""

import re
from typing import Any
from urllib.parse import parse_qsl

from losers_lounge.stand_in.errors import invalid

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")

Tree = dict[str, Any]


def decode(encoded: str) -> Tree:
    """`a[b][0]=c` becomes `{"a": {"b": {"0": "c"}}}`; lists stay numbered."""
    tree: Tree = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True):
        match = KEY.fullmatch(key)
        if match is None:
            raise invalid(f"Invalid parameter name: {key}", key)
        inner = re.findall(r"\[([^\[\]]*)\]", match[2])
        _place(tree, [match[1], *inner], value, key)
    return tree


def _place(tree: Tree, steps: list[str], value: str, key: str) -> None:
    branch = tree
    for step in steps[:-1]:
        child = branch.setdefault(step or str(len(branch)), {})
        if isinstance(child, str):
            raise invalid("Invalid object", key)
        branch = child
    leaf = steps[-1] or str(len(branch))
    if isinstance(branch.get(leaf), dict):
        raise invalid("Invalid object", key)
    branch[leaf] = value
