"""The host's rooms: overview, guest list, one guest, invitations going out."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events import outbox
from events.access import open_event
from events.models import Event, Message
from guests import door, dues, evening, guest_list, invitations, list_page, rsvp
from guests.forms import GuestForm
from guests.models import Guest
from losers_lounge import links

HOST = "host"
UNDER_WAY = (
    Message.State.HELD,
    Message.State.QUEUED,
    Message.State.CLAIMED,
    Message.State.HANDING_OVER,
)


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The event on one page: what is done, and what to do next. For all roles."""
    access = open_event(request.user, slug)
    event = access.event
    context = {
        **access.context,
        "seats": rsvp.seats(event),
        "counts": list_page.counts(event),
        "categories": event.categories.count(),
        "waiting_to_be_sent": invitations.waiting_to_be_sent(event),
        "without_address": invitations.without_address(event),
        "inside": door.inside_count(event),
        "activities": event.activities.all()[:8] if HOST in access.roles else (),
    }
    return render(request, "guests/overview.html", context)


@require_safe
def guest_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The guest list, fifty at a time; search and filter live in the address."""
    access = open_event(request.user, slug, HOST)
    text = request.GET.get("q", "")[:200]
    answer = request.GET.get("answer", "")
    found = list_page.matching(access.event, text, answer)
    page = list_page.read(access.event, found, request.GET.get("after", ""))
    filters = {"q": text, "answer": answer}
    kept = {name: value for name, value in filters.items() if value}
    after = kept | {"after": page.next_after}
    context = {
        **access.context,
        **filters,
        "page": page,
        "counts": list_page.counts(access.event),
        "answers": Guest.Answer.choices,
        "next_url": f"?{urlencode(after)}" if page.next_after else "",
        "first_url": "" if page.is_first else f"?{urlencode(kept)}",
    }
    return render(request, "guests/guest_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def guest_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one person by hand."""
    access = open_event(request.user, slug, HOST)
    form = GuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        guest = guest_list.add(
            access.event, form.row, by=request.user, at=timezone.now()
        )
        if guest is not None:
            messages.success(
                request, _("%(name)s is on the list.") % {"name": guest.name}
            )
            return redirect("guests:guest_list", slug)
        form.add_error(
            "name", _("Somebody of this name and address is on the list already.")
        )
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "guests/guest_form.html", context, status=status)


@require_safe
def guest_detail(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """One person: answer, nominations and why, letters, link, door."""
    access = open_event(request.user, slug, HOST)
    guest = get_object_or_404(
        access.event.guests.select_related("invitation__contact", "plus_one_of"),
        pk=guest_id,
    )
    invitation = guest.invitation
    invitation.event = access.event
    found = [seen for seen in evening.of(invitation) if seen.guest.pk == guest.pk]
    context = {
        **access.context,
        "guest": guest,
        "evening": found[0] if found else None,
        "letters": Message.objects.filter(about=invitation.about).order_by("-pk"),
        "link": links.absolute_url(
            "invitation", invitation.public_id, invitation.link_version
        ),
        "admissions": guest.admissions.all(),
        "trophies": guest.trophies.all(),
    }
    return render(request, "guests/guest_detail.html", context)


@require_POST
def link_rotate(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Retire a guest's link and passes; the page shows the new one."""
    access = open_event(request.user, slug, HOST)
    guest = get_object_or_404(access.event.guests, pk=guest_id)
    invitations.rotate(guest.invitation_id, by=request.user, at=timezone.now())
    text = _("The old link and pass are retired. The new link stands below.")
    messages.success(request, text)
    return redirect("guests:guest_detail", slug, guest_id)


@require_safe
def message_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every letter of the event with its state, and the button that sends."""
    access = open_event(request.user, slug, HOST)
    context = {
        **access.context,
        **_post_room(access.event, request.GET.get("before", "")),
        "waiting_to_be_sent": invitations.waiting_to_be_sent(access.event),
        "without_address": invitations.without_address(access.event),
    }
    return render(request, "guests/message_list.html", context)


@require_POST
def invitations_send(request: HttpRequest, slug: str) -> HttpResponse:
    """One press: one letter for each invitation that has none yet."""
    access = open_event(request.user, slug, HOST)
    try:
        sent = invitations.send(access.event.pk, by=request.user, at=timezone.now())
    except invitations.EventNotOpen:
        messages.error(
            request, _("Nothing was sent: open the event in its settings first.")
        )
        return redirect("guests:messages", slug)
    text = ngettext(
        "%(n)d invitation is on its way.",
        "%(n)d invitations are on their way.",
        sent.queued,
    ) % {"n": sent.queued}
    messages.success(request, text)
    return redirect("guests:messages", slug)


@require_safe
def message_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The moving part of the letters page."""
    access = open_event(request.user, slug, HOST)
    context = {**access.context, **_post_room(access.event, "")}
    return render(request, "guests/_post_room.html", context)


@require_safe
def dues_summary(request: HttpRequest, slug: str) -> HttpResponse:
    """What is still due, as sums without names: for the charity's dashboard."""
    access = open_event(request.user, slug, "finance")
    context = {**access.context, "dues": dues.of(access.event, timezone.now())}
    return render(request, "guests/_dues_summary.html", context)


@require_safe
def activity_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who did what for whom."""
    access = open_event(request.user, slug, HOST)
    context = {**access.context, "activities": access.event.activities.all()[:200]}
    return render(request, "guests/activity_list.html", context)


def _post_room(event: Event, before: str) -> dict[str, object]:
    """A page of letters, newest first, and how far the invitations have come."""
    states = outbox.progress(event, "invitation")
    total = sum(states[state] for state in Message.State.values)
    waiting = sum(states[state] for state in UNDER_WAY)
    letters = event.messages.order_by("-pk")
    if before.isascii() and before.isdigit():
        letters = letters.filter(pk__lt=int(before[:18]))
    rows = list(letters[: list_page.PAGE_SIZE + 1])
    shown = rows[: list_page.PAGE_SIZE]
    return {
        "states": states,
        "done": total - waiting,
        "total": total,
        "letters": shown,
        "next_url": f"?before={shown[-1].pk}" if len(rows) > len(shown) else "",
    }
