"""A donor's cookie: a realm of its own, beside the guests' and never request.user.

It says which donations' pages this browser has opened by their links, and for which
version of each: another version of the link shuts every browser that came in by it.
"""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from donations.models import Donation
from losers_lounge import links

PURPOSE = "donor"
SALT = "donations.donor_realm"
MOST_DONATIONS = 20


class Retired(Http404):
    """It led to a donation once: another link was made in its place."""


class Forgotten(Http404):
    """It led to a donation once: who gave it is forgotten."""


def link_of(donation: Donation) -> dict[str, list[str | int]]:
    """For a mail's context: signed when the mail is rendered, and in no row."""
    return {"link": [PURPOSE, donation.public_id, donation.link_version]}


def find(token: str) -> Donation | None:
    """The donation whose present link this is."""
    lookup, mac = links.split_token(token)
    donation = Donation.objects.filter(public_id=lookup).first()
    if donation is None:
        return None
    is_genuine = links.is_genuine(PURPOSE, lookup, donation.link_version, mac)
    return donation if is_genuine else None


def remember(request: HttpRequest, response: HttpResponse, donation: Donation) -> None:
    """Let this browser into one more donation's page."""
    opened = _opened(request)
    opened.pop(donation.public_id, None)
    opened[donation.public_id] = donation.link_version
    latest = dict(list(opened.items())[-MOST_DONATIONS:])
    response.set_cookie(
        settings.DONOR_COOKIE_NAME,
        signing.dumps(latest, salt=SALT),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def open_donation(request: HttpRequest, public_id: str) -> Donation:
    """The donation, if this browser came in by its present link.

    Raises Http404 for a missing and another's one alike; Retired or Forgotten for what
    this browser could open once.
    """
    version = _opened(request).get(public_id)
    if version is None:
        raise Http404
    rows = Donation.objects.select_related("event__charity")
    donation = get_object_or_404(rows, public_id=public_id)
    if donation.link_version != version:
        raise _once_open(donation)
    return donation


def no_way_in(token: str) -> Http404:
    """What a link that does not open is: retired, forgotten, or none of ours."""
    lookup, mac = links.split_token(token)
    donation = Donation.objects.filter(public_id=lookup).first()
    if donation is None or not links.was_genuine(PURPOSE, lookup, mac):
        return Http404()
    return _once_open(donation)


def _once_open(donation: Donation) -> Http404:
    return Forgotten() if donation.donor_erased_at else Retired()


def _opened(request: HttpRequest) -> dict[str, int]:
    cookie = request.COOKIES.get(settings.DONOR_COOKIE_NAME, "")
    try:
        opened = signing.loads(cookie, salt=SALT)
    except signing.BadSignature:
        return {}
    return opened if isinstance(opened, dict) else {}
