"""A host's own words for a letter, and how they look before anybody reads them."""

from dataclasses import replace
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events import letter_texts
from events.access import HOST, Access, open_event
from events.letter_texts import SavedMeanwhile, Words
from events.models import Event, LetterText
from guests.forms.letters import WordsForm
from guests.post_room import personas, to_oneself
from guests.post_room.personas import KINDS, PERSONAS
from losers_lounge.links import make_lookup
from losers_lounge.telling import in_english
from losers_lounge.throttle import Throttle

FIRST = next(iter(PERSONAS))
TESTS = Throttle("letter_test", most=20, seconds=3600)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
def letter_words(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Read a kind of letter as its readers will, and change its words."""
    access = _open(request, slug, kind)
    if request.method != "POST":
        words, persona = letter_texts.of(access.event, kind), _persona(request)
        initial = {
            "subject": words.subject,
            "body": words.body,
            "persona": persona,
        }
        form = WordsForm(initial=initial)
        return _page(request, access, kind, form, words, persona)
    if request.POST.get("action") == "standard":
        return _save(request, access, kind, Words(), FIRST)
    form = WordsForm(request.POST)
    if form.is_valid():
        cleaned = form.cleaned_data
        return _save(request, access, kind, cleaned["words"], cleaned["persona"])
    words = letter_texts.of(access.event, kind)
    return _page(request, access, kind, form, words, FIRST, status=422)


@csp_update({"frame-src": [SELF]})
@require_POST
def letter_preview(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The letter with words that are not saved; they are kept for the frame alone."""
    access = _open(request, slug, kind)
    form = WordsForm(_ours_put_in(request, access, kind))
    if not form.is_valid():
        words = letter_texts.of(access.event, kind)
        return _page(request, access, kind, form, words, FIRST, status=422)
    return _unsaved(request, access, kind, form)


@xframe_options_sameorigin
@csp_replace(
    {
        **dict.fromkeys(("default-src", "script-src", "connect-src"), [NONE]),
        **dict.fromkeys(("font-src", "form-action", "manifest-src"), [NONE]),
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
    }
)
@require_safe
def letter_frame(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The HTML part alone; a mail carries its styles inside, so this page may."""
    access = _open(request, slug, kind)
    words, persona = letter_texts.of(access.event, kind), _persona(request)
    typed = request.session.get(_key(access, kind))
    if typed and request.GET.get("words") == Words(*typed).mark:
        words = Words(*typed)
    seen = personas.preview(access.event, kind, persona, words, timezone.now())
    # A new window is what the frame's sandbox refuses: no link leads anywhere.
    html = seen.html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html)


@csp_update({"frame-src": [SELF]})
@require_POST
def letter_test(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """One real letter to the host's own address, with the words as they stand."""
    access = _open(request, slug, kind)
    form = WordsForm(request.POST)
    if not form.is_valid():
        words = letter_texts.of(access.event, kind)
        return _page(request, access, kind, form, words, FIRST, status=422)
    who = str(request.user.pk)
    if not TESTS.admit(who):
        return TESTS.refusal(request)
    to_oneself.send(
        access.event,
        kind,
        form.cleaned_data["persona"],
        form.cleaned_data["words"],
        to=request.user,
        nonce=request.POST.get("nonce", "")[:64] or make_lookup(),
        at=timezone.now(),
    )
    text = _("A test is on its way to %(email)s.") % {"email": request.user.email}
    messages.success(request, text)
    return _unsaved(request, access, kind, form)


def _open(request: HttpRequest, slug: str, kind: str) -> Access:
    access = open_event(request.user, slug, HOST)
    if kind not in KINDS:
        raise Http404
    return access


def _persona(request: HttpRequest) -> str:
    """As whom to read; who is nobody reads as the first."""
    asked = request.GET.get("as", "")
    return asked if asked in PERSONAS else FIRST


def _ours_put_in(request: HttpRequest, access: Access, kind: str) -> QueryDict:
    """What was typed; with our own body in its place when that was pressed."""
    typed = request.POST.copy()
    if typed.get("action") == "ours":
        who = typed.get("persona", "")
        persona = who if who in PERSONAS else FIRST
        at = timezone.now()
        typed["body"] = personas.our_words(access.event, kind, persona, at)
    return typed


def _save(
    request: HttpRequest, access: Access, kind: str, words: Words, persona: str
) -> HttpResponse:
    event, at = access.event, timezone.now()
    title = in_english(lambda: KINDS[kind])
    if words.body and personas.is_ours(event, kind, words.body, at):
        # Ours differ from reader to reader: one of them is not for all.
        words = replace(words, body="")
        text = _("The body is still ours: each reader gets the words meant for them.")
        messages.info(request, text)
    shown = request.POST.get("seen", "")
    try:
        saved = letter_texts.save(
            event, kind, words, title=title, by=request.user, at=at, shown=shown
        )
    except SavedMeanwhile as meanwhile:
        return _conflict(request, access, kind, meanwhile.row)
    if saved:
        text = _("Saved. Letters written from now on say this.")
        messages.success(request, text)
    response = redirect("guests:letter_words", event.slug, kind)
    response["Location"] += f"?as={persona}"
    return response


def _conflict(
    request: HttpRequest, access: Access, kind: str, stands: LetterText
) -> HttpResponse:
    """What somebody else saved above what was typed; the next press may save."""
    form = WordsForm(request.POST)
    form.is_valid()
    form.add_error(None, _("Somebody saved this letter while you wrote."))
    return _unsaved(request, access, kind, form, stands=stands)


def _unsaved(
    request: HttpRequest,
    access: Access,
    kind: str,
    form: WordsForm,
    *,
    stands: LetterText | None = None,
) -> HttpResponse:
    """The page with what was typed; the session keeps it for the frames."""
    words, persona = form.cleaned_data["words"], form.cleaned_data["persona"]
    request.session[_key(access, kind)] = [words.subject, words.body]
    told = {"unsaved": True, "stands": stands}
    return _page(request, access, kind, form, words, persona, **told)


def _page(
    request: HttpRequest,
    access: Access,
    kind: str,
    form: WordsForm,
    words: Words,
    persona: str,
    *,
    unsaved: bool = False,
    stands: LetterText | None = None,
    status: int = 200,
) -> HttpResponse:
    now = letter_texts.of(access.event, kind)
    carried = "" if stands else request.POST.get("seen", "")[:64]
    context = {
        **access.context,
        **_letter_as_read(access.event, kind, persona, words),
        "form": form,
        "kinds": KINDS.items(),
        "is_ours": not now,
        "stands": stands,
        "shown": carried or now.mark,
        "placeholders": letter_texts.PLACEHOLDERS.items(),
        "words_mark": words.mark if unsaved else "",
        "nonce": make_lookup(),
    }
    part = "guests/_letter_preview.html"
    template = part if request.htmx else "guests/letter_words.html"
    return render(request, template, context, status=409 if stands else status)


def _letter_as_read(
    event: Event, kind: str, persona: str, words: Words
) -> dict[str, Any]:
    """The letter as this persona would read it, and whether they would get it."""
    return {
        "kind": kind,
        "title": KINDS[kind],
        "seen": personas.preview(event, kind, persona, words, timezone.now()),
        "persona": persona,
        "label": PERSONAS[persona].label,
        "gets_it": persona in personas.GETS.get(kind, PERSONAS),
    }


def _key(access: Access, kind: str) -> str:
    return f"letter.{access.event.pk}.{kind}"
