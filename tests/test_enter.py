"""Enter in a field presses a form's first button: it may not choose for anybody."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FORM = re.compile(r"<form\b.*?</form>|<details class=\"bulk\".*?</details>", re.DOTALL)
LOOP = re.compile(r"\{% for .*?\{% endfor %\}", re.DOTALL)
# A button that says which of several things is wanted.
CHOICE = re.compile(r"<button[^>]*\bname=\"\w+\"[^>]*>")
# Where words are typed in one line; a textarea takes Enter for itself.
TYPED = re.compile(
    r"<input(?![^>]*type=\"(?:hidden|checkbox|radio|submit|file)\")"
    r"|\{\{ form\.(?:subject|amount|words|reason) \}\}"
)
GUARD = '{% include "_partials/not_by_enter.html" only %}'


def choices(form: str) -> int:
    """How many buttons choose; one in a loop counts for two."""
    in_loops = sum(len(CHOICE.findall(loop)) for loop in LOOP.findall(form))
    return len(CHOICE.findall(form)) + in_loops


def asks_for_words_and_a_choice(form: str) -> bool:
    return choices(form) > 1 and TYPED.search(form) is not None


def test_enter_beside_several_buttons_chooses_none_of_them() -> None:
    found = 0
    for page in sorted(TEMPLATES.rglob("*.html")):
        for form in FORM.findall(page.read_text()):
            if asks_for_words_and_a_choice(form):
                found += 1
                first = re.search(r"<button|\{% include \"_partials/not_by", form)
                assert form[first.start() :].startswith(GUARD), f"{page}: {form[:200]}"
    assert found >= 6
