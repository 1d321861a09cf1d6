"""People who press while a server falls over, and press again what was not done."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from events.models import Category, Event, Member
from guests.models import Guest
from tests.conftest import signed_in
from tests.factories import make_category, make_event, make_member, make_nomination
from tests.faults.house import House, Presses, Reply
from tests.faults.invariants import Told
from tests.guests.devices import make_phone
from tests.guests.factories import make_guest
from tests.guests.night import make_coming, make_nominated_guest, win
from tests.workers import eventually

THREADS = 6
# To be tried again: the fault itself, "try again", and nobody there.
TRY_AGAIN = (500, 503, 0)


@dataclass
class Press:
    """One thing that one person wants done, and what it means once it is."""

    what: str
    act: Callable[[], Reply]
    note: Callable[[], object] = lambda: None
    replies: list[Reply] = field(default_factory=list)

    def __call__(self) -> bool:
        """Press; whether somebody was told that it is done."""
        reply = self.act()
        self.replies.append(reply)
        if reply.is_done:
            self.note()
        return reply.is_done


@dataclass
class Night:
    """An evening with people who all have something to press, and what was told."""

    house: House
    event: Event
    told: Told = field(default_factory=Told)
    presses: list[Press] = field(default_factory=list)

    def statuses(self) -> Counter[int]:
        return Counter(
            reply.status for press in self.presses for reply in press.replies
        )

    def press_all(self, during: Callable[["Night"], object]) -> None:
        """All of them at once; meanwhile the fault, which begins after a third."""
        waiting = list(reversed(self.presses))
        threads = [
            threading.Thread(target=self._work, args=[waiting], daemon=True)
            for _ in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        a_third = len(self.presses) * 2 // 3
        eventually(lambda: len(waiting) <= a_third)
        during(self)
        connection.close()  # ours was cut as well
        for thread in threads:
            thread.join(60 + len(self.presses))
        assert not any(thread.is_alive() for thread in threads)
        odd = {press.what for press in self.presses for reply in press.replies
               if not reply.is_done and reply.status not in TRY_AGAIN}  # fmt: skip
        assert not odd, (odd, self.statuses())

    def _work(self, waiting: list[Press]) -> None:
        """As people do: one after the other, and what failed is left for later."""
        try:
            while waiting:
                press = waiting.pop()
                press()
        except IndexError:
            return
        finally:
            connection.close()

    def press_again(self, seconds: float = 60) -> int:
        """What was not done, until it is; how many had to (I6)."""
        left = [press for press in self.presses if not press.replies[-1].is_done]
        deadline = time.monotonic() + seconds
        for press in left:
            while not press():
                assert press.replies[-1].status in TRY_AGAIN, press.replies[-1]
                assert time.monotonic() < deadline, (press.what, press.replies[-1])
        return len(left)


def make_night(house: House, people: int = 24) -> Night:
    """Guests who answer, guests at the door, winners who pay, a host, a desk."""
    event = make_event(capacity=2 * people + 10)
    night, press = Night(house, event), Presses(house, event)
    told, presses = night.told, night.presses
    phones = [make_phone(event, name=f"Phone {n}") for n in (1, 2)]
    host = signed_in(make_member(event, Member.Role.HOST))
    presses.append(Press("send", press.send(host)))
    for number in range(people):
        guest = make_guest(event)
        said = "yes" if number % 3 else "no"
        note = _remember(told.answers, guest.pk, said)
        presses.append(Press("rsvp", press.rsvp(guest, said), note))
        comer, nonce = make_coming(event), f"scan/{event.pk}/{number}"
        admit = press.admit(phones[number % 2], comer, nonce)
        note = _remember(told.presses, nonce, comer.pk)
        presses.append(Press("door", admit, note))
        told.letters.add(guest.invitation.about)
    for number in range(max(2, people // 8)):
        winner = make_winner(event)
        presses.insert(number * 5, Press("donate", press.donate(winner)))
    desk = signed_in(make_member(event, Member.Role.RESULTS))
    category = make_category(event)
    entry = make_nomination(category)
    presses.insert(people, Press("results", press.announce(desk, category, entry.pk)))
    return night


def _remember(where: dict, key: object, value: object) -> Callable[[], object]:
    return lambda: where.__setitem__(key, value)


def make_winner(event: Event) -> Guest:
    category: Category = make_category(event)
    guest = make_nominated_guest(event, category)
    win(category, guest)
    return guest
