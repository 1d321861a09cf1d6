"""The evening for a calendar, by a link in the mail that opens nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guests import letters
from guests.models import Invitation
from guests.realms import guest_realm
from guests.views.wrong_links import wrong_link
from losers_lounge import links
from losers_lounge.lazy import lazy_module

ics = lazy_module("losers_lounge.ics")


@login_not_required
@never_cache
@require_safe
def calendar_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same entry that the mail carries, for a program that keeps no attachments.

    It works on a phone that never saw the invitation, and gives no way into it.
    """
    lookup, mac = links.split_token(token)
    rows = Invitation.objects.select_related("event", "contact")
    row = rows.filter(public_id=lookup).first()
    if row is None or not links.is_genuine("calendar", lookup, row.link_version, mac):
        return wrong_link(request)
    row = guest_realm.kept(row)
    name = f'attachment; filename="{row.event.slug}.ics"'
    return HttpResponse(
        ics.from_values(letters.calendar(row.event, row), stamp=row.created_at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": name, "Referrer-Policy": "no-referrer"},
    )
