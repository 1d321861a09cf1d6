"""How much of a file is looked at: what is larger is refused in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

MAX_BYTES = 20 * 2**20
# A workbook is packed: what it unfolds to, and its parts that are read as a whole.
MAX_UNPACKED = 400 * 2**20
MAX_PART = 64 * 2**20
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELL = 20_000
# Excel has no more; a row may claim any number, and those before it are made up.
LAST_LINE = 2**20


class UnreadableFile(Exception):
    """The file is not a table that can be imported; the text says why."""


def check_line(line: int, cells: Sequence[str]) -> None:
    """Raises UnreadableFile where a line is too wide, or a cell too long."""
    if len(cells) > MAX_COLUMNS:
        columns = {"line": line, "n": f"{len(cells):,}"}
        raise UnreadableFile(_("Line %(line)d has %(n)s columns.") % columns)
    if cells and max(map(len, cells)) > MAX_CELL:
        raise UnreadableFile(long_cell(line))


def long_cell(line: int) -> str:
    words = {"line": line, "n": f"{MAX_CELL:,}"}
    return _("Line %(line)d has a cell of over %(n)s letters.") % words
