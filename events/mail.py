"""Write a Message as a mail: the same row gives the same bytes, whenever it is asked.

A template stem T names T.subject.txt, T.txt and T.html. They see the row's context,
its links signed, and `message`, `site_url` and `unsubscribe_url`. Three context keys
become parts of the mail: "qr" an inline picture, "calendar" an attachment, "papers" a
PDF each, printed from the description that is frozen in the row.
"""

import binascii
import hashlib
import io
from datetime import datetime
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message as MailPart
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from typing import Any

import segno
from css_inline import CSSInliner
from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.encoding import punycode

from events.models import Message
from losers_lounge.ics import calendar_bytes
from losers_lounge.links import absolute_url, make_code
from losers_lounge.paper import printed
from losers_lounge.spoken import ENGLISH

QR_CID = "pass"
QR_SCALE = 6
CRLF = "\r\n"


class Wire(Compat32):
    """CRLF; headers as they were made: folded already, and a link not at all.

    A second line of a value goes on with a blank, so it is never another header.
    """

    def fold(self, name: str, value: str) -> str:
        lines = [line.strip() for line in str(value).splitlines()]
        return f"{name}: {f'{CRLF} '.join(lines)}{CRLF}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


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
    body = _alternatives(message, context)
    attached = [_paper_part(row) for row in context.get("papers", ())]
    if calendar := context.get("calendar"):
        attached.append(_calendar_part(message, calendar))
    if attached:
        body = _multipart("mixed", message, [body, *attached])
    subject = _rendered_as_text(f"{message.template}.subject.txt", context)
    for name, value in _headers(message, subject, context["unsubscribe_url"]).items():
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


def bare_address(address: str) -> str:
    """For the envelope: without a name, the domain in ASCII (RFC 5891)."""
    local, at, domain = parseaddr(address)[1].rpartition("@")
    return f"{local}{at}{punycode(domain)}"


def _headers(message: Message, subject: str, unsubscribe_url: str) -> dict[str, str]:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "From": _named(*sender),
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


def _named(name: str, address: str) -> str:
    name, address = _one_line(name), bare_address(address)
    if name.isascii():
        return formataddr((name, address))
    named = Header(name, "utf-8", header_name="From")
    named.append(f"<{address}>", "us-ascii")
    return named.encode()


def _unstructured(name: str, value: str) -> str:
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(_one_line(value), charset, header_name=name).encode()


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _alternatives(message: Message, context: dict[str, Any]) -> MailPart:
    html = _inliner().inline(render_to_string(f"{message.template}.html", context))
    rich: MailPart = _text_part("html", html)
    if qr := context.get("qr"):
        rich = _multipart("related", message, [rich, _qr_part(qr)])
    plain = _text_part("plain", _rendered_as_text(f"{message.template}.txt", context))
    return _multipart("alternative", message, [plain, rich])


def _rendered_as_text(template: str, context: dict[str, Any]) -> str:
    """Not escaped: "Amy & Jon" is to be read, not shown by a browser."""
    inner = get_template(template).template
    return str(inner.render(Context(context, autoescape=False)))


def _text_part(subtype: str, text: str) -> MIMEBase:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    lines = "\r\n".join(text.strip().splitlines()) + "\r\n"
    part.set_payload(binascii.b2a_qp(lines.encode(), istext=True).decode("ascii"))
    return part


def _qr_part(qr: dict[str, str]) -> MIMEBase:
    picture = io.BytesIO()
    segno.make(qr["url"], micro=False).save(picture, kind="png", scale=QR_SCALE)
    part = MIMEImage(picture.getvalue(), "png")
    part["Content-ID"] = f"<{qr['cid']}>"
    part["Content-Disposition"] = 'inline; filename="pass.png"'
    return part


def _calendar_part(message: Message, calendar: dict[str, Any]) -> MIMEBase:
    method = calendar.get("method", "PUBLISH")
    times = {
        name: datetime.fromisoformat(calendar[name])
        for name in ("starts_at", "ends_at")
    }
    entry = calendar_bytes(**{**calendar, **times}, stamp=message.created_at)
    part = MIMEBase("text", "calendar", charset="utf-8", method=method)
    part.set_payload(entry)
    encode_base64(part)
    part["Content-Disposition"] = 'attachment; filename="event.ics"'
    return part


def _paper_part(row: dict[str, Any]) -> MIMEBase:
    part = MIMEBase("application", "pdf")
    part.set_payload(printed(row["sheet"]))
    encode_base64(part)
    part["Content-Disposition"] = f'attachment; filename="{row["filename"]}"'
    return part


def _multipart(subtype: str, message: Message, parts: list[MailPart]) -> MIMEMultipart:
    """The boundary follows from the Message-ID, so that a second copy is the same."""
    seed = f"{subtype} {message.message_id}".encode()
    boundary = f"=_{hashlib.sha256(seed).hexdigest()[:20]}"
    return MIMEMultipart(subtype, boundary=boundary, _subparts=parts)


def _as_bytes(part: MailPart) -> bytes:
    wire = io.BytesIO()
    BytesGenerator(wire, mangle_from_=False, policy=Wire(linesep=CRLF)).flatten(part)
    return wire.getvalue()


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
