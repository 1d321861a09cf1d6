"""What no line of the product may do, read from its source (ASVS 5.0, 1.2, 1.3, 11.2).

Each rule is seen to find a planted line.
"""

import re
from pathlib import Path

import pytest

from tests.test_project import PACKAGES, lines_with, ours

CODE = [name for name in ours(".py") if name.split("/")[0] in PACKAGES]
PRODUCT = [
    name
    for name in CODE
    # The stand-in for Stripe, the demo and what a shell starts meet no stranger.
    if not re.search(r"/(?:stand_in|demo|rehearsal|management|migrations)/", name)
]
VIEWS = [name for name in PRODUCT if "/views/" in name]
PAGES = ours(".html", ".txt")
SCRIPTS = [name for name in ours(".js") if name.startswith("static/")]
# Files that somebody has read with this in mind, and why they may.
REVIEWED = {
    # Squares of a QR code, and two attributes written there.
    "losers_lounge/templatetags/lounge.py",
    # What Django's compiler made, with its parameters beside it; names of our tables.
    "guests/listing/counting.py",
    *("losers_lounge/migrating.py", "losers_lounge/planner.py"),
    # PostgreSQL's own programs, as a list of words; none of them is a visitor's.
    "losers_lounge/backups.py",
    # Whether somebody wants keys on a page: nobody's name.
    "static/js/keys.js",
}
# Plain text has nothing to escape: mails that are no HTML.
PLAIN = re.compile(r"/email/|\.txt$")
RULES: dict[str, tuple[re.Pattern[str], list[str], str]] = {
    "a view that looks for a row of whatever event": (
        re.compile(
            r"\.objects\.get\((?!pk=now\.pk\))|_base_manager|\.objects\.all\(\)"
        ),
        VIEWS,
        "guest = Guest.objects.get(pk=guest_id)",
    ),
    "text that is called safe": (
        re.compile(r"mark_safe|SafeString\(|\|safe\b|safeseq|autoescape off"),
        # JSON in a mail, of which no letter of markup is left (test_every_letter.py).
        [
            name
            for name in (*PRODUCT, *PAGES)
            if not PLAIN.search(name) and not name.endswith("templatetags/markup.py")
        ],
        "{{ guest.name|safe }}",
    ),
    "a template or a format made of what somebody typed": (
        re.compile(
            r"(?<![\w\"'])\w+\.format\(|format_map|\bTemplate\(|engine\.from_string\("
        ),
        PRODUCT,
        "words.format(event=event)",
    ),
    "code that is text": (
        re.compile(r"(?<![.\w])(?:eval|exec|compile)\(|__import__\(|pickle|marshal"),
        [name for name in PRODUCT if not name.endswith("environment.py")],
        "eval(request.GET['x'])",
    ),
    "a shell": (
        re.compile(r"os\.system|shell=True|subprocess"),
        PRODUCT,
        "os.system(x)",
    ),
    "SQL put together of text": (
        re.compile(r"\.raw\(|\.extra\(|RawSQL\(|execute\(f[\"']|execute\([^)]*%[^s(]"),
        PRODUCT,
        'cursor.execute(f"SELECT {name}")',
    ),
    "a hash that is broken, or chance that is none": (
        re.compile(r"\bmd5\b|\bsha1\b|^import random|random\.(?:random|choice)\("),
        PRODUCT,
        "hashlib.md5(name)",
    ),
    "a mac that is compared letter by letter": (
        re.compile(
            r"\b(?:mac|digest|signature|token|secret)s?\b\s*[!=]=|[!=]=\s*_mac\("
        ),
        PRODUCT,
        "if mac == _mac(key):",
    ),
    "HTML that a script writes of text": (
        re.compile(r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\("),
        SCRIPTS,
        "row.innerHTML = guest.name",
    ),
    "a script that listens to other windows, or leaves names in a browser": (
        re.compile(
            r"onmessage|addEventListener\(\"message\"|localStorage|new Function"
        ),
        SCRIPTS,
        'localStorage.setItem("guests", names)',
    ),
    "XML that is read without its bombs taken out": (
        re.compile(r"xml\.etree(?!.*import ParseError$)|xml\.dom|lxml|minidom"),
        PRODUCT,
        "import xml.etree.ElementTree",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_no_line_does(rule: str) -> None:
    pattern, names, planted = RULES[rule]
    assert names
    found = lines_with(pattern, [name for name in names if name not in REVIEWED])
    assert found == []
    assert pattern.search(planted)


def test_what_was_reviewed_still_needs_it() -> None:
    """A file that does nothing of the kind any more leaves the list."""
    patterns = [pattern for pattern, _names, _planted in RULES.values()]
    needless = {
        name
        for name in REVIEWED
        if not any(lines_with(pattern, [name]) for pattern in patterns)
    }
    assert needless == set()


def test_every_file_of_the_product_is_looked_at() -> None:
    assert {Path(name).parts[0] for name in PRODUCT} == set(PACKAGES)
    assert len(VIEWS) > 50 and len(SCRIPTS) > 10
