"""One person on the list: everything about them, and what a host may change."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import HOST, Access, open_event
from events.models import User
from guests import forgotten, guest_list, invitations, people
from guests.forms.people import GuestForm, PersonForm
from guests.listing import pages
from guests.models import Guest
from guests.people import person_page
from losers_lounge import links
from losers_lounge.edit_conflict import show_what_stands


def open_guest(request: HttpRequest, slug: str, guest_id: int) -> tuple[Access, Guest]:
    """The event and one of its guests, off the list too; else Http404."""
    access = open_event(request.user, slug, HOST)
    rows = access.event.guests.select_related(
        "invitation__contact", "plus_one_of", "nominee", "merged_into"
    )
    guest = get_object_or_404(rows, pk=guest_id)
    guest.event = access.event
    return access, guest


@require_http_methods(["GET", "HEAD", "POST"])
def guest_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one person by hand."""
    access = open_event(request.user, slug, HOST)
    form = GuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        guest = _added(access, form, request.user)
        if guest is not None:
            messages.success(
                request, _("%(name)s is on the list.") % {"name": guest.name}
            )
            return redirect("guests:guest_list", slug)
    context = {**access.context, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "guests/guest_form.html", context, status=status)


def _added(access: Access, form: GuestForm, by: User) -> Guest | None:
    """Who was typed is on the list; else the form says why not."""
    at = timezone.now()
    try:
        guest = guest_list.add(access.event, form.row, by=by, at=at)
    except forgotten.Forgotten as refusal:
        form.add_error(None, str(refusal))
        return None
    if guest is None:
        words = _("Somebody of this name and address is on the list already.")
        form.add_error("name", words)
    return guest


@never_cache
@require_safe
def guest_detail(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """One person: answers, nominations and why, letters, link, money, door."""
    access, guest = open_guest(request, slug, guest_id)
    context = {
        **access.context,
        "guest": guest,
        "page": person_page.read(guest),
        "marks": pages.marks(
            get_language(), guest.is_vip, bool(guest.nominee), *guest.tags
        ),
        "admissions": guest.admissions.all(),
        "trophies": guest.trophies.all(),
    }
    return render(request, "guests/guest_detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest_edit(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Change what is known of somebody; what another host wrote meanwhile is shown."""
    access, guest = open_guest(request, slug, guest_id)
    form = PersonForm(request.POST or None, guest=guest)
    differing: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        wanted, seen = form.person(), form.cleaned_data["seen"]
        try:
            people.edit(guest.pk, wanted, seen, by=request.user, at=timezone.now())
        except people.ChangedMeanwhile as changed:
            differing = _differing(wanted, changed.now)
            words = _("Somebody saved this person while you wrote.")
            show_what_stands(form, changed.now.mark, words)
        except forgotten.Forgotten as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("%(name)s: saved.") % {"name": wanted.name}
            messages.success(request, text)
            return redirect("guests:guest_detail", slug, guest_id)
    context = {**access.context, "guest": guest, "form": form, "differing": differing}
    status = 409 if differing else 422 if form.is_bound else 200
    return render(request, "guests/guest_edit.html", context, status=status)


def _differing(typed: people.Person, now: people.Person) -> list[tuple[str, str]]:
    """What stands now where something else was typed, in words."""
    found = []
    for name in typed.differs(now):
        value = getattr(now, name)
        text = ", ".join(value) if isinstance(value, tuple) else value
        if isinstance(value, bool):
            text = _("yes") if value else _("no")
        found.append((str(people.WORDS[name]), str(text) or "–"))
    return found


@require_POST
def guest_remove(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Take somebody off the list; their page stays, with the way back."""
    _access, guest = open_guest(request, slug, guest_id)
    try:
        people.remove(guest.pk, by=request.user, at=timezone.now())
    except people.CannotRemove as refusal:
        text = _("%(name)s stays on the list. %(why)s")
        said = text % {"name": guest.name, "why": refusal}
        messages.error(request, said)
    else:
        text = _("%(name)s is off the list. Their seats are free.")
        messages.success(request, text % {"name": guest.name})
    return redirect("guests:guest_detail", slug, guest_id)


@require_POST
def guest_restore(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Bring somebody back on the list."""
    _access, guest = open_guest(request, slug, guest_id)
    answered = guest.answer
    try:
        people.bring_back(guest.pk, by=request.user, at=timezone.now())
    except people.CannotRemove as refusal:
        messages.error(request, str(refusal))
        return redirect("guests:guest_detail", slug, guest_id)
    guest.refresh_from_db()
    text = _("%(name)s is on the list again.")
    if guest.answer != answered:
        text = _("%(name)s is on the waiting list: the room has filled meanwhile.")
    messages.success(request, text % {"name": guest.name})
    return redirect("guests:guest_detail", slug, guest_id)


@never_cache
@require_safe
def guest_card(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """A card to print for somebody without e-mail: name, evening, link, code."""
    access, guest = open_guest(request, slug, guest_id)
    if guest.removed_at or guest.plus_one_of_id:
        raise Http404
    row = guest.invitation
    link = links.absolute_url("invitation", row.public_id, row.link_version)
    context = {**access.context, "guest": guest, "link": link}
    return render(request, "guests/guest_card.html", context)


@require_POST
def link_rotate(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Retire a guest's link and passes; the page shows the new one."""
    _access, guest = open_guest(request, slug, guest_id)
    invitations.rotate(guest.invitation_id, by=request.user, at=timezone.now())
    text = _("The old link and pass are retired. The new link is below.")
    messages.success(request, text)
    return redirect("guests:guest_detail", slug, guest_id)
