"""PDF documents in the house's type: letterhead, paragraphs, facts, long tables.

Text is drawn as it is given; nothing in it is markup. The same calls give the same
bytes, whenever and wherever: nothing here looks at a clock. Rows are drawn as they
come, so that a table may be as long as its iterator.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from losers_lounge.paper.letters import draw, width_of, wrapped

# A page's stream as it is, not as text that is a quarter longer.
rl_config.useA85 = 0
WIDTH, HEIGHT = LETTER
LEFT, TOP, BOTTOM = 54, 46, 62
MEASURE = WIDTH - 2 * LEFT
INK, SOFT, RULE = HexColor("#24131f"), HexColor("#665361"), HexColor("#d9c9be")
WINE, STAMP = HexColor("#8c1846"), HexColor("#f3e2e8")
LEADING = 1.42
CELL_GAP, PADDING = 8, 7
# Lines of a cell that stay on one page; a longer cell goes on overleaf.
KEPT_TOGETHER = 8
# The look of a cell: a face and a colour.
Look = tuple[str, HexColor]


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is: a name, and smaller lines beneath (address, EIN)."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table: its share of the width, numbers to the right."""

    title: str
    share: float = 1
    is_number: bool = False


class Paper:
    """A document that is written from top to bottom; `as_bytes` ends it.

    Every page carries `footer`, its number and, across it, `stamp` ("VOID").
    """

    def __init__(
        self,
        title: str,
        *,
        letterhead: Letterhead,
        subject: str = "",
        footer: str = "",
        stamp: str = "",
        language: str = "en",
    ) -> None:
        self.buffer = io.BytesIO()
        # invariant: no time of making and no random id (reportlab's own switch).
        self.canvas = Canvas(
            self.buffer, pagesize=LETTER, invariant=1, pageCompression=1, lang=language
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(letterhead.name)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("Losers Lounge")
        self.footer, self.stamp = footer, stamp
        self.pages = 0
        self._begin_page()
        self._draw_letterhead(letterhead)
        self._lines(title, "title", 24, INK)
        self.y -= 10

    def heading(self, text: str) -> None:
        """A heading, kept on one page with what follows it."""
        self._need(70)
        self.y -= 4
        self._lines(text, "title", 14.5, INK)
        self.y -= 2

    def paragraph(self, text: str, *, is_small: bool = False) -> None:
        """Running text; a newline in it is a new line on paper."""
        size, colour = (8.5, SOFT) if is_small else (10.5, INK)
        for line in text.splitlines():
            lines = len(wrapped(line, "text", size, MEASURE))
            self._need(min(lines, KEPT_TOGETHER) * size * LEADING)
            self._lines(line, "text", size, colour)
        self.y -= size * 0.7

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Label and value, one pair to a ruled line."""
        for label, value in pairs:
            self._row(
                [label, value],
                [Column("", 2), Column("", 3)],
                [("text", SOFT), ("bold", INK)],
                size=10,
            )
        self.y -= 10

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        *,
        total: Sequence[str] | None = None,
        size: float = 9,
    ) -> int:
        """A table whose head returns on every page; the number of rows drawn.

        A cell too wide for its column is wrapped. `total` is a last row in bold.
        """
        drawn = 0
        self._need(size * 5)
        self._head(columns, size)
        plain, bold = [("text", INK)] * len(columns), [("bold", INK)] * len(columns)
        for row in rows:
            self._row(row, columns, plain, size, has_head=True)
            drawn += 1
        if total is not None:
            self._row(total, columns, bold, size, has_head=True)
        self.y -= 12
        return drawn

    def picture(self, data: bytes, *, width: float = 240, caption: str = "") -> None:
        """A PNG or JPEG at most `width` points wide and half a page high."""
        image = ImageReader(io.BytesIO(data))
        across, down = image.getSize()
        scale = min(width / across, HEIGHT / 2 / down)
        self._need(down * scale + 30)
        self.y -= down * scale
        self.canvas.drawImage(image, LEFT, self.y, across * scale, down * scale, "auto")
        self.y -= 6
        if caption:
            self.paragraph(caption, is_small=True)

    def as_bytes(self) -> bytes:
        """The finished document; nothing can be added to it afterwards."""
        self._end_page()
        # Every page refers to this form, which is only known now.
        self.canvas.beginForm("pages")
        draw(self.canvas, 0, 0, str(self.pages), "text", 8, SOFT)
        self.canvas.endForm()
        self.canvas.save()
        return self.buffer.getvalue()

    def _begin_page(self) -> None:
        self.pages += 1
        self.y = HEIGHT - TOP
        if self.stamp:
            self.canvas.saveState()
            self.canvas.translate(WIDTH / 2, HEIGHT / 2)
            self.canvas.rotate(38)
            size = min(190, MEASURE / width_of(self.stamp, "bold", 1))
            start = -width_of(self.stamp, "bold", size) / 2
            draw(self.canvas, start, -size / 3, self.stamp, "bold", size, STAMP)
            self.canvas.restoreState()

    def _end_page(self) -> None:
        self._rule(BOTTOM - 16)
        y = BOTTOM - 30
        number = _("Page %(page)s of") % {"page": self.pages} + " "
        end = WIDTH - LEFT - width_of(self.footer, "text", 8)
        draw(self.canvas, end, y, self.footer, "text", 8, SOFT)
        draw(self.canvas, LEFT, y, number, "text", 8, SOFT)
        self.canvas.saveState()
        self.canvas.translate(LEFT + width_of(number, "text", 8), y)
        self.canvas.doForm("pages")
        self.canvas.restoreState()
        self.canvas.showPage()

    def _need(self, height: float) -> bool:
        """Room for this much: whether a new page had to be begun."""
        if self.y - height >= BOTTOM:
            return False
        self._end_page()
        self._begin_page()
        return True

    def _draw_letterhead(self, letterhead: Letterhead) -> None:
        self.canvas.setFillColor(WINE)
        self.canvas.rect(0, HEIGHT - 12, WIDTH, 12, stroke=0, fill=1)
        self._lines(letterhead.name, "title", 15, WINE)
        for line in letterhead.lines:
            self._lines(line, "text", 9, SOFT)
        self.y -= 8
        self._rule(self.y)
        self.y -= 16

    def _lines(self, text: str, face: str, size: float, colour: HexColor) -> None:
        for line in wrapped(text, face, size, MEASURE):
            self._need(size * LEADING)
            self.y -= size * LEADING
            draw(self.canvas, LEFT, self.y, line, face, size, colour)

    def _head(self, columns: Sequence[Column], size: float) -> None:
        titles = [column.title for column in columns]
        self._row(titles, columns, [("bold", SOFT)] * len(columns), size)

    def _row(
        self,
        cells: Sequence[str],
        columns: Sequence[Column],
        looks: Sequence[Look],
        size: float,
        *,
        has_head: bool = False,
    ) -> None:
        """One row, over as many pages as its longest cell needs."""
        widths = _widths(columns)
        parts = [
            wrapped(cell, face, size, width - CELL_GAP)
            for cell, (face, _colour), width in zip(cells, looks, widths, strict=True)
        ]
        while any(parts):
            needed = min(max(map(len, parts)), KEPT_TOGETHER)
            if self._need(needed * size * LEADING + PADDING) and has_head:
                self._head(columns, size)
            fit = int((self.y - BOTTOM - PADDING) / (size * LEADING))
            self._cells([part[:fit] for part in parts], columns, looks, size)
            parts = [part[fit:] for part in parts]

    def _cells(
        self,
        parts: Sequence[Sequence[str]],
        columns: Sequence[Column],
        looks: Sequence[Look],
        size: float,
    ) -> None:
        x, leading = LEFT, size * LEADING
        for lines, column, look, width in zip(
            parts, columns, looks, _widths(columns), strict=True
        ):
            for number, line in enumerate(lines, 1):
                room = width - CELL_GAP - width_of(line, look[0], size)
                start = x + room if column.is_number else x
                y = self.y - 2 - number * leading
                draw(self.canvas, start, y, line, look[0], size, look[1])
            x += width
        self.y -= max(map(len, parts)) * leading + PADDING
        self._rule(self.y)

    def _rule(self, y: float) -> None:
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(LEFT, y, WIDTH - LEFT, y)


def _widths(columns: Sequence[Column]) -> list[float]:
    shares = sum(column.share for column in columns)
    return [MEASURE * column.share / shares for column in columns]
