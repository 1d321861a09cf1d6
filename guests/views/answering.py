"""What a host decides for a guest: their answer, and whether the door is shut."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.access import HOST, open_event
from guests import guest_list, rsvp
from guests.models import Guest

ANSWERS = (Guest.Answer.YES, Guest.Answer.NO)


@require_POST
def answer_for(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Yes or no in a guest's name, after the deadline too; who they bring stays."""
    access = open_event(request.user, slug, HOST)
    guest = get_object_or_404(access.event.guests.principals(), pk=guest_id)
    answer = request.POST.get("answer", "")
    page = redirect("guests:guest_detail", slug, guest_id)
    if answer not in ANSWERS:
        messages.error(request, _("Nothing was changed: choose yes or no."))
        return page
    party = guest.plus_one_guests.on_the_list().order_by("pk")
    names = list(party.values_list("name", flat=True))
    reply, by = rsvp.Reply(Guest.Answer(answer), names), str(request.user)
    try:
        rsvp.answer(guest.pk, reply, at=timezone.now(), by=by, as_host=True)
    except rsvp.EventFull as full:
        text = _("Nothing was changed: %(n)d seats are left.") % {"n": full.seats_left}
        messages.error(request, text)
    except rsvp.AnswerRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("Answered for %(name)s; they get the letter as always.")
        messages.success(request, text % {"name": guest.name})
    return page


@require_POST
def block(request: HttpRequest, slug: str, guest_id: int) -> HttpResponse:
    """Shut the door to somebody; another press opens it again."""
    access = open_event(request.user, slug, HOST)
    guest = get_object_or_404(access.event.guests.on_the_list(), pk=guest_id)
    is_blocked = request.POST.get("blocked") == "yes"
    guest_list.set_blocked(guest.pk, is_blocked, by=request.user, at=timezone.now())
    shut = _("The door is shut to %(name)s: their card is red.")
    opened = _("%(name)s may come in again, like everybody.")
    messages.success(request, (shut if is_blocked else opened) % {"name": guest.name})
    return redirect("guests:guest_detail", slug, guest_id)
