"""The product's addresses, and beside them a view that does next to nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe

from events.models import Event


@login_not_required
@require_safe
def one_select(request: HttpRequest) -> HttpResponse:
    """What every scan is measured by."""
    return HttpResponse(str(Event.objects.filter(pk=1).exists()))


urlpatterns = [
    path("one-select/", one_select),
    path("", include("losers_lounge.urls")),
]
