"""The chain of hashes over a statement's lines, and the one way to write a line.

The hash of a line is SHA-256 over the hash of the line before it, a line feed and the
line without its hash; the first follows START. The seal covers the last line's hash,
the header and the footer. Lines are canonical JSON: keys in order, no spaces, ASCII.
Whoever has the file can compute it all again with nothing but this rule.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

FORMAT = "losers-lounge statement 1"
START = sha256(FORMAT.encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def link(before: str, line: Mapping[str, Any]) -> str:
    """The hash of a line that follows the one with this hash; its own is left out."""
    bare = {name: value for name, value in line.items() if name != "hash"}
    return digest(before, canonical(bare))


def seal(head: str, header: Mapping[str, Any], footer: Mapping[str, Any]) -> str:
    """The hash over a whole statement, of its last line, header and footer."""
    bare = {name: value for name, value in footer.items() if name != "seal"}
    return digest(head, canonical(header), canonical(bare))


def digest(*texts: str) -> str:
    """SHA-256 in hexadecimal, over texts with a line feed between them."""
    return sha256("\n".join(texts).encode()).hexdigest()
