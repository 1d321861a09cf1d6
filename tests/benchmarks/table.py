"""The one table: work, bare, ours, ratio, bar, verdict; then what must stay flat."""

from collections.abc import Iterable, Iterator

from tests.benchmarks.works import Cost, Result, middle

HEAD = ("work", "guests", "bare", "(db)", "ours", "(db)", "ratio", "bar", "verdict")
WIDTHS = (29, 8, 8, 8, 8, 8, 7, 6, 0)
# Work whose cost must not follow the size of the event, and how much is noise.
FLAT = (
    *("door scan", "door scan by a paired phone", "guest list", "search by name"),
    *("filter", "list in another order", "CSV export, per row"),
)
MOST_GROWTH = 1.5


def head(unit: str, rounds: int) -> str:
    told = f"{unit} per unit, median of {rounds} rounds; (db) is PostgreSQL's part"
    return f"{told}\n\n{aligned(HEAD)}\n{'-' * 100}"


def line(result: Result) -> str:
    work, bare, ours = result.work, middle(result.bare), middle(result.ours)
    verdict = "" if not work.bar else "met" if result.ratio <= work.bar else "MISSED"
    return aligned(
        (
            work.name,
            f"{work.guests:,}" if work.guests else "",
            *amounts(bare),
            *amounts(ours),
            f"{result.ratio:.2f}x",
            f"{work.bar:g}x" if work.bar else "",
            verdict,
        )
    )


def amounts(cost: Cost) -> tuple[str, str]:
    return f"{cost.total:.3f}", f"({cost.database:.3f})"


def growth(results: Iterable[Result]) -> Iterator[str]:
    """How the cost of flat work grows from the smallest event to the largest.

    COUNT grows with the rows, in the bare list too: flat is what grows no more.
    """
    results = list(results)
    for name in FLAT:
        sizes = sorted(
            (result for result in results if result.work.name == name),
            key=lambda result: result.work.guests,
        )
        if len(sizes) > 1:
            yield between(sizes[0], sizes[-1])


def between(small: Result, large: Result) -> str:
    ours = middle(large.ours).total / middle(small.ours).total
    bare = middle(large.bare).total / middle(small.bare).total
    verdict = "flat" if ours <= max(MOST_GROWTH, bare) else "NOT FLAT"
    sizes = f"{small.work.guests:,} -> {large.work.guests:,} guests"
    return f"{small.work.name:29}{sizes}: ours {ours:.2f}x, bare {bare:.2f}x  {verdict}"


def aligned(cells: Iterable[str]) -> str:
    first, *others = (
        f"{cell:<{width}}" if place == 0 else f"{cell:>{width}}"
        for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    )
    return "".join([first, *others[:-1], "  ", others[-1]])
