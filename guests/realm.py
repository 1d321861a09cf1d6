"""A guest's cookie: a realm of its own, never request.user.

It says which invitations this browser has opened by their links, and for which
version of each; retiring a link shuts every browser that came in by it.
"""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from guests.models import Invitation

SALT = "guests.realm"
MOST_INVITATIONS = 20


def remember(
    request: HttpRequest, response: HttpResponse, invitation: Invitation
) -> None:
    """Let this browser into one more invitation."""
    opened = _read(request)
    opened.pop(invitation.public_id, None)
    opened[invitation.public_id] = invitation.link_version
    newest = dict(list(opened.items())[-MOST_INVITATIONS:])
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        signing.dumps(newest, salt=SALT),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def open_invitation(request: HttpRequest, public_id: str) -> Invitation:
    """The invitation, if this browser came in by its present link.

    Raises Http404 for a missing, a retired and another's one alike.
    """
    version = _read(request).get(public_id)
    if version is None:
        raise Http404
    rows = Invitation.objects.select_related("event__charity")
    return get_object_or_404(rows, public_id=public_id, link_version=version)


def _read(request: HttpRequest) -> dict[str, int]:
    cookie = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
    try:
        opened = signing.loads(cookie, salt=SALT)
    except signing.BadSignature:
        return {}
    return opened if isinstance(opened, dict) else {}
