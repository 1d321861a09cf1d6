"""Counts in the words of an operator: "1 message", "2 categories".

Commands speak English to whoever runs the machine. Pages and mails speak everybody's
language, through gettext.
"""


def counted(number: int, one: str, many: str = "") -> str:
    """The number before its noun; the plural adds an s where none is given."""
    return f"{number} {one if number == 1 else many or one + 's'}"
