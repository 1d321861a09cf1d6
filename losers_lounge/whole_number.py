"""A number as it stands in an address or a form: a row's key, a page, a year."""

# No table's keys have as many digits, and no database would take them.
TOO_MANY = 19


def whole_number(text: str) -> int | None:
    """The number; None for whatever else stands there."""
    is_number = text.isascii() and text.isdecimal() and len(text) < TOO_MANY
    return int(text) if is_number else None
