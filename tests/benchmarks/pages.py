"""Pages and presses: what guests, the host and the door wait for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.benchmarks import people
from tests.benchmarks.people import Night
from tests.benchmarks.programs import Web
from tests.benchmarks.stage import Stage
from tests.benchmarks.works import Side, Work

CSRF = "csrftoken"
ByBare = Callable[[Web, int], None]
ByUs = Callable[[Web, Night, int], None]
NAMES = ("ada 0001", "bergstrom", "gómez 00", "0007", "ito chloe", "evans 000", "esme")


QUESTIONS = (
    *("answer=no", "answer=waitlisted", "tag=friend", "tag=press", "wave=2"),
    *("letter=sent", "letter=failed", "letter=none", "owes=due", "nominee=1", "vip=1"),
    *("unnamed=1", "no_address=1", "needs=1", "wave=2&answer=yes&tag=friend"),
    "q=bergstrom&letter=sent&answer=yes",
)
SORTS = ("answered", "wave", "added")


@dataclass
class Pair:
    """The two web servers, and how one work is done by each."""

    stage: Stage
    night: Night
    guests: int

    def work(
        self, name: str, bare: ByBare, ours: ByUs, bar: float = 0, acts: int = 20
    ) -> Work:
        web, bare_web = self.stage.web, self.stage.bare_web
        return Work(
            name,
            Side(lambda number: bare(bare_web, number), [bare_web]),
            Side(lambda number: ours(web, self.night, number), [web]),
            bar=bar,
            acts=acts,
            guests=self.guests,
        )


def works(stage: Stage, night: Night, guests: int, door_key: str) -> Iterator[Work]:
    """All of them for one size of the event."""
    pair = Pair(stage, night, guests)
    first = int(stage.bare_worker.do("seed", str(guests)))
    signed_in = {"sessionid": door_key}

    def bare_page(web: Web, number: int) -> None:
        web.get(f"/guest/g{guests}-{number % 200}/", {})

    def bare_answer(web: Web, number: int) -> None:
        path = f"/guest/g{guests}-{number % 200}/answer/"
        web.post(path, {}, CSRF, {"answer": "yes"})

    def bare_admit(web: Web, number: int) -> None:
        web.post(f"/door/{first + number}/admit/", {}, CSRF, {})

    def bare_admit_signed_in(web: Web, number: int) -> None:
        path = f"/door/{first + guests - 1 - number}/admit-signed-in/"
        web.post(path, signed_in, CSRF, {})

    def bare_admit_others(web: Web, number: int) -> None:
        bare_admit(web, guests // 2 + number)

    def bare_list(web: Web, number: int) -> None:
        web.get(f"/list/{guests}/", {})

    yield pair.work("guest page", bare_page, people.look, bar=4)
    yield pair.work("answer", bare_answer, people.answer, bar=4)
    yield pair.work("door scan", bare_admit, people.admit, bar=4)
    yield pair.work(
        "door scan, bare signed in", bare_admit_signed_in, admit_from_the_end
    )
    people.empty_the_room(night)
    yield pair.work(
        "door scan by a paired phone", bare_admit_others, people.admit_by_phone, bar=4
    )
    yield pair.work("guest list", bare_list, read_list, bar=4, acts=10)
    yield pair.work("search by name", bare_list, search, bar=5, acts=len(NAMES))
    yield pair.work("filter", bare_list, ask, bar=5, acts=len(QUESTIONS))
    yield pair.work("list in another order", bare_list, read_sorted, acts=len(SORTS))
    yield export(pair)


def admit_from_the_end(web: Web, night: Night, number: int) -> None:
    """People whom the other door scan has not let in."""
    people.admit(web, night, -1 - number)


def read_list(web: Web, night: Night, number: int) -> None:
    """The first page, and by turns one from the middle of the list."""
    after = f"?after={night.middle_id}" if number % 2 else ""
    web.get(f"/events/{night.event.slug}/guests/{after}", night.session)


def search(web: Web, night: Night, number: int) -> None:
    text = quote(NAMES[number % len(NAMES)])
    web.get(f"/events/{night.event.slug}/guests/?q={text}", night.session)


def ask(web: Web, night: Night, number: int) -> None:
    question = QUESTIONS[number % len(QUESTIONS)]
    web.get(f"/events/{night.event.slug}/guests/?{question}", night.session)


def read_sorted(web: Web, night: Night, number: int) -> None:
    """The first page, and by turns one from the middle of the list."""
    turn, place = divmod(number, len(SORTS))
    after = f"&after={night.middle_id}" if turn % 2 else ""
    path = f"/events/{night.event.slug}/guests/?sort={SORTS[place]}{after}"
    web.get(path, night.session)


def export(pair: Pair) -> Work:
    """The whole list as CSV; a unit is a row."""

    def by_bare(web: Web, number: int) -> None:
        web.get(f"/export/{pair.guests}/", {})

    def by_us(web: Web, night: Night, number: int) -> None:
        web.get(f"/events/{night.event.slug}/guests/export.csv", night.session)

    work = pair.work("CSV export, per row", by_bare, by_us, bar=3, acts=1)
    work.units = pair.guests
    return work
