"""CSV: which letters, which separator, and then line by line."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from losers_lounge.csvfile.limits import UnreadableFile, check_line, long_cell

SEPARATORS = ",;\t"
_ONE_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Tried where a line begins, and nowhere else: a row of a million commas is no hurry.
_FIRST_LINE = re.compile(r"^.*?[^\s,;].*", re.MULTILINE)
# What Excel writes to itself in a first line of its own.
_HINT = re.compile(r"\Asep=([,;\t])(?=\n)")
_NEVER_IN_TEXT = re.compile("[\0\x01\x02\x03\x04\x1a]")


@dataclass(frozen=True)
class Text:
    """A text file's letters, and what was found out about them."""

    letters: str
    encoding: str
    separator: str

    @property
    def how(self) -> str:
        """For the host: "Windows text, separated by semicolons"."""
        encodings = {
            "utf-16": _("UTF-16 text"),
            "cp1252": _("Windows text"),
            "latin-1": _("Latin-1 text"),
        }
        separators = {
            ",": _("separated by commas"),
            ";": _("separated by semicolons"),
            "\t": _("separated by tabs"),
        }
        encoding = encodings.get(self.encoding, _("UTF-8 text"))
        return f"{encoding}, {separators[self.separator]}"


def recognise(data: bytes) -> Text:
    """Raises UnreadableFile for what is no text."""
    encoding, letters = _decode(data)
    letters = letters.replace("\r\n", "\n").replace("\r", "\n")
    hint = _HINT.match(letters)
    if hint:
        # The line stays, empty: the others keep the numbers an editor shows.
        return Text(letters[hint.end() :], encoding, hint[1])
    return Text(letters, encoding, _separator(letters))


def lines(text: Text) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells, blank lines left out; raises UnreadableFile."""
    # Not a StringIO, which holds every letter in four bytes.
    source = (found[0] for found in _ONE_LINE.finditer(text.letters))
    reader = csv.reader(source, delimiter=text.separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(_problem(line, error)) from error
        check_line(line, cells)
        if any(map(str.strip, cells)):
            yield line, cells
        line = reader.line_num + 1


def _decode(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            letters = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NEVER_IN_TEXT.search(letters):
            break
        return encoding, letters
    raise UnreadableFile(
        _("This is not a CSV text file. Save it as CSV and try again.")
    )


def _separator(letters: str) -> str:
    """The one that cuts the first line into the most cells, quoted ones being whole."""
    first = _FIRST_LINE.search(letters)
    if first is None:
        return ","
    cut = re.sub('"[^"]*"', "", first[0])
    return max(SEPARATORS, key=cut.count)


def _problem(line: int, error: csv.Error) -> str:
    if "field limit" in str(error):
        return long_cell(line)
    return _("Line %d has a quotation mark that is not closed, or in the way.") % line
