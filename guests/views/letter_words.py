"""A host's own words for a letter, and how they look before anybody reads them."""

from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class Desk:
    """One kind of an event's letters, before a host who may write its words."""

    request: HttpRequest
    access: Access
    kind: str

    @property
    def event(self) -> Event:
        return self.access.event

    @property
    def typed_in(self) -> str:
        """Where the session keeps what is typed, for the frames to show."""
        return f"letter.{self.event.pk}.{self.kind}"

    def standing(self) -> Words:
        """The words that count now."""
        return letter_texts.of(self.event, self.kind)

    def refuse(self, form: WordsForm) -> HttpResponse:
        return self.show(form, self.standing(), FIRST, status=422)

    def show_unsaved(
        self, form: WordsForm, *, stands: LetterText | None = None
    ) -> HttpResponse:
        """The page with what was typed, and what somebody else saved meanwhile."""
        words, persona = form.cleaned_data["words"], form.cleaned_data["persona"]
        self.request.session[self.typed_in] = [words.subject, words.body]
        if stands is None:
            return self.show(form, words, persona, words_mark=words.mark)
        told = {"stands": stands, "shown": self.standing().mark}
        return self.show(
            form, words, persona, status=409, words_mark=words.mark, **told
        )

    def show(
        self,
        form: WordsForm,
        words: Words,
        persona: str,
        *,
        status: int = 200,
        **more: object,
    ) -> HttpResponse:
        """The page, the letter on it with these words as this persona reads it."""
        now, at = self.standing(), timezone.now()
        context = {
            **self.access.context,
            "kind": self.kind,
            "title": KINDS[self.kind],
            "seen": personas.preview(self.event, self.kind, persona, words, at),
            "persona": persona,
            "label": PERSONAS[persona].label,
            "gets_it": persona in personas.GETS.get(self.kind, PERSONAS),
            "form": form,
            "kinds": KINDS.items(),
            "is_ours": not now,
            "is_planned": self.kind in personas.MAILED,
            "shown": self.request.POST.get("seen", "")[:64] or now.mark,
            "placeholders": letter_texts.PLACEHOLDERS.items(),
            "nonce": make_lookup(),
            **more,
        }
        name = "_letter_preview" if self.request.htmx else "letter_words"
        return render(self.request, f"guests/{name}.html", context, status=status)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
def letter_words(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Read a kind of letter as its readers will, and change its words."""
    desk = _open(request, slug, kind)
    if request.method != "POST":
        words, persona = desk.standing(), _persona(request)
        initial = {
            "subject": words.subject,
            "body": words.body,
            "persona": persona,
        }
        return desk.show(WordsForm(initial=initial), words, persona)
    if request.POST.get("action") == "standard":
        return _save(desk, Words(), FIRST)
    form = WordsForm(request.POST)
    if form.is_valid():
        return _save(desk, form.cleaned_data["words"], form.cleaned_data["persona"])
    return desk.refuse(form)


@csp_update({"frame-src": [SELF]})
@require_POST
def letter_preview(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The letter with words that are not saved; they are kept for the frame alone."""
    desk = _open(request, slug, kind)
    form = WordsForm(_ours_put_in(desk))
    return desk.show_unsaved(form) if form.is_valid() else desk.refuse(form)


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
    desk = _open(request, slug, kind)
    words, persona = desk.standing(), _persona(request)
    typed = request.session.get(desk.typed_in)
    if typed and request.GET.get("words") == Words(*typed).mark:
        words = Words(*typed)
    seen = personas.preview(desk.event, kind, persona, words, timezone.now())
    # A new window is what the frame's sandbox refuses: no link leads anywhere.
    html = seen.html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html)


@csp_update({"frame-src": [SELF]})
@require_POST
def letter_test(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """One real letter to the host's own address, with the words as they stand."""
    desk = _open(request, slug, kind)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return desk.refuse(form)
    who = str(request.user.pk)
    if not TESTS.admit(who):
        return TESTS.refusal(request)
    to_oneself.send(
        desk.event,
        kind,
        form.cleaned_data["persona"],
        form.cleaned_data["words"],
        to=request.user,
        nonce=request.POST.get("nonce", "")[:64] or make_lookup(),
        at=timezone.now(),
    )
    text = _("A test is on its way to %(email)s.") % {"email": request.user.email}
    messages.success(request, text)
    return desk.show_unsaved(form)


def _open(request: HttpRequest, slug: str, kind: str) -> Desk:
    access = open_event(request.user, slug, HOST)
    if kind not in KINDS:
        raise Http404
    return Desk(request, access, kind)


def _persona(request: HttpRequest) -> str:
    """As whom to read; who is nobody reads as the first."""
    asked = request.GET.get("as", "")
    return asked if asked in PERSONAS else FIRST


def _ours_put_in(desk: Desk) -> QueryDict:
    """What was typed; with our own body in its place when that was pressed."""
    typed = desk.request.POST.copy()
    if typed.get("action") == "ours":
        who = typed.get("persona", "")
        persona = who if who in PERSONAS else FIRST
        at = timezone.now()
        typed["body"] = personas.our_words(desk.event, desk.kind, persona, at)
    return typed


def _save(desk: Desk, words: Words, persona: str) -> HttpResponse:
    request, event, kind, at = desk.request, desk.event, desk.kind, timezone.now()
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
        return _conflict(desk, meanwhile.row)
    if saved:
        text = _("Saved. Letters written from now on say this.")
        messages.success(request, text)
    response = redirect("guests:letter_words", event.slug, kind)
    response["Location"] += f"?as={persona}"
    return response


def _conflict(desk: Desk, stands: LetterText) -> HttpResponse:
    """What somebody else saved above what was typed; the next press may save."""
    form = WordsForm(desk.request.POST)
    form.is_valid()
    form.add_error(None, _("Somebody saved this letter while you wrote."))
    return desk.show_unsaved(form, stands=stands)
