"""A real SMTP relay on the loopback, which remembers and can be told to misbehave.

    with relay() as it:
        it.at["rcpt"] = say("450 4.2.0 later")
        ...
        assert it.copies(message.message_id) == 1

An act stands at a phase: ehlo, mail, rcpt, data (before the 354), body (when its
first line is there), dot (all is there, nothing taken), taken (before the 250).
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

# Returns a reply to give instead, the wish to hang up, seconds to wait, or nothing.
Act = Callable[["Visit"], "str | float | None"]
HANG_UP = "hang up"
SERVICE_CLOSING = "421"


def say(reply: str) -> Act:
    return lambda visit: reply


def hang_up(visit: "Visit") -> str:
    return HANG_UP


def wait(seconds: float) -> Act:
    return lambda visit: seconds


def once(act: Act) -> Act:
    """The act at the first visit, and peace afterwards."""
    acts = iter([act])
    return lambda visit: next(acts, lambda visit: None)(visit)


class Relay:
    """What was taken, in order, and how to behave at each phase."""

    def __init__(self) -> None:
        self.port = 0
        self.at: dict[str, Act] = {}
        self.taken: list[bytes] = []
        self.by_id: dict[str, list[bytes]] = defaultdict(list)
        self.visits = 0

    def copies(self, message_id: str) -> int:
        return len(self.by_id[message_id])

    def forget(self) -> None:
        self.at.clear()
        self.taken.clear()
        self.by_id.clear()
        self.visits = 0

    async def handle_DATA(
        self, visit: "Visit", session: Session, envelope: Envelope
    ) -> str:
        if reply := await visit.acted("dot"):
            return reply
        content = bytes(envelope.original_content or b"")
        self.taken.append(content)
        self.by_id[message_from_bytes(content)["Message-ID"]].append(content)
        return await visit.acted("taken") or "250 2.0.0 taken"


class Visit(SMTP):
    """One connection, whose phases consult the relay's acts."""

    def __init__(self, relay: Relay, **options: Any) -> None:
        super().__init__(relay, hostname="relay.test", **options)
        self.relay = relay
        relay.visits += 1

    @property
    def ends(self) -> tuple[int, int]:
        """The visitor's port and the relay's."""
        return int(self.session.peer[1]), self.relay.port

    async def acted(self, phase: str) -> str | None:
        """The reply that an act wants given, after it waited or hung up."""
        answer = self.relay.at.get(phase, say(""))(self)
        if isinstance(answer, int | float):
            await asyncio.sleep(answer)
            return None
        if answer == HANG_UP:
            self.transport.abort()
            await asyncio.sleep(1)
        return answer or None

    async def phase(self, name: str, go_on: Any, arg: str) -> None:
        reply = await self.acted(name)
        if reply is None:
            await go_on(arg)
            return
        await self.push(reply)
        if reply.startswith(SERVICE_CLOSING):
            self.transport.close()

    async def smtp_EHLO(self, arg: str) -> None:
        await self.phase("ehlo", super().smtp_EHLO, arg)

    async def smtp_MAIL(self, arg: str) -> None:
        await self.phase("mail", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str) -> None:
        await self.phase("rcpt", super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: str) -> None:
        if "body" in self.relay.at:
            self._reader.readuntil = self.first_line_seen(self._reader.readuntil)
        await self.phase("data", super().smtp_DATA, arg)

    def first_line_seen(self, read: Any) -> Any:
        async def reading(*separator: bytes) -> bytes:
            line = await read(*separator)
            self._reader.readuntil = read
            await self.acted("body")
            return line

        return reading


@contextmanager
def relay(**options: Any) -> Iterator[Relay]:
    """A relay on a free port; options are those of aiosmtpd's SMTP (tls_context)."""
    it = Relay()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    # From the thread: a browser test has a running loop of its own in this one.
    serving = loop.create_server(lambda: Visit(it, loop=loop, **options), "127.0.0.1")
    server = asyncio.run_coroutine_threadsafe(serving, loop).result(5)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        asyncio.run_coroutine_threadsafe(close(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
