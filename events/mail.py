"""Write a Message as a mail: the same row gives the same bytes, whenever it is asked.

A template stem T names T.subject.txt, T.txt and T.html. They see the row's context,
its links signed, and `message`, `site_url` and `unsubscribe_url`. Four context keys
become parts of the mail: the event's "cover" and "qr" inline pictures, "calendar" an
attachment, "papers" a PDF each, printed from the description that is frozen in the row.
"""

import binascii
import hashlib
import io
from collections.abc import Iterator
from email.encoders import encode_base64
from email.header import Header
from email.message import Message as MailPart
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation
from django.utils.encoding import punycode

from events import writing
from events.models import Message
from events.models.cover import Cover
from losers_lounge.languages import ENGLISH
from losers_lounge.lazy import lazy_module
from losers_lounge.links import absolute_url, make_code

ics = lazy_module("losers_lounge.ics")
paper = lazy_module("losers_lounge.paper")
COVER_CID = "cover"
QR_CID = "pass"
QR_SCALE = 6
CRLF = "\r\n"


class NotRendered(Exception):
    """A template or the context is at fault; the message is the cause's name."""


def render(message: Message) -> bytes:
    """The whole mail, ready for the wire (CRLF, 7 bit); NotRendered if it cannot be.

    The unsubscribe headers of bulk mail follow RFC 8058.
    """
    try:
        return _as_bytes(compose(message))
    except Exception as error:
        # Templates run anybody's code: one bad row must not stop the others.
        raise NotRendered(type(error).__name__) from error


def compose(message: Message) -> MailPart:
    """The mail as a tree of parts, headers and all, in the language it was put in.

    Whoever renders it, and whatever they speak: the same row gives the same bytes.
    """
    with translation.override(message.context.get("language", ENGLISH)):
        return _composed(message)


def _composed(message: Message) -> MailPart:
    context = template_context(message)
    texts = writing.write(message.template, context, is_of_a_wave=message.is_bulk)
    body = _alternatives(message, texts, list(_pictures(context)))
    attached = [_paper_part(row) for row in context.get("papers", ())]
    if calendar := context.get("calendar"):
        attached.append(_calendar_part(message, calendar))
    if attached:
        body = _multipart("mixed", message, [body, *attached])
    headers = _headers(message, texts.subject, context["unsubscribe_url"])
    for name, value in headers.items():
        body[name] = value
    return body


def template_context(message: Message) -> dict[str, Any]:
    """What the three templates see."""
    context = signed(message.context)
    if link := context.get("qr"):
        code = link.rstrip("/").rpartition("/")[2]
        context["qr"] = {"url": link, "cid": QR_CID, "code": code}
    return {
        **context,
        "message": message,
        "site_url": settings.SITE_URL,
        "unsubscribe_url": absolute_url("unsubscribe", message.lookup, 1),
    }


def signed(value: Any) -> Any:
    """The value with every {"link": [purpose, lookup, version]} made an address.

    {"code": [purpose, lookup]} becomes six digits: neither stands in the row.
    """
    if isinstance(value, dict):
        if value.keys() == {"link"} and isinstance(value["link"], list):
            return absolute_url(*value["link"])
        if value.keys() == {"code"} and isinstance(value["code"], list):
            return make_code(*value["code"])
        return {key: signed(inner) for key, inner in value.items()}
    return [signed(inner) for inner in value] if isinstance(value, list) else value


@lru_cache(maxsize=256)  # ours, and each recipient's as often as it is asked for
def bare_address(address: str) -> str:
    """For the envelope: without a name, the domain in ASCII (RFC 5891)."""
    local, at, domain = parseaddr(address)[1].rpartition("@")
    return f"{local}{at}{punycode(domain)}"


def _headers(message: Message, subject: str, unsubscribe_url: str) -> dict[str, str]:
    headers = {
        "From": _sender(settings.DEFAULT_FROM_EMAIL),
        "To": _named(message.recipient_name, message.recipient_email),
        "Subject": _unstructured("Subject", subject),
        "Date": format_datetime(message.created_at),
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
    }
    if message.is_bulk:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


