"""From the smallest event to the largest, one work after the other."""

from collections.abc import Iterator

from tests.benchmarks import background, memory, pages, people, table
from tests.benchmarks.meter import Meter
from tests.benchmarks.people import Night
from tests.benchmarks.stage import Stage
from tests.benchmarks.works import WARM_UP, Work, measure


def perform(
    stage: Stage, meter: Meter, sizes: list[int], rounds: int, names: list[str]
) -> None:
    """Measure and print; each line as soon as it is known."""
    results, nights = [], []
    print(table.head(meter.unit, rounds), flush=True)
    for work in works(stage, sizes, rounds, nights):
        if names and not work.name.startswith(tuple(names)):
            continue
        results.append(measure(work, meter, stage.database_pids, rounds))
        print(table.line(results[-1]), flush=True)
    print()
    for line in table.growth(results):
        print(line)
    if not names or "memory" in names:
        print()
        for line in memory.lines(stage, nights[0], nights[-1]):
            print(line, flush=True)


def works(
    stage: Stage, sizes: list[int], rounds: int, nights: list[Night]
) -> Iterator[Work]:
    """Work with the event it needs, which is seeded when its turn has come.

    The events are added to `nights`.
    """
    key = stage.bare_worker.do("set_up")
    visitors = WARM_UP + rounds * 20
    for size in sizes:
        nights.append(people.make_night(size, visitors))
        yield from pages.works(stage, nights[-1], size, key)
        if size == sizes[0]:
            yield from background.works(stage, nights[-1].event, rounds)
