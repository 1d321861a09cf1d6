"""Lay out the evening's chart: coordinates for an SVG, no drawing and no style."""

from dataclasses import dataclass
from datetime import datetime

from donations.totals import Day, Point

# Drawn at a phone's width, so that its words can be read there.
WIDTH, HEIGHT = 400, 220
LEFT, RIGHT, TOP, BOTTOM = 84, 16, 16, 32
TICKS = 4
# Round dollars that an axis may step by.
MANTISSAS = (1, 2, 5)
MIN_DAYS, LABELLED = 2, 5


@dataclass(frozen=True)
class Tick:
    """A line of the grid: where, and for how much."""

    y: float
    cents: int


@dataclass(frozen=True)
class Label:
    """A time under the chart."""

    x: float
    at: datetime
    anchor: str


@dataclass(frozen=True)
class Chart:
    """What the template draws."""

    points: list[Point]
    raised: str
    net: str
    area: str
    ticks: list[Tick]
    labels: list[Label]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def lay_out(points: list[Point]) -> Chart | None:
    """Step lines of raised and net over time; None when nothing has come in yet."""
    if not points:
        return None
    step = _step(max(point.kept_cents for point in points))
    top_cents = step * TICKS
    first, last = points[0].at, points[-1].at
    span = (last - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        share = (at - first).total_seconds() / span
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(cents: int) -> float:
        share = max(cents, 0) / top_cents
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    raised = _steps([(x(point.at), y(point.kept_cents)) for point in points])
    net = _steps([(x(point.at), y(point.net_cents)) for point in points])
    return Chart(
        points=points,
        raised=raised,
        net=net,
        area=f"{LEFT},{y(0)} {raised} {x(last)},{y(0)}",
        ticks=[Tick(y(step * n), step * n) for n in range(TICKS + 1)],
        labels=[Label(x(first), first, "start"), Label(x(last), last, "end")],
    )


def _step(most_cents: int) -> int:
    """The smallest round step of which four reach above the most."""
    needed = max(most_cents, 100) / TICKS
    power = 100
    while True:
        for mantissa in MANTISSAS:
            if mantissa * power >= needed:
                return mantissa * power
        power *= 10


def _steps(places: list[tuple[float, float]]) -> str:
    corners = [places[0]]
    for here, before in zip(places[1:], places, strict=False):
        corners += [(here[0], before[1]), here]
    return " ".join(f"{x},{y}" for x, y in corners)


@dataclass(frozen=True)
class Bar:
    """A day's payments as a bar, and of it what was kept."""

    day: Day
    x: float
    middle: float
    width: float
    y: float
    height: float
    label: bool


@dataclass(frozen=True)
class DayChart:
    """Bars from the oldest day to the latest."""

    bars: list[Bar]
    ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def lay_out_days(days: list[Day]) -> DayChart | None:
    """A bar for each day on which money moved; None before there are two of them."""
    if len(days) < MIN_DAYS:
        return None
    step = _step(max(day.kept_cents for day in days))
    slot = (WIDTH - LEFT - RIGHT) / len(days)
    inner = HEIGHT - TOP - BOTTOM
    every = -(-len(days) // LABELLED)
    bars = []
    for place, day in enumerate(reversed(days)):
        height = round(max(day.kept_cents, 0) / (step * TICKS) * inner, 1)
        x = LEFT + place * slot + slot * 0.15
        bars.append(
            Bar(
                day=day,
                x=round(x, 1),
                middle=round(x + slot * 0.35, 1),
                width=round(slot * 0.7, 1),
                y=round(HEIGHT - BOTTOM - height, 1),
                height=height,
                label=place % every == 0,
            )
        )
    ticks = [
        Tick(round(HEIGHT - BOTTOM - inner * n / TICKS, 1), step * n)
        for n in range(TICKS + 1)
    ]
    return DayChart(bars, ticks)


# A row of the chart of purposes: its words, and the bar below them.
ROW, THICK, WORDS = 72, 28, 28


@dataclass(frozen=True)
class Purpose:
    """What something was given for: how much, and how long its bar is."""

    words: str
    cents: int
    y: int
    width: float


@dataclass(frozen=True)
class PurposeChart:
    """Bars that share one scale, the longest across the whole width."""

    bars: list[Purpose]
    height: int
    width: int = WIDTH
    thick: int = THICK


def lay_out_purposes(sums: list[tuple[str, int]]) -> PurposeChart:
    """A bar for each of the sums, in their order; less than nothing has no length."""
    most = max([cents for _words, cents in sums] + [1])
    bars = [
        Purpose(
            words=words,
            cents=cents,
            y=WORDS + place * ROW,
            width=round(max(cents, 0) / most * WIDTH, 1),
        )
        for place, (words, cents) in enumerate(sums)
    ]
    return PurposeChart(bars, height=ROW * len(sums))
