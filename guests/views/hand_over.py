"""A statue goes out: two people for its owner, a code for whoever comes instead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guests.forms.trophies import IdentityForm, OneTimeCodeForm, ProxyForm
from guests.models import HandOver
from guests.trophies import custody, hand_over
from guests.views.door.access import DoorAccess, for_phones, open_door
from guests.views.trophy_page import hand_over_of, statue_page, trophy_of
from losers_lounge.names import at_end

BEGUN_IN_VAIN = (
    *(custody.WentHome, hand_over.UnderWay, hand_over.HostDecides),
    *(hand_over.NoAddress, hand_over.TooManyCodes),
)


@for_phones
@require_POST
def hand_over_begin(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """The owner stands here and was known; a second person confirms."""
    access = open_door(request, slug)
    trophy = trophy_of(access.event, trophy_id)
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return statue_page(request, access, trophy, 422, identity_form=form)
    identity, at = form.cleaned_data["identity"], timezone.now()
    try:
        row = hand_over.begin(trophy.pk, identity=identity, by=access.actor, at=at)
    except BEGUN_IN_VAIN as refusal:
        return _not_begun(request, access, trophy_id, refusal)
    return _begun(request, slug, row)


@for_phones
@require_POST
def hand_over_host(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """A host lets somebody fetch it for an owner whom no code reaches."""
    access = open_door(request, slug)
    trophy = trophy_of(access.event, trophy_id)
    form = ProxyForm(request.POST)
    if not form.is_valid():
        return statue_page(request, access, trophy, 422, proxy_form=form)
    try:
        said, at = form.cleaned_data, timezone.now()
        row = hand_over.begin_by_host(trophy.pk, **said, by=access.actor, at=at)
    except BEGUN_IN_VAIN as refusal:
        return _not_begun(request, access, trophy_id, refusal)
    return _begun(request, slug, row)


@for_phones
@require_POST
def hand_over_code(request: HttpRequest, slug: str, trophy_id: int) -> HttpResponse:
    """Somebody comes for the owner: the owner is sent a code."""
    access = open_door(request, slug)
    trophy = trophy_of(access.event, trophy_id)
    form = ProxyForm(request.POST)
    if not form.is_valid():
        return statue_page(request, access, trophy, 422, proxy_form=form)
    try:
        to, at = form.cleaned_data["to"], timezone.now()
        hand_over.send_code(trophy.pk, to=to, by=access.actor, at=at)
    except BEGUN_IN_VAIN as refusal:
        return _not_begun(request, access, trophy_id, refusal)
    messages.success(request, _("The owner gets a code now. Ask for its six digits."))
    return redirect("guests:trophy", slug, trophy.pk)


@for_phones
@require_POST
def hand_over_confirm(
    request: HttpRequest, slug: str, hand_over_id: int
) -> HttpResponse:
    """The second person has looked as well."""
    access = open_door(request, slug)
    row = hand_over_of(access.event, hand_over_id)
    try:
        done = hand_over.confirm(row.pk, by=access.actor, at=timezone.now())
    except hand_over.SamePerson:
        text = _("You began it: somebody else confirms, on another phone.")
        return _refused(request, access, row.trophy_id, text, 403)
    except hand_over.WrongWay:
        text = _("The person sent for it has to tell you the owner's code.")
        return _refused(request, access, row.trophy_id, text)
    except hand_over.Over:
        text = _("This hand-over was stopped. Begin again.")
        return _refused(request, access, row.trophy_id, text)
    return _given(request, slug, done)


@for_phones
@require_POST
def hand_over_try(request: HttpRequest, slug: str, hand_over_id: int) -> HttpResponse:
    """Whoever comes for the owner says the code."""
    access = open_door(request, slug)
    row = hand_over_of(access.event, hand_over_id)
    form = OneTimeCodeForm(request.POST)
    if not form.is_valid():
        trophy = trophy_of(access.event, row.trophy_id)
        return statue_page(request, access, trophy, 422, code_form=form)
    try:
        code, at = form.cleaned_data["code"], timezone.now()
        done = hand_over.try_code(row.pk, code, by=access.actor, at=at)
    except hand_over.WrongCode as refusal:
        text = ngettext(
            "Not that code. %(n)d try is left.",
            "Not that code. %(n)d tries are left.",
            refusal.tries_left,
        )
        text %= {"n": refusal.tries_left}
        return _refused(request, access, row.trophy_id, text, 422)
    except hand_over.WrongWay:
        text = _("The owner comes in person here: a second person confirms.")
        return _refused(request, access, row.trophy_id, text)
    except hand_over.Over:
        text = _("This code was used or is too old. Send another one.")
        return _refused(request, access, row.trophy_id, text)
    return _given(request, slug, done)


@for_phones
@require_POST
def hand_over_cancel(
    request: HttpRequest, slug: str, hand_over_id: int
) -> HttpResponse:
    """Nobody fetches it now; the statue stays where it is."""
    access = open_door(request, slug)
    row = hand_over_of(access.event, hand_over_id)
    stopped = hand_over.cancel(row.pk, by=access.actor, at=timezone.now())
    if stopped.done_at is not None:
        return _given(request, slug, stopped)
    messages.info(request, _("Stopped: the trophy stays here."))
    return redirect("guests:trophy", slug, row.trophy_id)


def _begun(request: HttpRequest, slug: str, row: HandOver) -> HttpResponse:
    if row.done_at is not None:
        return _given(request, slug, row)
    messages.info(request, _("Now a second person looks, and confirms."))
    return redirect("guests:trophy", slug, row.trophy_id)


def _given(request: HttpRequest, slug: str, row: HandOver) -> HttpResponse:
    messages.success(request, _("The trophy went to %(to)s.") % {"to": at_end(row.to)})
    return redirect("guests:trophy", slug, row.trophy_id)


def _not_begun(
    request: HttpRequest, access: DoorAccess, trophy_id: int, refusal: Exception
) -> HttpResponse:
    """Why nobody fetches it yet, in words for the desk."""
    status = 409
    if isinstance(refusal, custody.WentHome):
        trophy = refusal.trophy
        text = _("Tag %(tag)s already went to %(to)s.")
        text %= {"tag": trophy.tag, "to": trophy.released_to}
    elif isinstance(refusal, hand_over.UnderWay):
        row = refusal.hand_over
        text = _("%(by)s is already handing it to %(to)s. Stop that first.")
        text %= {"by": row.asked_by_name, "to": row.to}
    elif isinstance(refusal, hand_over.HostDecides):
        text = _(
            "Only a host can decide that, with a reason, and only where no "
            "code can be sent."
        )
        status = 403
    elif isinstance(refusal, hand_over.NoAddress):
        text = _("No code can be sent: the owner has to come, or a host decides.")
    else:
        text = _("Five codes were sent in the last hour. Call the host.")
        status = 429
    return _refused(request, access, trophy_id, text, status)


def _refused(
    request: HttpRequest,
    access: DoorAccess,
    trophy_id: int,
    words: str,
    status: int = 409,
) -> HttpResponse:
    messages.error(request, words)
    trophy = trophy_of(access.event, trophy_id)
    return statue_page(request, access, trophy, status)
