"""A document described as plain values, as JSON keeps them, and printed later."""

from typing import Any

from losers_lounge.paper.document import Column, Letterhead, Paper


def printed(sheet: dict[str, Any]) -> bytes:
    """The PDF of a sheet: title, letterhead [name, lines], footer, stamp, blocks.

    A block is ["heading" | "paragraph" | "small", text], ["facts", pairs] or
    ["table", [[title, share, is_number], ...], rows]; another kind is a ValueError.
    """
    name, lines = sheet["letterhead"]
    paper = Paper(
        sheet["title"],
        letterhead=Letterhead(name, tuple(lines)),
        subject=sheet.get("subject", ""),
        footer=sheet.get("footer", ""),
        stamp=sheet.get("stamp", ""),
    )
    for kind, *what in sheet["blocks"]:
        match kind:
            case "heading":
                paper.heading(*what)
            case "paragraph":
                paper.paragraph(*what)
            case "small":
                paper.paragraph(*what, is_small=True)
            case "facts":
                paper.facts(*what)
            case "table":
                columns, rows = what
                paper.table([Column(*column) for column in columns], rows, size=9.5)
            case _:
                raise ValueError(kind)
    return paper.as_bytes()
