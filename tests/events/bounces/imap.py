"""A small IMAP server over TLS: what a reader of one mailbox asks, and no more."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CERTIFICATE = Path(__file__).parent.parent / "relay_test_certificate.pem"
PASSWORD = "pa ss/word"


class Inbox(socketserver.ThreadingTCPServer):
    """`mails` by their number; `seen` are the numbers that were marked."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, mails: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mails = dict(enumerate(mails, start=1))
        self.seen: set[int] = set()
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(CERTIFICATE)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def get_request(self) -> tuple[ssl.SSLSocket, object]:
        plain, client = super().get_request()
        return self.tls.wrap_socket(
            plain, server_side=True, do_handshake_on_connect=False
        ), client

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up at the certificate is what a test wants."""


class Session(socketserver.StreamRequestHandler):
    server: Inbox

    def say(self, *lines: str) -> None:
        for line in lines:
            self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1] ready")
        for line in self.rfile:
            tag, _space, command = line.decode().strip().partition(" ")
            self.say(f"{tag} {self.answer(command)}")
            if command == "LOGOUT":
                return

    def answer(self, command: str) -> str:
        server = self.server
        match command.split():
            case ["CAPABILITY"]:
                self.say("* CAPABILITY IMAP4rev1")
            case ["LOGIN", *_words] if f'"{PASSWORD}"' not in command:
                return "NO [AUTHENTICATIONFAILED] wrong"
            case ["SELECT", folder] if folder != '"INBOX"':
                return "NO no such folder"
            case ["UID", "SEARCH", "UNSEEN"]:
                unseen = sorted(server.mails.keys() - server.seen)
                self.say("* SEARCH " + " ".join(map(str, unseen)))
            case ["UID", "FETCH", number, *_words]:
                self.fetch(int(number))
            case ["UID", "STORE", number, *_words]:
                server.seen.add(int(number))
        return "OK done"

    def fetch(self, number: int) -> None:
        mail = self.server.mails[number]
        self.say(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(mail)}}}")
        self.wfile.write(mail)
        self.say(")")


@contextmanager
def inbox(mails: list[bytes]) -> Iterator[Inbox]:
    with Inbox(mails) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
