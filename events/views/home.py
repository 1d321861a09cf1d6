"""The front door."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

# Whoever has kept a copy asks again by then; RFC 9116 recommends less than a year.
STALE_AFTER = timedelta(days=90)


@login_not_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed in: your events. Anybody else: a door that tells about no event."""
    if request.user.is_authenticated:
        return redirect("events:event_list")
    return render(request, "events/home.html")


@login_not_required
@never_cache
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language in this browser, and go back to the same page."""
    return set_language(request)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for a search engine: people come by their own links."""
    words = "User-agent: *\nDisallow: /\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116); 404 where the settings name nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    at = (timezone.now() + STALE_AFTER).replace(microsecond=0)
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": at.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": f"{settings.SITE_URL}{request.path}",
    }
    words = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(words, content_type="text/plain; charset=utf-8")
