"""The ceremony as it was read, and nominees whom nobody could be matched to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events.access import HOST, Access, open_event
from events.models import Category, Event, Nomination
from guests import guest_list
from guests.models import Guest
from losers_lounge.names import at_end, fold
from losers_lounge.whole_number import whole_number


@require_safe
def nomination_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The ceremony as it was read, and the nominees nobody could be matched to."""
    return _list(request, open_event(request.user, slug, HOST))


def _list(request: HttpRequest, access: Access, status: int = 200) -> HttpResponse:
    categories = access.event.categories.prefetch_related("nominations__nominees")
    q = request.GET.get("q", "")[:100]
    context = {
        **access.context,
        "q": q,
        "has_any": bool(categories),
        "categories": [row for row in categories if _found(row, fold(q))],
        "to_check": names_to_check(access.event),
        "unlinked": guest_list.nominees(access.event, on_the_list=False).count(),
        "linked": guest_list.nominees(access.event, on_the_list=True).count(),
    }
    return render(request, "guests/nomination_list.html", context, status=status)


def _found(category: Category, part: str) -> bool:
    """Whether any of it is named so; what is left of it to show is put on the row."""
    nominations = list(category.nominations.all())
    category.shown = nominations
    if part and part not in fold(category.name):
        category.shown = [row for row in nominations if part in _folded(row)]
    return bool(category.shown) or not part


def _folded(nomination: Nomination) -> str:
    names = [person.name for person in nomination.nominees.all()]
    return fold(" ".join([nomination.work, *names]))


@require_POST
def nominee_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Say by hand which guest a nominee is."""
    access = open_event(request.user, slug, HOST)
    ids = {
        name: whole_number(request.POST.get(name, "")) for name in ("guest", "nominee")
    }
    if None in ids.values():
        messages.error(request, _("Nothing was linked: choose a guest first."))
        return redirect("guests:nominations", slug)
    guest = get_object_or_404(access.event.guests.on_the_list(), pk=ids["guest"])
    nominee = get_object_or_404(access.event.nominees, pk=ids["nominee"])
    try:
        guest_list.link(
            guest.pk, nominee.pk, by=request.user, at=timezone.now(), shown_free=True
        )
    except guest_list.LinkedMeanwhile:
        words = _("Somebody linked one of them meanwhile. This is how it stands now.")
        messages.warning(request, words)
        return _list(request, access, status=409)
    text = _("%(guest)s is %(nominee)s.") % {"guest": guest, "nominee": at_end(nominee)}
    messages.success(request, text)
    return redirect("guests:nominations", slug)


def names_to_check(event: Event) -> list[dict[str, object]]:
    """Nominees for whom more than one guest has the name; a person decides."""
    free = list(guest_list.nominees(event, on_the_list=False))
    keys = {fold(nominee.name) for nominee in free}
    namesakes: dict[str, list[Guest]] = {}
    people = event.guests.on_the_list().filter(nominee=None, name_key__in=keys)
    for guest in people.select_related("invitation__contact").order_by("pk"):
        namesakes.setdefault(guest.name_key, []).append(guest)
    return [
        {"nominee": nominee, "guests": namesakes[fold(nominee.name)]}
        for nominee in free
        if fold(nominee.name) in namesakes
    ]
