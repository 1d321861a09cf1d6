"""What every mail must be, whoever writes it: `assert faults(message) == []`."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings

from events import mail
from events.models import Message

# Gmail cuts a page off at 102,000; ours leave room for what a relay adds.
MOST_HTML = 60_000
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
LINK = re.compile(r"https?://[^\s\"'<>]+")
# What shows that a text was made from the page and not for a reader.
# What a program reads along, and no person.
MARKUP = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
PREHEADER = re.compile(r'<div class="preheader"[^>]*>([^<]*)</div>')
LEFTOVERS = re.compile(r"<\w+[ >]|&\w+;|{{|{%|\bNone\b")


def parsed(message: Message) -> EmailMessage:
    """The mail of this row, as its reader's program takes it apart."""
    return message_from_bytes(mail.render(message), policy=policy.default)


def faults(message: Message) -> list[str]:
    """Everything wrong with the mail of this row; empty when it may go out."""
    sent = parsed(message)
    text = sent.get_body(["plain"]).get_content()
    whole = sent.get_body(["html"]).get_content()
    html = MARKUP.sub("", whole)
    return [
        *header_faults(message, sent),
        *wire_faults(mail.render(message)),
        *link_faults(text + html),
        *body_faults(text, html),
        *markup_faults(MARKUP.findall(whole)),
        *list_faults(sent["Subject"], html),
        *reading_faults(html),
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


def markup_faults(found: list[str]) -> Iterator[str]:
    """What stands there for programs (schema.org) is JSON, and cannot end early."""
    for words in found:
        if "<" in words or json.loads(words)["@context"] != "https://schema.org":
            yield f"the markup says {words!r}"


def list_faults(subject: str, html: str) -> Iterator[str]:
    """What a mail program shows of it before anybody opens it."""
    shown = "".join(PREHEADER.findall(html)).replace("\u200c\xa0", "")
    line = " ".join(unescape(shown).split())
    if not line or line == subject:
        yield f"beside the subject stands {line!r}"


def reading_faults(html: str) -> Iterator[str]:
    """By night, without pictures, and where nothing is fetched."""
    if "(prefers-color-scheme: dark)" not in html:
        yield "no colours for the night"
    for picture in re.findall(r"<img[^>]*>", html):
        if 'src="cid:' not in picture or "alt=" not in picture:
            yield f"a picture from elsewhere, or without words: {picture}"
    if re.search(r"url\(|@import|<svg|<video", html):
        yield "the page asks for a file"
    for link in re.findall(r'href="([^"]*)"', html):
        if not link.startswith(("http://", "https://", "mailto:")):
            yield f"leads nowhere from a mail: {link!r}"


def body_faults(text: str, html: str) -> Iterator[str]:
    if "\n\n\n" in text.replace("\r\n", "\n"):
        yield "a hole in the text"
    if found := LEFTOVERS.search(text):
        yield f"the text shows {found[0]!r}"
    if set(LINK.findall(html.replace("&amp;", "&"))) - set(LINK.findall(text)):
        yield "a link of the page is not in the text"
    if len(html) > MOST_HTML:
        yield f"the page has {len(html)} letters"
    if "<html lang=" not in html:
        yield "the page does not say its language"
    if re.search(r"<(script|link|iframe|form)\b", html):
        yield "the page wants more than a mail can"
