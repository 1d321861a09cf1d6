"""What is said of the total for good: closing statements and press sheets."""

from donations.statements.check import Checked, NotAStatement, check
from donations.statements.document import as_csv, as_json
from donations.statements.frozen import (
    Difference,
    difference,
    footer_of,
    freeze,
    lines_of,
    versions,
)
from donations.statements.lines import lines

__all__ = [
    "Checked",
    "Difference",
    "NotAStatement",
    "as_csv",
    "as_json",
    "check",
    "difference",
    "footer_of",
    "freeze",
    "lines",
    "lines_of",
    "versions",
]
