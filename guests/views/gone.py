"""What is read where nothing is: what happened to a link, and what to do about it.

Only who holds a link that was made here hears that it once led somewhere; whatever
else is asked for shares one page.
"""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from donations import donor_realm
from guests.realms import guest_realm

PAGES = {
    guest_realm.Retired: "guests/link_retired.html",
    guest_realm.Forgotten: "guests/link_forgotten.html",
    donor_realm.Retired: "donations/link_retired.html",
    donor_realm.Forgotten: "donations/link_forgotten.html",
}


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """The page of what is not there (handler404); 410 for what was, and is no more."""
    template = PAGES.get(type(exception))
    if template is None:
        return defaults.page_not_found(request, exception)
    return render(request, template, status=HTTPStatus.GONE)
