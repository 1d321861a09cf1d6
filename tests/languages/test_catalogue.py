"""The file for translators: every word of the code and no other, and nothing broken."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from pytest_django import Settings

from losers_lounge import languages
from tests.test_project import PRODUCTION, ROOT, tracked

WORDS = "losers_lounge/locale/es/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd%]|\{[a-z_]*\}")
MARKUP = re.compile(r"</?[a-z]+[^>]*>|&\w+;")
Key = tuple[str | None, str, str]


def entries(path: Path = ROOT / WORDS) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=0)


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def broken(entry: polib.POEntry) -> list[str]:
    """What the translation lost of its English, or made up."""
    one, many = entry.msgid, entry.msgid_plural or entry.msgid
    forms = entry.msgstr_plural or {1: entry.msgstr}
    known = {*PLACEHOLDER.findall(one), *PLACEHOLDER.findall(many)}
    faults = [f"{text!r}: placeholders" for text in [forms[1]] if not same(many, text)]
    if 0 in forms and not known >= set(PLACEHOLDER.findall(forms[0])):
        faults.append(f"{forms[0]!r}: placeholders")
    if sorted(MARKUP.findall(many)) != sorted(MARKUP.findall(forms[1])):
        faults.append(f"{forms[1]!r}: markup")
    if edges(many) != edges(forms[1]):
        faults.append(f"{forms[1]!r}: space at an end")
    return faults


def same(english: str, text: str) -> bool:
    return sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(text))


def edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def extracted(folder: Path) -> set[Key]:
    """What `makemessages` finds in a copy of this code."""
    for name in tracked(".py", ".html", ".txt"):
        if name.split("/")[0] not in ("tests", "static"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    (folder / WORDS).parent.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "es"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **PRODUCTION},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr, done.stderr
    return {key(entry) for entry in entries(folder / WORDS)}


@pytest.mark.skipif(
    not shutil.which("xgettext"), reason="no xgettext was found (apt install gettext)"
)
def test_it_has_every_string_of_the_code_and_no_other(tmp_path: Path) -> None:
    found, kept = extracted(tmp_path), {key(entry) for entry in entries()}
    refresh = "run `python3 manage.py makemessages --locale es`"
    assert found - kept == set(), refresh
    assert kept - found == set(), refresh


def test_every_string_is_said_in_spanish_and_none_is_guessed() -> None:
    assert [entry.msgid for entry in entries() if not entry.translated()] == []
    assert [entry.msgid for entry in entries() if entry.fuzzy] == []


def test_translations_keep_placeholders_markup_and_plurals() -> None:
    faults = {entry.msgid: broken(entry) for entry in entries()}
    assert {msgid: found for msgid, found in faults.items() if found} == {}
    plurals = [entry for entry in entries() if entry.msgid_plural]
    assert {tuple(sorted(entry.msgstr_plural)) for entry in plurals} == {(0, 1)}


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("%(n)d of %(all)d", "%(n)d"),
        ("A <strong>b</strong>", "A b"),
        ("one %s", "uno"),
        ("until ", "hasta"),
    ],
)
def test_what_a_translation_loses_is_seen(english: str, spanish: str) -> None:
    assert broken(polib.POEntry(msgid=english, msgstr=spanish))


class TestCatalogues:
    """The form that gettext reads is made when a process starts."""

    @pytest.fixture
    def folder(self, tmp_path: Path, settings: Settings) -> Iterator[Path]:
        folder = tmp_path / "es" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text('msgid "Door"\nmsgstr "Puerta"\n')
        settings.LOCALE_PATHS = [tmp_path]
        yield folder

    def test_one_is_made_where_there_is_none(self, folder: Path) -> None:
        languages.compile_messages()
        made = polib.mofile(str(folder / "django.mo"))
        assert [entry.msgstr for entry in made] == ["Puerta"]
        assert sorted(path.name for path in folder.iterdir()) == [
            "django.mo",
            "django.po",
        ]

    def test_it_is_made_anew_when_its_words_have_another_time(
        self, folder: Path
    ) -> None:
        languages.compile_messages()
        words, made = folder / "django.po", folder / "django.mo"
        before = made.stat().st_ino
        languages.compile_messages()
        assert made.stat().st_ino == before
        # Older words, as a copy from elsewhere brings them, are other words too.
        words.write_text('msgid "Door"\nmsgstr "Portón"\n')
        os.utime(words, (1, 1))
        languages.compile_messages()
        assert [e.msgstr for e in polib.mofile(str(made))] == ["Portón"]

    def test_a_folder_that_may_not_be_written_stops_nobody(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(**_where: object) -> None:
            raise PermissionError("read-only file system")

        monkeypatch.setattr(languages.tempfile, "mkstemp", refused)
        languages.compile_messages()
        assert [path.name for path in folder.iterdir()] == ["django.po"]

    def test_this_process_speaks_the_words_of_the_file(self) -> None:
        assert settings.LOCALE_PATHS == [ROOT / "losers_lounge" / "locale"]
        with translation.override("es"):
            assert translation.gettext("You lost. Come on in.") == "Perdiste. Pasa."
            assert translation.gettext("We're sorry about your win.").startswith("Sent")
