"""The design language holds: vendored files are theirs, templates keep the policy."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

from losers_lounge import moments, styleguide
from losers_lounge.templatetags import lounge

ROOT = Path(settings.BASE_DIR)
VENDOR = ROOT / "static" / "vendor"
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
STYLE_SHEET = ROOT / "static" / "css" / "site.css"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())
PRELUDE = re.compile(r"(?:\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\s)*", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# A table of figures, and what names it: the region around it, a heading, its caption.
TABLE = re.compile(
    r"""(role="region"[^>]*>\s*)?<table\s(?![^>]*"presentation")([^>]*)>\s*(<caption)?"""
)


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def is_email(path: Path) -> bool:
    return "email" in path.relative_to(TEMPLATES).parts or path.stem == "email"


# --- Vendored files ------------------------------------------------------------------


def test_every_vendored_file_is_the_one_in_the_manifest() -> None:
    for package in MANIFEST:
        for name, file in package["files"].items():
            digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
            shipped = "sha384-" + base64.b64encode(digest).decode()
            assert shipped == file["sha384"], name
            assert ("change" in file) == (shipped != file["upstream_sha384"]), name


def test_nothing_is_vendored_without_a_licence() -> None:
    listed = {"manifest.json"}
    for package in MANIFEST:
        assert package["version"] and package["licence"]
        listed |= {package["licence_file"], *package["files"]}
    found = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()}
    assert found == listed


def test_style_sheets_ask_no_other_host_for_anything() -> None:
    for sheet in (ROOT / "static").rglob("*.css"):
        text = sheet.read_text()
        assert "sourceMappingURL" not in text
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", text), sheet


def test_style_sheet_names_only_files_that_exist() -> None:
    for name in re.findall(r'url\("((?!data:)[^"]+)"\)', STYLE_SHEET.read_text()):
        assert (STYLE_SHEET.parent / name).resolve().is_file(), name


def declared(*properties: str) -> list[str]:
    """What the sheet says of these, without its tokens and without what prints."""
    sheet = re.sub(r"(?s)/\*.*?\*/|@page.*?\n}", "", STYLE_SHEET.read_text())
    found = re.findall(rf"(?m)^\s+(?:{'|'.join(properties)}): ([^;]+);", sheet)
    return [re.sub(r"var\(--[\w-]+\)", "", value) for value in found]


def test_type_is_set_in_the_sizes_of_one_scale() -> None:
    # A wall is measured in its own height, a drawing in its own pixels, and what
    # stands within a line in the size of that line.
    for value in declared("font-size", "font"):
        sizes = re.findall(r"(?<![\d.])[\d.]+(?:rem|pt)", value)
        assert not sizes or "vw" in value or "vh" in value, value


def test_space_is_given_in_the_steps_of_one_scale() -> None:
    # From ten rem on it keeps a picture clear, and is no step between two things.
    kinds = ("margin", "padding", "gap", "row-gap", "column-gap")
    for value in declared(*(f"{kind}[a-z-]*" for kind in kinds)):
        assert not re.search(r"(?<![\d.])\d?(?:\.\d+)?(?<=\d)rem", value), value


# --- Templates -----------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_table_has_a_name(path: Path) -> None:
    if is_email(path):
        return
    for region, attributes, caption in TABLE.findall(path.read_text()):
        assert region or "aria-label" in attributes or caption


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_templates_keep_the_content_security_policy(path: Path) -> None:
    text = COMMENT.sub("", path.read_text())
    if not is_email(path):
        assert not re.search(r"\sstyle\s*=", text)
        assert "<style" not in text
        for attributes in re.findall(r"<script([^>]*)>", text):
            assert "src=" in attributes or "application/json" in attributes
    assert not re.search(r"\son[a-z]+\s*=|hx-on|javascript:", text)
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_template_extends_a_base_or_is_a_part(path: Path) -> None:
    parts = path.relative_to(TEMPLATES).parts
    is_part = path.name.startswith("_") or any(part.startswith("_") for part in parts)
    is_theirs = parts[0] in ("allauth", "bootstrap5", "django")
    if path.stem.startswith("base") or is_part or is_theirs:
        return
    text = path.read_text()
    start = PRELUDE.match(text)
    rest = text[start.end() if start else 0 :]
    # Django knows the refusal of a form without its token by a name of its own.
    parents = r"[^\"]*(?:base|layouts/|email/)|403\.html"
    assert re.match(rf"\{{% extends \"(?:{parents})", rest)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_template_compiles(path: Path) -> None:
    get_template(name_of(path))


def test_every_email_has_subject_text_and_html() -> None:
    for folder in (path for path in TEMPLATES.glob("*/email") if path.is_dir()):
        names = {path.name for path in folder.iterdir() if path.name[0] != "_"}
        if folder.parent.name == "account":  # allauth's names for the same three
            endings = ("_subject.txt", "_message.txt", "_message.html")
        else:
            endings = (".subject.txt", ".txt", ".html")
        longest = sorted(endings, key=len, reverse=True)
        stems = {
            name.removesuffix(next(end for end in longest if name.endswith(end)))
            for name in names
        }
        assert names == {stem + ending for stem in stems for ending in endings}


def test_an_email_stays_under_sixty_kilobytes() -> None:
    html = render_to_string("styleguide/email.html", styleguide.context())
    assert len(html.encode()) < 60_000


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "429", "500", "503"])
def test_error_pages_stand_without_a_request_or_a_database(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert "<h1>" in html
    assert "Losers Lounge" in html


# --- Filters and tags -----------------------------------------------------------------

MOMENT = "_partials/time.html"
NIGHT = datetime(2013, 9, 23, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "words"),
    [(100_000, "$1,000.00"), (0, "$0.00"), (-5, "\u2212$0.05"), (None, "")],
)
def test_cents_are_told_as_dollars_and_nothing_as_nothing(
    cents: int | None, words: str
) -> None:
    assert lounge.dollars(cents) == words


def test_times_are_spelled_in_the_events_zone() -> None:
    zone = "America/Los_Angeles"
    assert moments.in_zone(NIGHT, zone) == "Sunday, September 22, 2013, 8:30 pm PDT"
    assert moments.short_time(NIGHT, zone) == "8:30 pm PDT"
    assert moments.in_zone(None, zone) == ""


def test_a_moment_on_a_page_breaks_between_day_and_clock_and_nowhere_else() -> None:
    values = {"at": NIGHT, "zone": "America/Los_Angeles"}
    whole = re.sub("<[^>]+>", "", shown := render_to_string(MOMENT, values))
    assert whole == moments.in_zone(**values)
    assert re.findall(r'moment-part">([^<]+)<', shown) == [
        "Sunday, September 22, 2013,",
        "8:30 pm PDT",
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today, 11:30 pm PDT"),
        (-1, "yesterday, 11:30 pm PDT"),
        (1, "tomorrow, 11:30 pm PDT"),
        (-9, "Sep 13, 11:30 pm PDT"),
        (-365, "Sat, Sep 22, 2012, 11:30 pm PDT"),
    ],
)
def test_a_time_in_a_list_says_today_by_the_events_own_clock(
    days: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Monday in UTC, and still Sunday evening in California.
    late = datetime(2013, 9, 23, 6, 30, tzinfo=UTC)
    monkeypatch.setattr(moments.timezone, "now", lambda: late - timedelta(hours=1))
    told = moments.in_list(late + timedelta(days=days), "America/Los_Angeles")
    assert told == words
    assert moments.in_list(None, "UTC") == ""


@pytest.mark.parametrize(("hour", "words"), [(0, "12:00 am"), (12, "12:00 pm")])
def test_noon_and_midnight_are_told_apart(hour: int, words: str) -> None:
    at = datetime(2013, 9, 22, hour, tzinfo=UTC)
    assert moments.short_time(at, "UTC") == f"{words} UTC"


def test_a_qr_code_carries_no_style_and_escapes_its_label() -> None:
    svg = lounge.qr_svg("https://example.com/p/1?a=b&c", "<script>")
    assert "style=" not in svg
    assert "<script>" not in svg
    assert 'role="img"' in svg
