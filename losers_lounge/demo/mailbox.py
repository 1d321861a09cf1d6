"""Everybody's mailbox on one page, each mail as its reader would see it."""

import base64
import re
from email.message import EmailMessage
from html import unescape
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from losers_lounge.demo import maildir

MOST_SHOWN = 200
# How a mail is looked at: as by day, as by night, or where no HTML is shown at all.
LOOKS = {"light": _("By day"), "dark": _("By night"), "plain": _("Plain text")}
PREHEADER = re.compile(r'<div class="preheader"[^>]*>([^<]*)')
DARK_RULES = "@media (prefers-color-scheme: dark)"
DARK_MODES = {"light": "@media not all", "dark": "@media all"}
FOLDER = settings.BASE_DIR / "var" / "mail"


def folder() -> Path:
    return Path(getattr(settings, "DEMO_MAIL_FOLDER", FOLDER))


@login_not_required
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The newest mails first, narrowed to one reader by ?to=."""
    wanted = request.GET.get("to", "").strip().lower()[:254]
    mails = []
    for number in reversed(maildir.numbers(folder())):
        mail = maildir.read(folder(), number)
        if wanted in str(mail["To"]).lower():
            mails.append(
                {"number": number, "to": mail["To"], "subject": mail["Subject"]}
            )
        if len(mails) == MOST_SHOWN:
            break
    return render(request, "demo/mail_list.html", {"mails": mails, "to": wanted})


@login_not_required
@csp_update({"frame-src": [SELF]})
@require_safe
def mail_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail: headers, its HTML in a frame, its text, its attachments."""
    mail = _mail(number)
    plain = mail.get_body(("plain",))
    context = {
        "number": number,
        "looks": LOOKS,
        "look": look_of(request),
        "size": len(html_of(mail).encode()),
        "preheader": preheader_of(mail),
        "mail": {name: mail[name] for name in ("From", "To", "Subject", "Date")},
        "text": plain.get_content() if plain else "",
        "attachments": [
            {
                "name": part.get_filename() or part.get_content_type(),
                "text": part.get_content()
                if part.get_content_maintype() == "text"
                else "",
            }
            for part in mail.iter_attachments()
        ],
    }
    return render(request, "demo/mail_detail.html", context)


@login_not_required
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
    }
)
@require_safe
def mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML part alone; a mail carries its styles inside, so this page may."""
    mail = _mail(number)
    html = html_of(mail)
    if not html:
        raise Http404
    mode = DARK_MODES.get(look_of(request), DARK_RULES)
    html = html.replace(DARK_RULES, mode)
    html = html.replace("<head>", '<head><base target="_top">', 1)
    for part in mail.walk():
        name = (part["Content-ID"] or "").strip("<>")
        if name:
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            source = f"data:{part.get_content_type()};base64,{data}"
            html = html.replace(f"cid:{name}", source)
    return HttpResponse(html)


def look_of(request: HttpRequest) -> str:
    """Which of the looks the page was asked for; by day, if none of them."""
    asked = request.GET.get("look", "")
    return asked if asked in LOOKS else "light"


def html_of(mail: EmailMessage) -> str:
    """The mail's page; "" for one of plain text alone."""
    rich = mail.get_body(("html",))
    return rich.get_content() if rich else ""


def preheader_of(mail: EmailMessage) -> str:
    """What a mail program shows beside the subject, before anybody opens it."""
    found = PREHEADER.search(html_of(mail))
    return unescape(found[1]).strip("\u200c\xa0 \n") if found else ""


def _mail(number: int) -> EmailMessage:
    try:
        return maildir.read(folder(), number)
    except FileNotFoundError:
        raise Http404 from None
