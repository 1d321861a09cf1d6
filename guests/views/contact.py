"""For an assistant who answers for others. GET shows; only a press changes."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from guests import evening, parties, portal, rsvp
from guests.evening import Evening
from guests.models import Contact, Guest
from guests.realms import guest_realm
from guests.views import answer_forms
from guests.views.answer_forms import NOTHING_REFUSED, Refused
from guests.views.wrong_links import wrong_link
from losers_lounge import links
from losers_lounge.lazy import lazy_module
from losers_lounge.names import at_end

ics = lazy_module("losers_lounge.ics")


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: a cookie, and the assistant's own page."""
    lookup, mac = links.split_token(token)
    contact = Contact.objects.filter(public_id=lookup, is_assistant=True).first()
    if contact is None or not links.is_genuine(
        "contact", lookup, contact.link_version, mac
    ):
        reason = guest_realm.no_way_in("contact", token, Contact)
        return wrong_link(request, reason)
    response = redirect("guests:contact", contact.public_id)
    response["Referrer-Policy"] = "no-referrer"
    guest_realm.remember(request, response, contact)
    return response


@login_not_required
@never_cache
@require_safe
def portal_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody this assistant answers for, as rows."""
    contact = guest_realm.open_contact(request, public_id)
    return show(request, contact, portal.evenings(contact))


@login_not_required
@never_cache
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Yes, no or the waiting list for one principal."""
    contact = guest_realm.open_contact(request, public_id)
    evenings = portal.evenings(contact)
    mine = named(evenings, request)
    form = answer_forms.answer_form(mine, request.POST)
    refused = answer_forms.take(form, mine.guest, by=contact.name)
    if refused.status == HTTPStatus.OK:
        messages.success(request, _answered_words(mine.guest))
        return redirect(f"{page_of(contact)}#for_{mine.guest.public_id}")
    return show(request, contact, evenings, refused)


@login_not_required
@never_cache
@require_POST
def answer_all(request: HttpRequest, public_id: str) -> HttpResponse:
    """Yes for everybody who has not answered; who has is left as they said."""
    contact = guest_realm.open_contact(request, public_id)
    done = portal.say_yes_for_all(contact, timezone.now())
    if done.is_closed:
        messages.error(request, str(rsvp.AnswersClosed()))
    if done.answered:
        count = len(done.answered)
        text = ngettext("%(n)d person is coming.", "%(n)d people are coming.", count)
        messages.success(request, text % {"n": count})
    if done.without_seat:
        text = _("No seat was left for: %(names)s. Ask for the waiting list below.")
        messages.warning(
            request, text % {"names": at_end(", ".join(done.without_seat))}
        )
    return redirect(page_of(contact))


@login_not_required
@never_cache
@require_POST
def needs(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the venue should know of one principal and whom they bring."""
    contact = guest_realm.open_contact(request, public_id)
    evenings = portal.evenings(contact)
    mine = named(evenings, request)
    form = answer_forms.needs_form(mine, request.POST)
    if not form.is_valid():
        refused = Refused(form, mine.guest.pk, status=422)
        return show(request, contact, evenings, refused)
    mine.guest.event = contact.event
    at = timezone.now()
    parties.note_needs(mine.guest, form.needs(), at, by=contact.name)
    messages.success(request, _("Noted, and the venue will know."))
    return redirect(f"{page_of(contact)}#for_{mine.guest.public_id}")


@login_not_required
@never_cache
@require_safe
def passes(request: HttpRequest, public_id: str) -> HttpResponse:
    """The QR codes of everybody who comes."""
    contact = guest_realm.open_contact(request, public_id)
    coming = Guest.objects.attending().filter(
        invitation__contact=contact, invitation__continues_as=None
    )
    shown = [
        (
            guest,
            links.absolute_url("pass", guest.public_id, guest.invitation.link_version),
        )
        for guest in coming.select_related("invitation").order_by("name_key", "pk")
    ]
    context = {"contact": contact, "event": contact.event, "passes": shown}
    return render(request, "guests/contact_passes.html", context)


@login_not_required
@never_cache
@require_safe
def calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evening as a calendar file that leads back to this page."""
    contact = guest_realm.open_contact(request, public_id)
    event = contact.event
    entry = ics.Entry(
        uid=f"contact-{contact.public_id}",
        sequence=0,
        summary=event.name,
        starts_at=event.doors_at,
        ends_at=event.ends_at,
        stamp=event.created_at,
        location=f"{event.venue}, {event.address}".strip(", "),
        url=settings.SITE_URL + page_of(contact),
    )
    return HttpResponse(
        ics.calendar_bytes(entry),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{event.slug}.ics"'},
    )


def show(
    request: HttpRequest,
    contact: Contact,
    evenings: list[Evening],
    refused: Refused = NOTHING_REFUSED,
) -> HttpResponse:
    """The page, with a form that was refused or a word on what failed."""
    event, at = contact.event, timezone.now()
    people = [seen.guest for seen in evenings if seen.is_principal]
    waiting = Guest.Answer.WAITING
    asked = evening.with_requests(evenings, event, at)
    context = {
        "contact": contact,
        "event": event,
        "shown": answer_forms.rows(event, asked, refused),
        "unanswered": sum(guest.answer == waiting for guest in people),
        "is_anybody_coming": any(guest.is_coming for guest in people),
        "owed_cents": sum(seen.cents_due for seen in evenings),
        "takes_answers": event.takes_answers(),
        "became": event.became(at),
        "problem": refused.words,
        "sent_form": refused.form,
        "form_is_gone": answer_forms.is_closed(event, refused),
    }
    page = "guests/contact_detail.html"
    return render(request, page, context, status=refused.status)


def named(
    evenings: list[Evening], request: HttpRequest, *, principals_only: bool = True
) -> Evening:
    """Whom the press is for. Raises Http404 for anybody else's guest."""
    asked = [seen for seen in evenings if seen.is_principal or not principals_only]
    if not asked:
        raise Http404
    return evening.of_guest(asked, request.POST.get("guest", ""))


def page_of(contact: Contact) -> str:
    """The path of the assistant's own page."""
    return reverse("guests:contact", args=[contact.public_id])


def _answered_words(guest: Guest) -> str:
    guest.refresh_from_db(fields=["answer"])
    text = _("%(name)s: %(answer)s.")
    return text % {"name": guest.name, "answer": guest.get_answer_display()}
