"""Whom a test may kill: only those who speak to its own server."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.workers import owners_killed

# Speaks to the server of this port, says from which of its own, and stays.
VISITOR = """
import socket, sys
visit = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(visit.getsockname()[1], flush=True)
visit.recv(1)
"""


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def visitor(server: socket.socket) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", VISITOR, str(server.getsockname()[1])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process
        process.kill()


def test_only_who_speaks_to_the_server_is_killed(
    server: socket.socket, visitor: subprocess.Popen[str]
) -> None:
    """The same port serves other conversations: it had cost other tests their lives."""
    theirs, ours = int(visitor.stdout.readline()), server.getsockname()[1]
    assert owners_killed(theirs, ours + 1) == 0
    assert visitor.poll() is None
    assert owners_killed(theirs, ours) == 1
    assert visitor.wait(10) < 0
