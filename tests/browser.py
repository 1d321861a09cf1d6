"""Chromium, found and watched: what a page complains about fails its test."""

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

from tests.network import is_loopback

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 900}
# What the same page says again, with the reason at the field: no fault of its own.
FORM_ANSWERS = (409, 410, 422)
# What Chromium says of each request that a dead network took.
NO_NETWORK = re.compile(r"ERR_INTERNET_DISCONNECTED")
# A page that is left while it asks; of what truly failed Chromium has a line as well.
LEFT_WHILE_ASKING = re.compile(r"htmx:(?:sendError|sendAbort|afterRequest)\b")
STATUS = re.compile(r"Failed to load resource: .* status of (\d{3})")


def find_chromium() -> str | None:
    """$CHROMIUM, a name on the PATH, or an app of macOS."""
    if named := os.environ.get("CHROMIUM"):
        return named
    on_path = (shutil.which(name) for name in NAMES)
    apps = (app for app in MACOS_APPS if Path(app).exists())
    return next((path for path in (*on_path, *apps) if path), None)


@dataclass
class Watch:
    """Everything a context's pages did that a visitor should never see.

    Chromium reports a page's own status as an error: `forgives` names those that
    are an answer, as a form's 422 is.
    """

    forgives: tuple[int, ...] = FORM_ANSWERS
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        # A violation of the content security policy is a console error too.
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self.on_request)
        return context

    def on_console(self, message: ConsoleMessage) -> None:
        if LEFT_WHILE_ASKING.match(message.text):
            return
        status = STATUS.search(message.text)
        if status and int(status[1]) in self.forgives:
            return
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.complaints.append(f"console {message.type}: {message.text} ({where})")

    def on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob", "about") and not is_loopback(
            url.hostname
        ):
            self.complaints.append(f"request left the machine: {request.url}")


@dataclass
class OfflineWatch(Watch):
    """Forgives what can be no other way while there is no network."""

    def on_console(self, message: ConsoleMessage) -> None:
        if not NO_NETWORK.search(message.text):
            super().on_console(message)
