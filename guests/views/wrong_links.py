"""A link that opens nothing, with a count of those who try many."""

from django.http import Http404, HttpRequest, HttpResponse

from losers_lounge.throttle import Throttle, network

WRONG_LINKS = Throttle("links", most=30, seconds=300, most_of_all=3000)


def wrong_link(request: HttpRequest, reason: Http404 | None = None) -> HttpResponse:
    """The page of what is not there; after many, a word to go slowly."""
    if not WRONG_LINKS.admit(network(request)):
        return WRONG_LINKS.refusal(request)
    raise reason or Http404
