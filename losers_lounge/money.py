"""Money as integer minor units; dollars only where people read or type them."""

import re

_TYPED = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?")


class NotAnAmount(ValueError):
    """The text is not an amount of dollars and cents."""


def format_cents(cents: int) -> str:
    """100000 -> "$1,000.00"; a negative amount carries a minus sign."""
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{sign}${dollars:,}.{rest:02d}"


def parse_cents(text: str) -> int:
    """ "1,000.00" or "$1000" -> 100000; raises NotAnAmount for all else."""
    match = _TYPED.fullmatch(text.strip()) if text.isascii() else None
    if match is None:
        raise NotAnAmount(text)
    dollars, cents = match.groups()
    return int(dollars.replace(",", "")) * 100 + int((cents or "0").ljust(2, "0"))
