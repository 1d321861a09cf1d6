"""What the web process needs to start and to live, and what more work takes.

Reconciling has a test of its own: tests/donations/test_long_books.py.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import background
from tests.benchmarks.people import Night
from tests.benchmarks.programs import Program, Web
from tests.benchmarks.stage import Stage

MOST_RESIDENT_MB, MOST_START_SECONDS = 120, 2
# The bars of "constant": what twenty times the work may take more, at its peak.
MOST_GROWTH_MB = 10
TIMES = 20
ROWS, MAILS = 1_000, 25


def lines(stage: Stage, smallest: Night, largest: Night) -> Iterator[str]:
    """The table's last part: the web process, then the work that may be long."""
    yield from of_the_web(stage, largest)
    yield from of_the_work(stage, smallest, largest)


def of_the_web(stage: Stage, night: Night) -> Iterator[str]:
    """A web server as it starts, and the one that has served all of the above."""
    with Web.another(stage.folder, "web-started") as started:
        started.wait()
        seconds = started.cpu_seconds()
        started.get(f"/events/{night.event.slug}/guests/", night.session)
        fresh = resident(started)
    used = resident(stage.web)
    yield verdict("web, CPU until its first answer", seconds, MOST_START_SECONDS, "s")
    yield verdict("web, resident after a page", fresh, MOST_RESIDENT_MB, "MB")
    yield verdict("web, resident at the end", used, MOST_RESIDENT_MB, "MB")


def of_the_work(stage: Stage, smallest: Night, largest: Night) -> Iterator[str]:
    def export(night: Night) -> Callable[[], object]:
        path = f"/events/{night.event.slug}/guests/export.csv"
        return lambda: stage.web.get(path, night.session)

    sizes = f"{smallest.guests:,} -> {largest.guests:,} rows"
    yield grown("CSV export", sizes, stage.web, export(smallest), export(largest))

    def read(rows: int) -> Callable[[], object]:
        slug = f"memory-{rows}"
        background.make_sibling(smallest.event, slug)
        path = background.make_file(stage, f"memory-{rows}", rows)
        return lambda: stage.worker.do("read_guests", slug, path)

    sizes = f"{ROWS:,} -> {ROWS * TIMES:,} rows"
    yield grown("import", sizes, stage.worker, read(ROWS), read(ROWS * TIMES))

    def send(mails: int) -> Callable[[], object]:
        return lambda: stage.worker.do("send_mails", str(mails))

    background.queue_invitations(largest.event)
    sizes = f"{MAILS} -> {MAILS * TIMES} mails"
    yield grown("sending", sizes, stage.worker, send(MAILS), send(MAILS * TIMES))


def grown(
    name: str,
    sizes: str,
    program: Program,
    few: Callable[[], object],
    many: Callable[[], object],
) -> str:
    """Peak memory of the process at little work, and at much."""
    few()  # What is kept for good is there before anything is measured.
    small, large = peak_during(program, few), peak_during(program, many)
    growth = max(0.0, large - small)
    return verdict(f"{name}, {sizes}, grown by", growth, MOST_GROWTH_MB, "MB")


def verdict(name: str, value: float, bar: float, unit: str) -> str:
    is_met = "met" if value <= bar else "MISSED"
    return f"{name:50}{value:8.1f} {unit:4}at most {bar:g} {unit}  {is_met}"


def peak_during(program: Program, act: Callable[[], object]) -> float:
    """The most memory that any one process of the program held meanwhile, in MB."""
    pids = program.pids()
    for pid in pids:
        # proc(5): 5 puts the peak back to what is resident now.
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    act()
    return max(status(pid, "VmHWM") for pid in pids)


def resident(program: Program) -> float:
    """Of the process that works, the largest, in MB."""
    return max(status(pid, "VmRSS") for pid in program.pids())


def status(pid: int, name: str) -> float:
    words = Path(f"/proc/{pid}/status").read_text().split(f"{name}:")[1].split()
    return int(words[0]) / 1024
