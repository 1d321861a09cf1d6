"""Judge a stand-in that runs elsewhere, by the exchanges that it was told to keep."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_wire.witness import Witness

CONTROL = "/_stand_in/exchanges"


def keep(base: str) -> None:
    """Have a stand-in keep its exchanges from now on."""
    _ask(base, "POST", json.dumps({"keep": True}))


def judge(base: str) -> Witness:
    """A witness that has seen all that was kept."""
    witness = Witness()
    for kept in _ask(base, "GET"):
        witness.exchange(kept["asked"], kept["status"], kept["body"])
    return witness


def _ask(base: str, method: str, body: str | None = None) -> Any:
    connection = HTTPConnection(urlsplit(base).netloc, timeout=10)
    headers = {"Content-Type": "application/json"}
    connection.request(method, CONTROL, body, headers)
    answer = json.load(connection.getresponse())
    connection.close()
    return answer
