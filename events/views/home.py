"""The front door."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language


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