@lru_cache(maxsize=1)
def _sender(said: str) -> str:
    return _named(*parseaddr(said))


@lru_cache(maxsize=64)
def _named(name: str, address: str) -> str:
    name, address = _one_line(name), bare_address(address)
    if name.isascii():
        return formataddr((name, address))
    named = Header(name, "utf-8", header_name="From")
    named.append(f"<{address}>", "us-ascii")
    return named.encode()


@lru_cache(maxsize=64)  # the letters of a wave have one subject
def _unstructured(name: str, value: str) -> str:
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(_one_line(value), charset, header_name=name).encode()


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _alternatives(
    message: Message, texts: writing.Texts, pictures: list[MailPart]
) -> MailPart:
    rich: MailPart = _text_part("html", texts.html)
    if pictures:
        rich = _multipart("related", message, [rich, *pictures])
    return _multipart("alternative", message, [_text_part("plain", texts.plain), rich])


def _text_part(subtype: str, text: str) -> MIMEBase:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    lines = "\r\n".join(text.strip().splitlines()) + "\r\n"
    part.set_payload(binascii.b2a_qp(lines.encode(), istext=True).decode("ascii"))
    return part


def _pictures(context: dict[str, Any]) -> Iterator[MailPart]:
    """Those that its page shows; they travel inside, so that nothing is fetched."""
    if cover := context.get("event", {}).get("cover"):
        yield _cover_part(Cover(cover))
    if qr := context.get("qr"):
        picture = io.BytesIO()
        segno.make(qr["url"], micro=False).save(picture, kind="png", scale=QR_SCALE)
        yield _picture(QR_CID, picture.getvalue())


@cache  # one part for each of a few drawings, and nobody writes on it
def _cover_part(cover: Cover) -> MailPart:
    drawing = Path(finders.find(f"img/letter/{cover}.png"))
    return _picture(COVER_CID, drawing.read_bytes())


def _picture(cid: str, png: bytes) -> MailPart:
    part = MIMEImage(png, "png")
    part["Content-ID"] = f"<{cid}>"
    part["Content-Disposition"] = f'inline; filename="{cid}.png"'
    return part


def _calendar_part(message: Message, calendar: dict[str, Any]) -> MIMEBase:
    method = calendar.get("method", "PUBLISH")
    part = MIMEBase("text", "calendar", charset="utf-8", method=method)
    part.set_payload(ics.from_values(calendar, stamp=message.created_at))
    encode_base64(part)
    part["Content-Disposition"] = 'attachment; filename="event.ics"'
    return part


def _paper_part(row: dict[str, Any]) -> MIMEBase:
    part = MIMEBase("application", "pdf")
    part.set_payload(paper.printed(row["sheet"]))
    encode_base64(part)
    part["Content-Disposition"] = f'attachment; filename="{row["filename"]}"'
    return part


def _multipart(subtype: str, message: Message, parts: list[MailPart]) -> MIMEMultipart:
    """The boundary follows from the Message-ID, so that a second copy is the same."""
    seed = f"{subtype} {message.message_id}".encode()
    boundary = f"=_{hashlib.sha256(seed).hexdigest()[:20]}"
    return MIMEMultipart(subtype, boundary=boundary, _subparts=parts)


def _as_bytes(part: MailPart) -> bytes:
    return CRLF.join(_lines(part)).encode("ascii")


def _lines(part: MailPart) -> Iterator[str]:
    """Each header, each body and what stands between parts, without its last CRLF.

    Headers go as they were made: folded already, and a link not at all.

    A second line of a value goes on with a blank, so it is never another header.
    """
    for name, value in part.items():
        lines = [line.strip() for line in str(value).splitlines()]
        yield f"{name}: {f'{CRLF} '.join(lines)}"
    yield ""
    if not part.is_multipart():
        yield part.get_payload().replace(CRLF, "\n").replace("\n", CRLF)
        return
    boundary = part.get_boundary()
    for inner in part.get_payload():
        yield f"--{boundary}"
        yield from _lines(inner)
    yield from (f"--{boundary}--", "")
