"""The faces of an evening: drawn, small, and readable in every colour they bring."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from PIL import Image

from events import mail
from events.forms import EventForm, NewEventForm
from events.models import Event
from events.models.cover import GROUNDS, Cover
from losers_lounge.templatetags.sharing import share_card
from tests.events.mails import make_message
from tests.events.test_event_form import TYPED
from tests.face import cards
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import browser_of, page_of

STATIC = Path(settings.BASE_DIR) / "static"
SHEET = (STATIC / "css" / "site.css").read_text()
MAIL = (Path(settings.BASE_DIR) / "templates" / "email" / "base.html").read_text()
LEAST = 4.5  # WCAG 2.2, 1.4.3
CREAM = "#fff4e2"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def declared(sheet: str, selector: str) -> dict[str, str]:
    """What the first rule of exactly this selector says."""
    (found, *_) = re.findall(
        rf"(?m)^\s*{re.escape(selector)} {{([^}}]*)}}", sheet, re.DOTALL
    )
    pairs = (line.partition(":") for line in found.split(";") if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


@pytest.mark.parametrize("cover", Cover)
def test_a_cover_is_drawn_small_and_readable(cover: Cover) -> None:
    drawing = STATIC / "img" / "covers" / f"{cover}.svg"
    assert drawing.stat().st_size < 5_000
    assert "<script" not in drawing.read_text()
    rule = declared(SHEET, f".cover-{cover}")
    ground = GROUNDS[cover]
    assert rule["--ground"] == ground
    assert f"covers/{cover}.svg" in rule["--art"]
    night = declared(SHEET, '.night,\n[data-theme="dark"]')
    for colour in (CREAM, night["--ink"], night["--ink-soft"], night["--accent"]):
        assert contrast(colour, ground) >= LEAST


@pytest.mark.parametrize("cover", Cover)
def test_what_it_colours_by_day_is_readable(cover: Cover) -> None:
    day = declared(SHEET, ":root")
    own = declared(SHEET, f".guest.cover-{cover}") if cover != Cover.PLINTH else {}
    colours = day | own
    for accent in (colours["--accent"], colours["--accent-strong"]):
        assert contrast(accent, day["--on-accent"]) >= LEAST
        for ground in ("--paper", "--surface", "--accent-tint"):
            assert contrast(accent, colours[ground]) >= LEAST


@pytest.mark.parametrize("cover", Cover)
def test_a_link_that_is_passed_on_shows_a_picture_and_no_names(cover: Cover) -> None:
    picture = STATIC / "img" / "share" / f"{cover}.png"
    with Image.open(picture) as image:
        assert image.size == (1200, 630)
    assert picture.stat().st_size < 100_000
    card = share_card(cover)
    assert f'content="{settings.SITE_URL}/static/img/share/{cover}' in card
    assert len(re.findall("<meta ", card)) == 9


@pytest.mark.django_db
@pytest.mark.parametrize("cover", Cover)
def test_its_letters_carry_it_inside_and_are_light(cover: Cover) -> None:
    event = make_event(cover=cover)
    facts = {"cover": cover, "name": event.name}
    row = make_message(event, template="guests/email/loss", context={"event": facts})
    letter = mail.compose(row)
    pictures = {
        part["Content-ID"]: part.get_payload(decode=True)
        for part in letter.walk()
        if part.get_content_type() == "image/png"
    }
    drawing = (STATIC / "img" / "letter" / f"{cover}.png").read_bytes()
    assert pictures == {"<cover>": drawing} and len(drawing) < 10_000


@pytest.mark.parametrize("card", list(cards.drawings()), ids=cards.Drawing.name)
def test_what_a_link_shows_was_drawn_from_what_stands_here(card: cards.Drawing) -> None:
    """Else: `python -m tests.face.cards`."""
    assert cards.drawn_from(card.file) == card.source


@pytest.mark.django_db
def test_the_guests_page_wears_it_and_its_preview_says_nobodys_name() -> None:
    event = make_event(name="Gala of Ann", hosted_by="Amy Host", cover=Cover.PALMS)
    guest = make_guest(event, name="Robin Vale")
    response = browser_of(guest.invitation).get(page_of(guest.invitation))
    page = response.content.decode()
    assert 'class="guest cover-palms ' in page
    previews = re.findall(r'<meta property="og:[^>]*>', page)
    assert any("share/palms" in tag for tag in previews)
    for name in ("Robin", "Ann", "Amy", guest.invitation.public_id):
        assert not any(name in tag for tag in previews)


@pytest.mark.django_db
def test_a_host_chooses_it_and_a_page_that_does_not_ask_keeps_it() -> None:
    event = make_event()
    later = {name: said.replace("2013-", "2043-") for name, said in TYPED.items()}
    assert event.cover == Cover.PLINTH
    for typed, kept in (("palms", Cover.PALMS), (None, Cover.PALMS)):
        fields = {"cover": typed} if typed else {}
        form = EventForm(later | {"status": "open"} | fields, instance=event)
        assert form.is_valid(), form.errors
        assert ("cover" in form.changed_data) == bool(typed)
        form.save()
        assert Event.objects.get().cover == kept
    for wrong in ("", "nothing", "palms "):
        assert "cover" in NewEventForm(TYPED | {"cover": wrong}).errors


@pytest.mark.django_db
def test_a_guests_phone_waits_for_little() -> None:
    """CSS and script of the invitation, as compressed as they are served."""
    guest = make_guest(make_event())
    response = browser_of(guest.invitation).get(page_of(guest.invitation))
    page = response.content.decode()
    files = re.findall(
        r'(?:<link rel="stylesheet" href|<script[^>]* src)="/static/([^"]+)"', page
    )
    assert len(files) >= 3
    sizes = {
        name: len(brotli.compress(Path(found(name)).read_bytes())) for name in files
    }
    assert sum(sizes.values()) < 45_000, sizes


def found(name: str) -> str:
    """Where a static file lies; under its own name, if it is served under a longer."""
    return finders.find(name) or finders.find(re.sub(r"\.[0-9a-f]{12}\.", ".", name))


# --- A mail: the same colours for every letter ---------------------------------------

# Text, what it stands on, by day; the same by night, where it is said otherwise.
ON_PAPER = ("h1", ".hint", ".facts th")


def colour_of(rules: str, selector: str, name: str) -> str:
    for names, body in re.findall(r"([^{}]+){([^}]*)}", rules):
        found = re.search(rf"(?<![\w-]){name}: (#[0-9a-f]{{6}})", body)
        if found and selector in [part.strip() for part in names.split(",")]:
            return found[1]
    raise LookupError(f"{selector} has no {name}")


@pytest.mark.parametrize("is_night", [False, True])
def test_every_mail_is_readable_by_day_and_by_night(is_night: bool) -> None:
    sheet = MAIL[MAIL.index("<style>") + 7 : MAIL.index("</style>")]
    day, _, night = sheet.partition("@media (prefers-color-scheme: dark) {")
    rules = night if is_night else day
    paper = colour_of(rules, ".letter", "background-color")
    pairs = {
        (".button-link", colour_of(rules, ".button-cell", "background-color")),
        (".foot", colour_of(rules, ".foot", "background-color")),
        (".foot a", colour_of(rules, ".foot", "background-color")),
        *(
            (text if text != "a" or not is_night else ".body a", paper)
            for text in ON_PAPER
        ),
    }
    for text, ground in pairs:
        assert contrast(colour_of(rules, text, "color"), ground) >= LEAST, text
    for ground in GROUNDS.values():
        assert contrast(colour_of(day, ".head-name", "color"), ground) >= LEAST
