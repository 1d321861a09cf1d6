"""What every mail must be, whoever writes it: `assert faults(message) == []`."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from django.conf import settings

from events import mail
from events.models import Message
from losers_lounge.links import absolute_url

# Gmail cuts a longer page off.
MOST_HTML = 102_000
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
LINK = re.compile(r"https?://[^\s\"'<>]+")
# What shows that a text was made from the page and not for a reader.
LEFTOVERS = re.compile(r"<\w+[ >]|&\w+;|{{|{%|\bNone\b")


def parsed(message: Message) -> EmailMessage:
    """The mail of this row, as its reader's program takes it apart."""
    return message_from_bytes(mail.render(message), policy=policy.default)


def faults(message: Message) -> list[str]:
    """Everything wrong with the mail of this row; empty when it may go out."""
    sent = parsed(message)
    text = sent.get_body(["plain"]).get_content()
    html = sent.get_body(["html"]).get_content()
    if not message.is_bulk:
        # A footer's link, which the text of mail that is not bulk may leave out.
        html = html.replace(absolute_url("unsubscribe", message.lookup, 1), "")
    return [
        *header_faults(message, sent),
        *wire_faults(mail.render(message)),
        *link_faults(text + html),
        *body_faults(text, html),
    ]


def header_faults(message: Message, sent: EmailMessage) -> Iterator[str]:
    for name in ONCE:
        if len(sent.get_all(name, [])) != 1:
            yield f"{name} stands {len(sent.get_all(name, []))} times"
    if len(sent["To"].addresses) != 1 or sent["Cc"] or sent["Bcc"]:
        yield "more than one reader"
    if not sent["Subject"].strip() or LEFTOVERS.search(sent["Subject"]):
        yield f"Subject: {sent['Subject']!r}"
    if sent["Message-ID"] != message.message_id:
        yield "another Message-ID"
    if bool(sent["List-Unsubscribe-Post"]) != message.is_bulk:
        yield "List-Unsubscribe belongs to bulk mail and to no other"


def wire_faults(raw: bytes) -> Iterator[str]:
    if not raw.isascii() or re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "not 7 bit with CRLF"
    if max(map(len, raw.split(b"\r\n"))) > 998:
        yield "a line over 998 characters (RFC 5322 2.1.1)"


def link_faults(bodies: str) -> Iterator[str]:
    home = urlsplit(settings.SITE_URL).netloc
    for link in LINK.findall(bodies):
        if urlsplit(link).netloc != home:
            yield f"leads elsewhere: {link}"


def body_faults(text: str, html: str) -> Iterator[str]:
    if found := LEFTOVERS.search(text):
        yield f"the text shows {found[0]!r}"
    if set(LINK.findall(html.replace("&amp;", "&"))) - set(LINK.findall(text)):
        yield "a link of the page is not in the text"
    if len(html) > MOST_HTML:
        yield "the page is cut off by Gmail"
    if "<html lang=" not in html:
        yield "the page does not say its language"
    if re.search(r"<(script|link|iframe|form)\b", html):
        yield "the page wants more than a mail can"
