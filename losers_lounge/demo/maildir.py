"""The demo's post office: a relay that keeps every mail as a numbered file."""

import email
import email.policy
import re
import threading
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

NAME = re.compile(r"(\d{6})\.eml")


class KeepMail:
    """An SMTP handler that takes everything, as a relay on a good day does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        with self.lock:
            number = max(numbers(self.folder), default=0) + 1
            draft = self.folder / f"{number:06d}.part"
            draft.write_bytes(envelope.original_content)
            draft.rename(self.folder / f"{number:06d}.eml")
        return f"250 Kept as {number}"


def numbers(folder: Path) -> list[int]:
    """Numbers of the mails that are there, in order of arrival."""
    matches = (NAME.fullmatch(path.name) for path in folder.glob("*.eml"))
    return sorted(int(match[1]) for match in matches if match)


def read(folder: Path, number: int) -> EmailMessage:
    """One mail, parsed; FileNotFoundError when there is none of this number."""
    data = (folder / f"{number:06d}.eml").read_bytes()
    return email.message_from_bytes(data, policy=email.policy.default)
