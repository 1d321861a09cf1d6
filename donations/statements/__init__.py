"""What is said of the total for good: closing statements and press sheets."""

from donations.statements.at_stripe import Beside, beside_stripe
from donations.statements.check import Checked, NotAStatement, check, read_lines
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
    "Beside",
    "Checked",
    "Difference",
    "NotAStatement",
    "as_csv",
    "as_json",
    "beside_stripe",
    "check",
    "difference",
    "footer_of",
    "freeze",
    "lines",
    "lines_of",
    "read_lines",
    "versions",
]
