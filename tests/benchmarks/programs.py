"""The processes that are measured: two web servers, and two that do jobs."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from tests.benchmarks.meter import cpu_seconds, tree
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 15
WORKER = ["--workers", "1", "--worker-class", "sync"]


class Failed(Exception):
    """A process did not do its part; the text is what it said."""


@dataclass
class Program:
    """One started program with all its children; `log` is what it wrote."""

    popen: subprocess.Popen[str]
    log: Path

    @classmethod
    def start(
        cls, folder: Path, name: str, environment: dict[str, str], *words: str
    ) -> Self:
        log = folder / f"{name}.log"
        with open(log, "ab") as stream:
            popen = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                start_new_session=True,
            )
        return cls(popen, log)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.popen.terminate()
        try:
            self.popen.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.communicate()

    def pids(self) -> set[int]:
        return tree([self.popen.pid])

    def cpu_seconds(self) -> float:
        """What all its processes have spent since it was started."""
        return sum(cpu_seconds(pid) for pid in self.pids())

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]


class Web(Program):
    """gunicorn with one sync worker on a port of its own."""

    port: int

    @classmethod
    def serve(
        cls, folder: Path, name: str, wsgi: str, environment: dict[str, str], port: int
    ) -> Self:
        control = ["--control-socket", str(folder / f"{name}.ctl")]
        where = ["--bind", f"127.0.0.1:{port}", *control]
        words = ["-m", "gunicorn", wsgi, *WORKER, *where]
        web = cls.start(folder, name, environment, *words)
        web.port = port
        web.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        return web

    @classmethod
    def another(cls, folder: Path, name: str) -> Self:
        """One more of the product's, on a port of its own."""
        return cls.serve(folder, name, "losers_lounge.wsgi", {}, free_port())

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask("GET", "/")
                return
            except OSError:
                self.connection.close()
                if time.monotonic() > deadline or self.popen.poll() is not None:
                    raise Failed(self.last_words()) from None
                time.sleep(0.1)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[HTTPResponse, bytes]:
        """One request; the connection is kept for as long as the server keeps it."""
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        return response, response.read()

    def expect(self, status: int, method: str, path: str, **request: object) -> bytes:
        response, content = self.ask(method, path, **request)
        if response.status != status:
            said = f"{method} {path}: {response.status}\n{content[:2000].decode()}"
            raise Failed(f"{said}\n{self.last_words()}")
        return content

    def get(self, path: str, cookies: dict[str, str]) -> bytes:
        return self.expect(200, "GET", path, headers={"Cookie": written(cookies)})

    def post(
        self,
        path: str,
        cookies: dict[str, str],
        csrf_cookie: str,
        fields: dict[str, str],
    ) -> None:
        """A form that is answered with a redirect, as a browser would send it."""
        secret = "k" * 32
        form = {"csrfmiddlewaretoken": secret} | fields
        self.expect(
            302,
            "POST",
            path,
            body=urlencode(form).encode(),
            headers={
                "Cookie": written(cookies | {csrf_cookie: secret}),
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )


class Worker(Program):
    """A process that does one job after another, each when it is told to."""

    @classmethod
    def hire(
        cls, folder: Path, name: str, module: str, environment: dict[str, str]
    ) -> Self:
        words = ["-m", "tests.benchmarks.worker", module]
        return cls.start(folder, name, environment, *words)

    def do(self, job: str, *words: str) -> str:
        """Have one job done; its answer."""
        print(job, *words, file=self.popen.stdin, flush=True)
        answer = self.popen.stdout.readline()
        if not answer.startswith("done"):
            raise Failed(f"{job} {words}: {answer}\n{self.last_words()}")
        return answer.removeprefix("done").strip()


def written(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


__all__ = ["Failed", "Program", "Web", "Worker", "free_port"]
