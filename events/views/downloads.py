"""Files that leave the house, and those that come: written down, and not endlessly.

A file is taken by GET, so that a link to it can be kept. The line it leaves in the
activity log (ASVS 5.0, 16.3.3), and that of a room that stayed shut, are the only rows
of an evening that GET ever writes.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event
from losers_lounge.languages import ENGLISH
from losers_lounge.throttle import Throttle

FILES = Throttle("files", most=120, seconds=600)
UPLOADS = Throttle("uploads", most=30, seconds=600)
View = Callable[..., HttpResponse]


def slowly(view: View) -> View:
    """A file that takes work to make: each account gets so many in ten minutes."""
    return _counted(view, FILES, ("GET", "HEAD", "POST"))


def uploads_slowly(view: View) -> View:
    """A form that takes a large file; looking at it is not counted."""
    return _counted(view, UPLOADS, ("POST",))


def in_no_language(view: View) -> View:
    """A file that is sorted, compared and read in again: English, whoever takes it.

    What is streamed is English too, since the page's language ends with the request.
    """

    @wraps(view)
    def plain(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(ENGLISH):
            return view(request, *args, **kwargs)

    return plain


def _counted(view: View, throttle: Throttle, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = f"user/{request.user.pk}"
        if request.method in methods and not throttle.admit(who):
            return throttle.refusal(request)
        return view(request, *args, **kwargs)

    return counted


def download(
    request: HttpRequest,
    pieces: Iterable[str | bytes],
    event: Event,
    name: str,
    content_type: str,
) -> StreamingHttpResponse:
    """A file to keep, sent as it is made; who took it stands in the activity log."""
    if request.method != "HEAD":
        verb, at = noop("took a file"), timezone.now()
        activity.record(event, request.user, verb, name, at=at)
    disposition = f'attachment; filename="{event.slug}-{name}"'
    headers = {"Content-Disposition": disposition}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)
