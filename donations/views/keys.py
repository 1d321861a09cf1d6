"""Row keys as they stand in an address."""


def key(text: str) -> int | None:
    """The key; None for whatever else stands there."""
    is_key = text.isascii() and text.isdecimal() and len(text) < 19
    return int(text) if is_key else None
