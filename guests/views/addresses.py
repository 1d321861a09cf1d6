"""Where a guest's mail goes: corrected, and the letter sent again in one step."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events import suppression
from events.access import HOST, open_event
from events.models import Message, User
from guests import forgotten
from guests.forms.people import AddressForm, RepairForm
from guests.models import Contact, Guest, Invitation
from guests.models.about import INVITATION
from guests.people import addresses
from guests.post_room import board
from guests.views.person import open_guest
from losers_lounge.edit_conflict import show_what_stands

MOST_NAMED = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest_address(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Change where mail goes, for everybody behind the contact or for one."""
    access, guest = open_guest(request, slug, guest_id)
    contact = guest.invitation.contact
    behind = addresses.people_behind(contact)
    shared = contact.invitations.count()
    form = AddressForm(request.POST or None, contact=contact, who=guest, people=shared)
    stands: addresses.Address | None = None
    if request.method == "POST" and form.is_valid():
        try:
            contact = _changed(guest, form, request.user)
        except addresses.AddressChanged as changed:
            stands = changed.now
            words = _("Somebody changed it while you wrote.")
            show_what_stands(form, stands.mark, words)
        except forgotten.Forgotten as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_where(request, contact.email)
            return redirect("guests:guest_detail", slug, guest_id)
    context = {
        **access.context,
        "guest": guest,
        "form": form,
        "behind": behind[:MOST_NAMED],
        "shared": shared,
        "stands": stands,
    }
    status = 409 if stands else 422 if form.is_bound else 200
    return render(request, "guests/guest_address.html", context, status=status)


def _changed(guest: Guest, form: AddressForm, by: User) -> Contact:
    """The contact as it was typed; raises as addresses.change does."""
    return addresses.change(
        guest.pk,
        form.address(),
        form.cleaned_data["seen"],
        everyone=form.is_for_everyone,
        by=by,
        at=timezone.now(),
    )


def _say_where(request: HttpRequest, email: str) -> None:
    if not email:
        messages.success(request, _("No mail is sent: hand the link over."))
        return
    text = _("Mail goes to %(email)s from now on.") % {"email": email}
    messages.success(request, text)
    _say_if_stopped(request, email)


def _say_if_stopped(request: HttpRequest, email: str) -> None:
    if suppression.is_suppressed(email):
        text = _("This address asked for no more mail: it gets no invitation.")
        messages.warning(request, text)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter_repair(request: HttpRequest, slug: str, message_id: int) -> HttpResponse:
    """A letter that did not arrive: the right address, and it goes again."""
    access = open_event(request.user, slug, HOST)
    letters = access.event.messages.about(INVITATION)
    letter = get_object_or_404(letters, pk=message_id)
    rows = access.event.invitations.select_related("contact")
    invitation = get_object_or_404(rows, pk=addresses.invitation_of(letter))
    behind = addresses.people_behind(invitation.contact)
    guest = invitation.guests.order_by("removed_at", "plus_one_of", "pk").first()
    page = _back_to(slug, guest)
    if letter.state not in Message.REPAIRABLE:
        messages.info(request, _("This letter is on its way, or has arrived."))
        return page
    initial = {"email": invitation.contact.email}
    form = RepairForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _repair(request, letter, form.cleaned_data["email"])
        return page
    context = {
        **access.context,
        "letter": letter,
        "kind": board.words_of(letter.kind),
        "invitation": invitation,
        "form": form,
        "guest": guest,
        "behind": behind[:MOST_NAMED],
        "people": behind.count(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "guests/letter_repair.html", context, status=status)


def _back_to(slug: str, guest: Guest | None) -> HttpResponse:
    """To their page; to the post room where nobody is behind the letter any more."""
    if guest is None:
        return redirect("guests:messages", slug)
    return redirect("guests:guest_detail", slug, guest.pk)


def _repair(request: HttpRequest, letter: Message, email: str) -> None:
    try:
        done = addresses.repair(letter.pk, email, by=request.user, at=timezone.now())
    except (Message.DoesNotExist, Invitation.DoesNotExist):
        messages.info(request, _("This letter is on its way, or has arrived."))
        return
    text = ngettext(
        "%(n)d letter goes again, to %(email)s, with the same link.",
        "%(n)d letters go again, to %(email)s, with the same links.",
        done.letters,
    )
    messages.success(request, text % {"n": done.letters, "email": email})
    _say_if_stopped(request, email)
