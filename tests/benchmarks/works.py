"""The shape of what is measured, and the measuring."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.meter import Meter
from tests.benchmarks.programs import Program

WARM_UP = 8


@dataclass
class Side:
    """Who does the work: `act(n)` has the n-th unit, or units, done by `programs`."""

    act: Callable[[int], object]
    programs: list[Program]
    done: int = 0

    def repeat(self, times: int) -> None:
        for number in range(self.done, self.done + times):
            self.act(number)
        self.done += times

    def pids(self) -> set[int]:
        return set().union(*(program.pids() for program in self.programs))


@dataclass
class Work:
    """Something people wait for, done by the bare project and by ours.

    `acts` are done per round, each making `units`; `bar` is the most that ours may
    cost, as a multiple; 0 where there is none.
    """

    name: str
    bare: Side
    ours: Side
    bar: float = 0
    acts: int = 20
    units: int = 1
    guests: int = 0


@dataclass
class Cost:
    """What one unit costs the processes that do it, and PostgreSQL."""

    server: float
    database: float

    @property
    def total(self) -> float:
        return self.server + self.database


@dataclass
class Result:
    work: Work
    bare: list[Cost] = field(default_factory=list)
    ours: list[Cost] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return middle(self.ours).total / middle(self.bare).total


def middle(costs: list[Cost]) -> Cost:
    return Cost(
        median(cost.server for cost in costs), median(cost.database for cost in costs)
    )


def measure(
    work: Work, meter: Meter, database_pids: Callable[[], set[int]], rounds: int
) -> Result:
    """Bare and ours by turns, so that a noisy minute meets both."""
    result = Result(work)
    for side in (work.bare, work.ours):
        side.repeat(min(WARM_UP, work.acts))
    for _ in range(rounds):
        for side, costs in ((work.bare, result.bare), (work.ours, result.ours)):
            meter.start([side.pids(), database_pids()])
            side.repeat(work.acts)
            spent = meter.stop()
            done = work.acts * work.units
            costs.append(Cost(spent[0] / done, spent[1] / done))
    return result
