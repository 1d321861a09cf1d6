"""The other way in: the same requests are refused as by wsgi, and the same answered."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from losers_lounge.asgi import application


def ask(path: str, method: str = "GET", kind: str = "text/plain") -> tuple[int, bytes]:
    """One real call of the ASGI application: status and body."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"testserver"), (b"content-type", kind.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }

    said = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in said:
            return message
        await asyncio.sleep(3600)  # it listens for a disconnect until it is done
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    # A browser that another test has used keeps a loop running in the main thread.
    with ThreadPoolExecutor(1) as own:
        own.submit(lambda: asyncio.run(application(scope, receive, send))).result()
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], body


@pytest.mark.django_db(transaction=True)
def test_a_page_is_answered() -> None:
    assert ask("/healthz") == (200, b'{"status": "ok"}')


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("charset", ["utf-7", "idna", "rot13", "zip"])
def test_a_charset_nobody_knows_is_refused_and_no_error(charset: str) -> None:
    form = f"application/x-www-form-urlencoded; charset={charset}"
    assert ask("/accounts/login/", "POST", form)[0] == 415


@pytest.mark.django_db(transaction=True)
def test_an_odd_method_is_refused() -> None:
    assert ask("/", "TRACE")[0] == 405
