"""Spreadsheets as people send them: read leniently, write safely.

Reading: CSV in UTF-8 with or without BOM, UTF-16, Latin-1, with comma, semicolon or
tab; XLSX, its first sheet. The content says which it is, never the file's name.
Writing: a cell that a spreadsheet would run as a formula is made plain text
(CWE-1236).
"""

from losers_lounge.csvfile.limits import MAX_BYTES, MAX_ROWS, UnreadableFile
from losers_lounge.csvfile.sheets import (
    Row,
    Sheet,
    Table,
    match_titles,
    missing_title,
    open_sheet,
    read,
)
from losers_lounge.csvfile.writing import neutral, write

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Row",
    "Sheet",
    "Table",
    "UnreadableFile",
    "match_titles",
    "missing_title",
    "neutral",
    "open_sheet",
    "read",
    "write",
]
