"""No throttle is without a test that notices when it is gone."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from guests.door import lookups
from losers_lounge.throttle import Throttle
from tests.security.scene import Scene
from tests.security.test_limits import spend

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("events", "donations", "guests", "losers_lounge")
MADE = re.compile(r'^(\w+) = Throttle\(\s*"(\w+)"', re.MULTILINE)

# The rest of them, each with the file that has its claim.
ELSEWHERE = {
    "tests/security/test_throttles.py": "links lost_links donate unsubscribe",
    "tests/security/test_limits.py": (
        "door_people door_nobody door_searches door_scans files uploads team_invited "
        "asks_stripe pledge_looks"
    ),
    "tests/security/test_passkeys.py": "passkey_questions",
    "tests/guests/test_pins.py": "pins_by_one pins_at_one pins_together",
    "tests/guests/test_door_views.py": "door_codes",
    "tests/guests/test_letter_words.py": "letter_test",
    "tests/guests/test_trophy_photos.py": "door_pictures",
    "tests/guests/test_pay_views.py": "pay",
    "tests/donations/test_card_testing.py": (
        "pages_by_person pages_by_network pages_of_gifts"
    ),
    "tests/donations/test_donor_page.py": "donor_wishes",
}
HERE = {"pledge", "donor", "door_asks", "pairing_codes", "donor_links"}
# Wrong links are counted for all networks together too.
GLOBAL = {"links", "unsubscribe", "pairing_codes", "donor_links"}


def made() -> dict[str, tuple[str, str]]:
    """Every throttle of the code: its purpose, and its module and name there."""
    return {
        purpose: (".".join(path.relative_to(ROOT).with_suffix("").parts), name)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for name, purpose in MADE.findall(path.read_text())
    }


def test_each_is_noticed_by_a_test_that_is_there() -> None:
    named = {one for purposes in ELSEWHERE.values() for one in purposes.split()}
    assert named | HERE == set(made())
    assert all((ROOT / path).is_file() for path in ELSEWHERE)
    of_all = {purpose for purpose in made() if throttle(purpose).most_of_all}
    assert of_all == GLOBAL


def throttle(purpose: str) -> Throttle:
    module, name = made()[purpose]
    return getattr(importlib.import_module(module), name)


def statuses(purpose: str, scene: Scene, presses: int) -> list[int]:
    """What so many presses are answered with, from a network each if they may be."""
    data = {"do": "withdraw"}
    known: dict[str, Callable[[], tuple[Client, str]]] = {
        "pledge": lambda: (scene.guest(), scene.url("guests:pledge")),
        "donor": lambda: (scene.donor(), scene.url("donations:donor_credit")),
        "door_asks": lambda: (scene.member("door"), scene.url("guests:door_ask")),
    }
    if purpose in known:
        client, url = known[purpose]()
        return [client.post(url, data).status_code for _ in range(presses)]
    route = {
        "links": "guests:link",
        "unsubscribe": "events:unsubscribe",
        "pairing_codes": "guests:pair",
        "donor_links": "donations:donor_link",
    }[purpose]
    url, ask = reverse(route, args=["junk.junk"]), Client()
    send = ask.get if purpose in ("links", "donor_links") else ask.post
    networks = GLOBAL_NETWORKS if presses > 3 else ["203.0.113.1"] * presses
    return [send(url, REMOTE_ADDR=address).status_code for address in networks]


GLOBAL_NETWORKS = [f"203.0.113.{number}" for number in range(1, 5)]


@pytest.mark.parametrize("purpose", sorted(HERE))
def test_one_who_presses_too_often_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    module, name = made()[purpose]
    spend(monkeypatch, importlib.import_module(module), name, 2)
    lookups.forget()
    found = statuses(purpose, scene, 3)
    assert 429 not in found[:2], found
    assert found[2] == 429


@pytest.mark.parametrize("purpose", sorted(GLOBAL))
def test_wrong_links_of_many_networks_together_have_an_end_and_right_ones_open(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    module, name = made()[purpose]
    own = throttle(purpose)
    fewer = Throttle(own.purpose, own.most, own.seconds, 3)
    monkeypatch.setattr(importlib.import_module(module), name, fewer)
    found = statuses(purpose, scene, len(GLOBAL_NETWORKS))
    assert found == [404, 404, 404, 429]
    if purpose == "links":
        assert Client().get(scene.url("guests:link")).status_code == 302
    monkeypatch.setattr(
        importlib.import_module(module), name, Throttle(own.purpose, 9, 60)
    )
    assert statuses(purpose, scene, len(GLOBAL_NETWORKS))[-1] == 404, "without it"
