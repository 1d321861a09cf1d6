"""What processes spend between two moments.

Instructions hardly depend on what else the machine does, CPU time does somewhat, and
the clock on the wall says nothing on a busy machine: it is not looked at.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from signal import SIGINT
from typing import Protocol

INSTRUCTIONS = "instructions:u"
ATTACH_SECONDS = 0.15


class Meter(Protocol):
    unit: str

    def start(self, groups: list[set[int]]) -> None:
        """Begin to count, each group of processes for itself."""

    def stop(self) -> list[float]:
        """What each group has spent since then, in `unit`."""


class ClockMeter:
    """CPU time of live processes, to the nanosecond, from the kernel's own clocks."""

    unit = "ms CPU"

    def start(self, groups: list[set[int]]) -> None:
        self.before = [{pid: cpu_seconds(pid) for pid in group} for group in groups]

    def stop(self) -> list[float]:
        return [
            sum(1000 * (cpu_seconds(pid) - before) for pid, before in group.items())
            for group in self.before
        ]


class PerfMeter:
    """Events counted by the processor, through `perf stat` on running processes."""

    def __init__(self, event: str = INSTRUCTIONS, scale: float = 1e-6) -> None:
        self.event, self.scale = event, scale
        self.unit = "M instructions"

    def start(self, groups: list[set[int]]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lounge-"))
        self.running = [
            self.attached(group, self.folder / str(number))
            for number, group in enumerate(groups)
        ]
        time.sleep(ATTACH_SECONDS)

    def attached(self, pids: set[int], report: Path) -> subprocess.Popen[bytes]:
        command = ["perf", "stat", "-x", ",", "-e", self.event, "-o", str(report)]
        command += ["-p", ",".join(map(str, sorted(pids)))]
        return subprocess.Popen(command)

    def stop(self) -> list[float]:
        for perf in self.running:
            perf.send_signal(SIGINT)
        for perf in self.running:
            perf.wait()
        reports = [self.folder / str(number) for number in range(len(self.running))]
        counted = [counts(report.read_text()) * self.scale for report in reports]
        shutil.rmtree(self.folder)
        return counted


def make_meter() -> Meter:
    """The best that this kernel offers."""
    return PerfMeter() if counts_instructions() else ClockMeter()


def counts_instructions() -> bool:
    perf = shutil.which("perf")
    if perf is None:
        return False
    words = [perf, "stat", "-x", ",", "-e", INSTRUCTIONS, "true"]
    tried = subprocess.run(words, capture_output=True, text=True)
    return tried.returncode == 0 and counts(tried.stderr) > 0


def counts(report: str) -> float:
    """The sum of a `perf stat -x ,` report's counts; not counted is nothing."""
    first = [line.split(",")[0] for line in report.splitlines() if "," in line]
    return sum(float(word) for word in first if word.replace(".", "", 1).isdigit())


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads; 0 when it is gone."""
    try:
        # What clock_getcpuclockid(3) answers: the pid's complement, and CPUCLOCK_SCHED.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def tree(roots: Iterable[int]) -> set[int]:
    """These processes and all that descend from them."""
    found, to_look_at = set(), list(roots)
    while to_look_at:
        pid = to_look_at.pop()
        if pid not in found:
            found.add(pid)
            to_look_at += children(pid)
    return found


def children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(c) for t in tasks for c in (t / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])
