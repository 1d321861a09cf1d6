"""The languages this house speaks, and in which one an answer is given."""

import os
import tempfile
from pathlib import Path

import polib
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

logger = structlog.get_logger(__name__)

# Of the log, of files for machines, and of settings.LANGUAGE_CODE.
ENGLISH = "en"


class SpeakTheirLanguage(LocaleMiddleware):
    """Answer in the language chosen by cookie, else in the browser's, else English.

    Then fall back to English: what this thread does next, or streams (a file for a
    machine), is nobody's page. Stands before whatever answers with words.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        answer = super().process_response(request, response)
        translation.deactivate()
        return answer


def compile_messages() -> None:
    """Make each catalogue that gettext reads, when its words have changed.

    The words are under version control, the catalogue is not. It takes the time of
    its words, so that any other time, older or newer, means other words. Where code
    may not be written, any command of the user who deploys makes it; until then pages
    say what is not in it in English.
    """
    for folder in settings.LOCALE_PATHS:
        for words in Path(folder).glob("*/LC_MESSAGES/*.po"):
            catalogue = words.with_suffix(".mo")
            changed_ns = words.stat().st_mtime_ns
            if made_at(catalogue) != changed_ns:
                try:
                    write_catalogue(words, catalogue, changed_ns)
                except OSError as error:
                    logger.warning("catalogue_not_written", error=str(error))


def made_at(catalogue: Path) -> int | None:
    """The time a catalogue carries, in nanoseconds; None when there is none."""
    try:
        return catalogue.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def write_catalogue(words: Path, catalogue: Path, changed_ns: int) -> None:
    """Whole or not at all: other processes may be starting at this moment."""
    handle, name = tempfile.mkstemp(dir=catalogue.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(polib.pofile(str(words)).to_binary())
            os.fchmod(file.fileno(), 0o644)
        os.utime(name, ns=(changed_ns, changed_ns))
        os.replace(name, catalogue)
    except BaseException:
        os.unlink(name)
        raise
