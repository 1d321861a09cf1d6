"""Pages and presses: what guests, the host and the door wait for."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

from tests.benchmarks import people
from tests.benchmarks.people import Night
from tests.benchmarks.programs import Web
from tests.benchmarks.stage import Stage
from tests.benchmarks.works import Side, Work

CSRF = "csrftoken"
NAMES = ("ada 0001", "bergstrom", "gómez 00", "0007", "ito chloe", "evans 000", "esme")


def works(stage: Stage, night: Night, guests: int, door_key: str) -> Iterator[Work]:
    """All of them for one size of the event."""
    first = int(stage.bare_worker.do("seed", str(guests)))
    ours, bare = [stage.web], [stage.bare_web]

    def by_us(act: Callable[[Web, Night, int], None]) -> Side:
        return Side(lambda number: act(stage.web, night, number), ours)

    def by_bare(act: Callable[[Web, int], None]) -> Side:
        return Side(lambda number: act(stage.bare_web, number), bare)

    yield Work(
        "guest page",
        by_bare(lambda web, n: web.get(f"/guest/g{guests}-{n % 200}/", {})),
        by_us(people.look),
        bar=4,
        guests=guests,
    )
    yield Work(
        "answer",
        by_bare(lambda web, n: bare_answer(web, f"g{guests}-{n % 200}")),
        by_us(people.answer),
        bar=4,
        guests=guests,
    )
    yield Work(
        "door scan",
        by_bare(lambda web, n: bare_admit(web, first + n, "admit", {})),
        by_us(people.admit),
        bar=4,
        guests=guests,
    )
    cookies = {"sessionid": door_key}
    yield Work(
        "door scan, bare signed in",
        by_bare(lambda web, n: bare_admit(web, first + n, "admit-signed-in", cookies)),
        by_us(lambda web, night, n: people.admit(web, night, -1 - n)),
        guests=guests,
    )
    yield Work(
        "guest list",
        by_bare(lambda web, n: web.get(f"/list/{guests}/", {})),
        by_us(read_list),
        bar=4,
        acts=10,
        guests=guests,
    )
    yield Work(
        "search by name",
        by_bare(lambda web, n: web.get(f"/list/{guests}/", {})),
        by_us(search),
        bar=5,
        acts=len(NAMES),
        guests=guests,
    )


def bare_answer(web: Web, public_id: str) -> None:
    web.post(f"/guest/{public_id}/answer/", {}, CSRF, {"answer": "yes"})


def bare_admit(web: Web, guest_id: int, act: str, cookies: dict[str, str]) -> None:
    web.post(f"/door/{guest_id}/{act}/", cookies, CSRF, {})


def read_list(web: Web, night: Night, number: int) -> None:
    """The first page, and by turns one from the middle of the list."""
    after = f"?after={night.middle_id}" if number % 2 else ""
    web.get(f"/events/{night.event.slug}/guests/{after}", night.session)


def search(web: Web, night: Night, number: int) -> None:
    text = quote(NAMES[number % len(NAMES)])
    web.get(f"/events/{night.event.slug}/guests/?q={text}", night.session)
