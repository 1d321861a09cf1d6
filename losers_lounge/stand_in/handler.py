"""HTTP on the wire: read a request, write its answer, whole or broken."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from losers_lounge.stand_in.messages import Answer, Incoming, Sent

LARGEST_BODY = 1024 * 1024


class Desk(Protocol):
    """Whoever answers what the wire brings."""

    def answer(self, incoming: Incoming) -> Answer:
        """Answer one request."""


class Wire(ThreadingHTTPServer):
    """The listening socket; it can cut the connections it has open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, desk: Desk) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.desk = desk
        self._open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while a thread serves it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        """Close what clients keep open, so that stopped means stopped."""
        for request in list(self._open):
            self.shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show a fault of the stand-in; a client that went away is none."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests as Stripe keeps it."""

    protocol_version = "HTTP/1.1"
    server_version = "stand-in"
    sys_version = ""
    disable_nagle_algorithm = True
    server: Wire

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer a HEAD: a GET without its body."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._answer()

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self._send(Answer(413))
            self.close_connection = True
            return
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        url = urlsplit(self.path)
        method = "GET" if self.command == "HEAD" else self.command
        port = self.client_address[1]
        incoming = Incoming(method, url.path, url.query, self.headers, body, port)
        self._send(self.server.desk.answer(incoming))

    def _send(self, answer: Answer) -> None:
        self.close_connection |= answer.sent is not Sent.WHOLE
        if answer.sent is Sent.NOTHING:
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        half = len(answer.body) // 2
        body = answer.body[:half] if answer.sent is Sent.HALF else answer.body
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses of pages do not belong in a log."""
