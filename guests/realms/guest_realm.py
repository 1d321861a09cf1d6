"""A guest's cookie: a realm of its own, never request.user.

It says which invitations and which assistant's pages this browser has opened by
their links, for whom it may pay, and for which version of each; retiring a link shuts
every browser that came in by it. The three kinds never open one another.

A second cookie lasts: a random name of the browser, which opens nothing.
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from guests.models import Contact, Guest, Invitation
from losers_lounge import links
from losers_lounge.compiled import compiled


class Retired(Http404):
    """It led somewhere once: another link was made in its place."""


class Forgotten(Http404):
    """It led somewhere once: whom it was for is forgotten."""


SALT = "guests.realm"
BROWSER_SALT = "guests.realm.browser"
BROWSER_SECONDS = 180 * 24 * 3600
MOST_INVITATIONS = 20
KINDS = ("invitations", "contacts", "payers")
LONGEST_CHAIN = 10


def remember(
    request: HttpRequest, response: HttpResponse, row: Invitation | Contact
) -> None:
    """Let this browser into one more invitation, or one more assistant's page."""
    kind = "contacts" if isinstance(row, Contact) else "invitations"
    _open(request, response, kind, row.public_id, row.link_version)
    if not browser(request):
        name = links.make_lookup()
        cookie = settings.BROWSER_COOKIE_NAME
        _set(response, cookie, name, BROWSER_SALT, max_age=BROWSER_SECONDS)


def remember_payer(request: HttpRequest, response: HttpResponse, guest: Guest) -> None:
    """Let this browser pay for one guest, and nothing else."""
    version = guest.invitation.link_version
    _open(request, response, "payers", guest.public_id, version)


def browser(request: HttpRequest) -> str:
    """The random name this browser was given here; empty for one without."""
    name = _signed(request, settings.BROWSER_COOKIE_NAME, BROWSER_SALT)
    return name if isinstance(name, str) else ""


def open_invitation(request: HttpRequest, public_id: str) -> Invitation:
    """The invitation, if this browser came in by its present link.

    One that was merged away opens the one that was kept. Raises Http404 for a
    missing and another's one alike; Retired or Forgotten for what this browser
    could open once.
    """
    opened = _read(request)["invitations"]
    rows = _invitations()
    version = opened.get(public_id)
    if version is not None:
        found = _opened(public_id, version)
        if not found:
            raise _once_open(Invitation, public_id)
        row = found[0]
        return rows.get(pk=kept(row).pk) if row.continues_as_id else row
    for row in rows.filter(public_id__in=opened, continues_as__isnull=False):
        last = kept(row)
        if last.public_id == public_id and row.link_version == opened[row.public_id]:
            return rows.get(pk=last.pk)
    raise Http404


def _invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("event__charity", "contact")


@compiled
def _opened(public_id: str, version: int) -> QuerySet[Invitation]:
    return _invitations().filter(public_id=public_id, link_version=version)


def open_contact(request: HttpRequest, public_id: str) -> Contact:
    """The assistant, if this browser came in by their present link; else as above."""
    version = _read(request)["contacts"].get(public_id)
    if version is None:
        raise Http404
    rows = Contact.objects.filter(is_assistant=True).select_related("event__charity")
    found = rows.filter(public_id=public_id, link_version=version).first()
    if found is None:
        raise _once_open(Contact, public_id)
    return found


def open_payer(request: HttpRequest, public_id: str) -> Guest:
    """The guest this browser may pay for by their present code; else Http404."""
    version = _read(request)["payers"].get(public_id)
    if version is None:
        raise Http404
    rows = Guest.objects.select_related("event__charity", "invitation__contact")
    return get_object_or_404(
        rows, public_id=public_id, invitation__link_version=version
    )


def no_way_in(purpose: str, token: str, model: type[Model]) -> Http404:
    """What a link that does not open is: retired, forgotten, or none of ours."""
    lookup, mac = links.split_token(token)
    if not links.was_genuine(purpose, lookup, mac):
        return Http404()
    return _once_open(model, lookup)


def _once_open(model: type[Model], lookup: str) -> Http404:
    rows = model._default_manager.filter(public_id=lookup)
    return Retired() if rows.exists() else Forgotten()


def kept(row: Invitation) -> Invitation:
    """The invitation this one continues as: itself, unless it was merged away."""
    seen = {row.pk}
    while row.continues_as_id and len(seen) < LONGEST_CHAIN:
        if row.continues_as_id in seen:
            break
        row = row.continues_as
        seen.add(row.pk)
    return row


def _open(
    request: HttpRequest, response: HttpResponse, kind: str, lookup: str, version: int
) -> None:
    opened = _read(request)
    opened[kind].pop(lookup, None)
    opened[kind][lookup] = version
    opened[kind] = dict(list(opened[kind].items())[-MOST_INVITATIONS:])
    _set(response, settings.GUEST_COOKIE_NAME, opened, SALT)


def _read(request: HttpRequest) -> dict[str, dict[str, int]]:
    opened = _signed(request, settings.GUEST_COOKIE_NAME, SALT)
    parts = opened if isinstance(opened, dict) else {}
    return {kind: parts.get(kind, {}) for kind in KINDS}


def _signed(request: HttpRequest, name: str, salt: str) -> Any:
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=salt)
    except signing.BadSignature:
        return None


def _set(
    response: HttpResponse,
    name: str,
    value: Any,
    salt: str,
    max_age: int | None = None,
) -> None:
    response.set_cookie(
        name,
        signing.dumps(value, salt=salt),
        max_age=max_age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
