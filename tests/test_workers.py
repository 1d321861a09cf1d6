"""Whom a test may kill: only those who speak to its own server."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from tests.workers import eventually, kill_all_of, owners_killed

# Speaks to the server of this port, says from which of its own, and stays.
VISITOR = """
import socket, sys
visit = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(visit.getsockname()[1], flush=True)
visit.recv(1)
"""

# Starts one more, says which, and both stay.
LEADER = """
import subprocess, sys, time
stays = [sys.executable, "-c", "import time; time.sleep(600)"]
print(subprocess.Popen(stays, stdout=subprocess.DEVNULL).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def visitor(server: socket.socket) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", VISITOR, str(server.getsockname()[1])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
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


@pytest.fixture
def family() -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """A leader and its child, who outlives it."""
    words = [sys.executable, "-c", LEADER]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as leader:
        yield leader, psutil.Process(int(leader.stdout.readline()))
        leader.kill()


def test_who_outlived_its_leader_is_killed_as_well(
    family: tuple[subprocess.Popen[str], psutil.Process],
) -> None:
    leader, child = family
    leader.kill()
    leader.wait()
    kill_all_of(leader)
    eventually(lambda: not child.is_running() or child.status() == "zombie")


def test_a_number_that_is_somebody_else_s_by_now_is_left_alone(
    family: tuple[subprocess.Popen[str], psutil.Process],
) -> None:
    """As if it had been waited for before: whoever runs under it is another one."""
    leader, child = family
    another = subprocess.Popen([sys.executable, "-c", ""])
    another.wait()
    another.pid = leader.pid
    kill_all_of(another)
    assert leader.poll() is None and child.is_running()
    kill_all_of(leader)
