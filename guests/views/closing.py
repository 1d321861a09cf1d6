"""Closing the night: what is still open, the presses that end it, the signature."""

import secrets
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, Access, open_event
from guests import closing, trophies
from guests.actors import Actor
from guests.door import going_home, settle, waivers
from guests.forms.closing import HomeForm, OwedForm, SecondForm, WhyForm

_DECIDED = gettext_lazy(
    "That was decided in the meantime, so nothing was changed. This is how "
    "the night stands."
)


@never_cache
@require_safe
def closing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The checklist; once it is signed, the statement of the night."""
    return _show(request, open_event(request.user, slug, HOST))


@require_POST
def closing_home(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody has gone home."""
    access = open_event(request.user, slug, HOST)
    form = HomeForm(request.POST, auto_id="home-%s")
    if not form.is_valid():
        return _show(request, access, home_form=form)
    by, at = Actor.of(request.user), timezone.now()
    count = going_home.everybody(access.event, **form.cleaned_data, by=by, at=at)
    text = ngettext("%(n)d person went home.", "%(n)d people went home.", count) % {
        "n": count
    }
    messages.success(request, text if count else _("Nobody was inside."))
    return redirect("guests:closing", slug)


@require_POST
def closing_safe(request: HttpRequest, slug: str) -> HttpResponse:
    """What stays overnight goes into the safe, with a receipt to its owner."""
    access = open_event(request.user, slug, HOST)
    form = SecondForm(request.POST, auto_id="safe-%s")
    if not form.is_valid():
        return _show(request, access, safe_form=form)
    by, at = Actor.of(request.user), timezone.now()
    held = [row.pk for row in trophies.board(access.event).held]
    second = form.cleaned_data["second"]
    put = trophies.to_safe(access.event, held, by=by, at=at, second=second)
    text = ngettext(
        "%(n)d trophy is in the safe; its owner gets a receipt.",
        "%(n)d trophies are in the safe; each owner gets a receipt.",
        len(put),
    )
    if put:
        messages.success(request, text % {"n": len(put)})
    else:
        text = _("Nothing went into the safe: what is being fetched stays at the desk.")
        messages.warning(request, text)
    return redirect("guests:closing", slug)


@require_POST
def closing_owed(request: HttpRequest, slug: str) -> HttpResponse:
    """What becomes of what some people owe."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    ids = [row.pk for row in closing.undecided(access.event)]
    form = OwedForm(request.POST, ids=ids, auto_id="owed-%s")
    if not form.is_valid():
        return _show(request, access, owed_form=form)
    chosen = form.cleaned_data["obligation"]
    if form.cleaned_data["do"] == OwedForm.KEEP:
        settle.keep(chosen, by=request.user, at=at)
        text = ngettext(
            "%(n)d will be asked, kindly, by a letter.",
            "%(n)d will be asked, kindly, by a letter each.",
            len(chosen),
        )
        messages.success(request, text % {"n": len(chosen)})
    else:
        _waive(request, chosen, form.cleaned_data["reason"])
    return redirect("guests:closing", slug)


def _waive(request: HttpRequest, chosen: list[int], reason: str) -> None:
    """One by one: who has paid this minute is not let off."""
    done, at = 0, timezone.now()
    for obligation_id in chosen:
        try:
            waivers.waive(obligation_id, reason, by=request.user, at=at)
            done += 1
        except waivers.CannotWaive as refusal:
            messages.warning(request, str(refusal))
    text = ngettext("%(n)d waived.", "%(n)d waived.", done) % {"n": done}
    messages.success(request, text)


@require_POST
def closing_sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign the night off, if nothing is open."""
    access = open_event(request.user, slug, HOST)
    try:
        closing.sign(access.event, by=request.user, at=timezone.now())
    except closing.NotYet as refusal:
        names = "; ".join(f"{item.name}: {item.words}" for item in refusal.items)
        text = _("Not yet. %(names)s.") % {"names": names}
        messages.error(request, text)
        return _show(request, access, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Signed. Good night."))
    return redirect("guests:closing", slug)


@require_POST
def closing_reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the signature back, with a reason."""
    access = open_event(request.user, slug, HOST)
    form = WhyForm(request.POST, auto_id="reopen-%s")
    if not form.is_valid():
        return _show(request, access, reopen_form=form)
    reason = form.cleaned_data["reason"]
    closing.reopen(access.event, reason, by=request.user, at=timezone.now())
    messages.success(request, _("The night is open again. Pair the phones anew."))
    return redirect("guests:closing", slug)


def _offered(is_signed: bool, is_owed: bool) -> set[str]:
    """The forms that the page has now: a refused one may have gone meanwhile."""
    if is_signed:
        return {"reopen_form"}
    return {"home_form", "safe_form", *(["owed_form"] if is_owed else [])}


def _show(
    request: HttpRequest, access: Access, *, status: int = 200, **typed: forms.Form
) -> HttpResponse:
    event = access.event
    signed = closing.standing(event)
    items = closing.checklist(event) if signed is None else []
    owed = closing.undecided(event) if signed is None else []
    if not typed.keys() <= _offered(signed is not None, bool(owed)):
        typed, status = {}, HTTPStatus.CONFLICT
        messages.error(request, _DECIDED)
    context: dict[str, Any] = {
        **access.context,
        "signed": signed,
        "before": event.closings.exclude(reopened_at=None),
        "items": items,
        "left": sum(not item.is_done for item in items),
        "is_early": timezone.now() < event.doors_at,
        "owed": owed,
        "nonce": secrets.token_urlsafe(16),
        **typed,
    }
    refused = any(form.errors for form in typed.values())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else status
    template = "guests/closing_signed.html" if signed else "guests/closing.html"
    return render(request, template, context, status=status)
