"""Read a delivery report (RFC 3464) or a complaint (RFC 5965). Anything may come in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Part
from email.utils import parseaddr
from enum import StrEnum

LARGEST_REPORT = 256 * 1024
MOST_PARTS = 50
MESSAGE_ID = re.compile(r"<[^<>\s]{1,198}>")
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# What the library raises for mail that no mail program would write.
MALFORMED = (
    *(AttributeError, LookupError, RecursionError),
    *(TypeError, UnicodeError, ValueError),
)


class Kind(StrEnum):
    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class Report:
    """What somebody says of one mail; `sent_to` is the To of the mail they returned.

    `is_trusted`: its sender proved who they are, as a provider's webhook does.
    """

    kind: Kind
    message_id: str = ""
    recipient: str = ""
    sent_to: str = ""
    code: str = ""
    words: str = ""
    is_trusted: bool = False


def parse(mail: bytes) -> Report | None:
    """What this mail reports; None if it is no report, or one nobody can read.

    Of a report about many recipients the first one counts: our mail has one.
    """
    try:
        return _parse(message_from_bytes(mail[:LARGEST_REPORT]))
    except MALFORMED:
        return None


def _parse(mail: Part) -> Report | None:
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(_parts(mail))
    returned = _returned_headers(parts)
    known = {
        "message_id": _message_id(returned),
        "sent_to": _address(returned["To"]) if returned else "",
    }
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            return _delivery(_blocks(part), known)
        if part.get_content_type() == "message/feedback-report":
            return _complaint(_blocks(part), known)
    return None


def _parts(mail: Part) -> Iterator[Part]:
    """The parts of the report itself, not those of the mail it returns."""
    payload = mail.get_payload()
    if isinstance(payload, list):
        yield from payload[:MOST_PARTS]


def _delivery(blocks: list[Part], known: dict[str, str]) -> Report | None:
    for block in blocks:
        kind = _text(block, "Action").lower()
        if kind not in (Kind.FAILED, Kind.DELAYED):
            continue
        words = _typed(_text(block, "Diagnostic-Code"))
        code = STATUS.search(_text(block, "Status")) or STATUS.search(words)
        recipient = block["Original-Recipient"] or block["Final-Recipient"]
        return Report(
            Kind(kind),
            recipient=_address(_typed(str(recipient or ""))),
            code=code[0] if code else "",
            words=words,
            **known,
        )
    return None


def _complaint(blocks: list[Part], known: dict[str, str]) -> Report | None:
    for block in blocks:
        if _text(block, "Feedback-Type").lower() in ("abuse", "fraud", "virus"):
            recipient = _address(_text(block, "Original-Rcpt-To"))
            return Report(Kind.COMPLAINT, recipient=recipient, **known)
    return None


def _blocks(part: Part) -> list[Part]:
    """The groups of fields in a report's part, however the library has read them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[:MOST_PARTS]
    return [message_from_string(group) for group in str(payload).split("\n\n")]


def _returned_headers(parts: list[Part]) -> Part | None:
    for part in parts:
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            return payload[0]
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            if isinstance(payload, list):
                return payload[0] if payload else None
            raw = part.get_payload(decode=True) or b""
            return message_from_bytes(raw.lstrip())
    return None


def _message_id(returned: Part | None) -> str:
    found = MESSAGE_ID.search(_text(returned, "Message-ID")) if returned else None
    return found[0] if found else ""


def _text(part: Part, name: str) -> str:
    return " ".join(str(part[name] or "").split())


def _typed(value: str) -> str:
    """The value after its type: "rfc822; amy@mail.example"."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon else kind.strip()


def _address(value: object) -> str:
    return parseaddr(str(value or ""))[1].strip("<>").lower()
