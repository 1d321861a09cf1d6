"""The trophy desk's board, a statue's page, and tags on paper."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.access import open_event
from events.models import Member
from guests import trophies
from guests.forms.trophies import SafeForm
from guests.trophies import tags
from guests.views.door.access import TROPHIES, DoorAccess, for_phones, open_door
from guests.views.trophy_page import sees_names, statue_page, trophy_of


@for_phones
@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Every statue: here, expected, excused, in the safe, gone home."""
    access = open_door(request, slug, TROPHIES)
    return _board(request, access)


@for_phones
@never_cache
@require_safe
def trophy_detail(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """One statue: whose it is, how it came, and the way out."""
    access = open_door(request, slug)
    return statue_page(request, access, trophy_of(access.event, trophy_id))


@for_phones
@never_cache
@require_safe
def trophy_tag(request: HttpRequest, slug: str, tag: str) -> HttpResponse:
    """What the code on a tag says: its statue, or that the tag is free to use."""
    access = open_door(request, slug, TROPHIES)
    number = tags.plain_tag(tag)
    held = access.event.trophies.filter(tag=number, released_at=None).first()
    if held is not None:
        return redirect("guests:trophy", slug, held.pk)
    return _board(request, access, free_tag=number[:20])


@require_safe
def trophy_tags(request: HttpRequest, slug: str) -> HttpResponse:
    """Sixty tags to print, each with a stub for its owner."""
    access = open_event(request.user, slug, Member.Role.DOOR.value)
    first = _number(request.GET.get("first", ""))
    sheet = tags.sheet(access.event, first)
    after = first + tags.ON_A_SHEET
    context = {
        **access.context,
        "sheet": sheet,
        "before": max(1, first - tags.ON_A_SHEET) if first > 1 else None,
        "after": after if after <= tags.LAST else None,
    }
    return render(request, "guests/trophy_tags.html", context)


@for_phones
@require_POST
def trophies_safe(request: HttpRequest, slug: str) -> HttpResponse:
    """Lock up what stays overnight; each owner gets a receipt."""
    access = open_door(request, slug, TROPHIES)
    ids = list(access.event.trophies.values_list("pk", flat=True))
    form = SafeForm(request.POST, ids=ids)
    if not form.is_valid():
        return _board(request, access, 422, safe_form=form)
    put = trophies.to_safe(
        access.event,
        form.cleaned_data["trophy"],
        second=form.cleaned_data["second"],
        by=access.actor,
        at=timezone.now(),
    )
    text = ngettext(
        "%(n)d trophy is in the safe, and its owner has a receipt.",
        "%(n)d trophies are in the safe, and their owners have receipts.",
        len(put),
    )
    messages.success(request, text % {"n": len(put)})
    if len(put) < len(form.cleaned_data["trophy"]):
        text = _(
            "What went home, is being fetched or was in the safe stayed as it was."
        )
        messages.warning(request, text)
    return redirect("guests:trophies", slug)


def _number(text: str) -> int:
    """The first tag asked for; nonsense in an address asks for the first of all."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(tags.LAST))
    return min(max(1, int(text)), tags.LAST) if is_number else 1


def _board(
    request: HttpRequest, access: DoorAccess, status: int = 200, **others: Any
) -> HttpResponse:
    shown = trophies.board(access.event)
    context = {
        **access.context,
        "board": shown,
        "alerts": shown.alerts,
        "expected": [row for row in shown.expected if not row.is_alarming],
        "excused": [row for row in shown.excused if not row.is_alarming],
        "sees_names": sees_names(access),
        "may_print": access.actor.user is not None,
        **others,
    }
    return render(request, "guests/trophies_board.html", context, status=status)
