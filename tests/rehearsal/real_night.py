"""One night by chance on the real processes: presses over HTTP, and no mercy for them.

What is pressed, by whom and when something dies follows from the seed. It goes by in
waves: some presses are made at the same moment, and meanwhile something goes wrong.
What was answered is kept, to be found again; what was not answered, and is pressed
again or not, may stand or not.
"""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event as Signal
from threading import Thread
from types import SimpleNamespace
from typing import Any

from django.db import Error, connection

from guests import seats
from guests.models import Guest
from tests.factories import make_category, make_nomination
from tests.faults.invariants import at_any_moment
from tests.faults.money_stage import Stage
from tests.guests.factories import make_guest
from tests.guests.night import make_nominated_guest, win

MOST_AT_ONCE = 6
LOOKS_EACH_SECONDS = 0.1
# Somebody has died in the middle of it, or the database was taken away.
CUT_OFF = (500, 502, 504)


@dataclass
class Press:
    """`do` goes over HTTP, in a thread; `then` is told its answer, or None."""

    words: str
    about: object
    do: Callable[[], Any]
    then: Callable[[Any], None] = lambda answer: None


Act = Callable[[], Press | None]
# What is done at Stripe is answered by nobody of ours.
ELSEWHERE = SimpleNamespace(status_code=200, headers={}, url="")


def is_done(answer: Any) -> bool:
    return answer is not None and answer.status_code < 400


def is_open(answer: Any) -> bool:
    """Whether nobody can tell from the answer what became of the press."""
    return answer is None or answer.status_code >= 500


class RealNight:
    """The night of one seed; `log` is what happened, for whoever has to look."""

    def __init__(self, seed: int, stage: Stage) -> None:
        self.chance = random.Random(seed)
        self.stage, self.event, self.told = stage, stage.event, stage.told
        self.log: list[str] = []
        self.complaints: list[str] = []
        self.acts: dict[Act, int] = {}
        self.mishaps: dict[Callable[[], str], int] = {}
        self._was_calm = True
        self._people()

    def _people(self) -> None:
        event = self.event
        event.capacity = self.chance.choice([7, 10, 40])
        event.save(update_fields=["capacity"])
        self.categories = [make_category(event) for _ in range(4)]
        for number in range(8):
            up_for = self.chance.sample(self.categories, self.chance.choice([1, 1, 2]))
            make_nominated_guest(event, *up_for, name=f"Nominee {number}")
        for number in range(4):
            make_guest(event, f"Friend {number}")
        for category in self.categories:
            make_nomination(category)
        event.guests.update(answer=Guest.Answer.WAITING, answered_at=None)
        event.invitations.update(plus_ones=1)
        for category in self.categories[:2]:
            win(category, self.chance.choice(list(category.nominations.order_by("pk"))))

    def principal(self) -> Guest:
        rows = self.event.guests.principals().select_related("invitation")
        return self.chance.choice(list(rows.order_by("pk")))

    def wave(self) -> None:
        """Some presses at once, a mishap among them; all of it looked at afterwards."""
        presses = list(self._made_up())
        mishap = self._mishap() if self.chance.random() < 0.6 else None
        # Somebody is to be killed, whenever they ask what they are to be killed for.
        waiting = bool(self.stage.killing.orders)
        with ThreadPoolExecutor(MOST_AT_ONCE * 2) as hands:
            doing = [
                (press, [hands.submit(press.do) for _ in range(times)])
                for press, times in presses
            ]
            if mishap is not None:
                self.log.append(f"  meanwhile: {mishap()}")
        is_calm = mishap is None and self._was_calm and not waiting
        self._was_calm = mishap is None
        for press, asked in doing:
            self._hear(press, [one.result() for one in asked], is_calm)
        at_any_moment(self.event, self.told)

    def _made_up(self) -> Iterable[tuple[Press, int]]:
        """Each is about something else: of two about the same, either may stand."""
        busy = set()
        names, odds = list(self.acts), list(self.acts.values())
        for act in self.chance.choices(
            names, odds, k=self.chance.randint(3, 2 * MOST_AT_ONCE)
        ):
            press = act()
            if press is None or press.about in busy:
                continue
            busy.add(press.about)
            if len(busy) > MOST_AT_ONCE:
                return
            yield press, 2 if self.chance.random() < 0.25 else 1

    def _mishap(self) -> Callable[[], str]:
        names, odds = list(self.mishaps), list(self.mishaps.values())
        return self.chance.choices(names, odds)[0]

    def _hear(self, press: Press, answers: list[Any], is_calm: bool) -> None:
        codes = [None if one is None else one.status_code for one in answers]
        self.log.append(f"{press.words}: {codes}")
        if is_calm and not set(codes).isdisjoint({None, *CUT_OFF}):
            self.complaints.append(f"{press.words} was answered with {codes}")
        if any(map(is_open, answers)) and self.chance.random() < 0.7:
            answers = [press.do()]
            self.log.append("  pressed again")
        done = [answer for answer in answers if is_done(answer)]
        press.then(done[0] if done else answers[-1])

    def heal(self) -> None:
        """Nothing goes wrong any more. Nobody repairs anything: the sweeps do."""
        self.log.append("heal")
        self.stage.killing.orders.clear()
        self.stage.stand_in.clear_faults()
        self.stage.stand_in.deliver(paused=False, copies=1, shuffle=False)
        self.stage.stack.relay.at.clear()


class Watch:
    """Looks at the seats all the time, beside everything that happens."""

    def __init__(self, night: RealNight) -> None:
        self.night, self.stop = night, Signal()
        self.sold_twice: list[str] = []
        self.looks = 0
        self.thread = Thread(target=self.run, daemon=True)

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.thread.join()

    def run(self) -> None:
        event = self.night.event
        while not self.stop.wait(LOOKS_EACH_SECONDS):
            try:
                now = seats.of(event)
            except Error:
                # Thrown out of the database, as everybody was.
                connection.close()
                continue
            self.looks += 1
            if now.heads > event.capacity:
                self.sold_twice.append(f"{now.heads} on {event.capacity} seats")
        connection.close()
