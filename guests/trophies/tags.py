"""Tags on paper: a number and a code that leads the team to the statue's page."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from events.models import Event

ON_A_SHEET = 60
LAST = 999
MAX_LETTERS = 20


@dataclass(frozen=True)
class PaperTag:
    """One tag to hang on a statue; the same number stands on its owner's stub."""

    number: str
    url: str


def plain_tag(text: str) -> str:
    """A tag as it is kept: "a7" and " A7 " are one."""
    return text.strip().upper()


def sheet(event: Event, first: int = 1) -> list[PaperTag]:
    """The tags from this number on that fit on one print: 001 to 060."""
    last = min(first + ON_A_SHEET, LAST + 1)
    numbers = [f"{number:03}" for number in range(first, last)]
    return [PaperTag(number, url_of(event, number)) for number in numbers]


def url_of(event: Event, number: str) -> str:
    """Where the code on a tag leads: for the team the statue's page."""
    path = reverse("guests:trophy_tag", args=[event.slug, number])
    return settings.SITE_URL + path


def number_in(event: Event, code: str) -> str:
    """The number on the tag whose code was read; empty for any other code."""
    path = reverse("guests:trophy_tag", args=[event.slug, "0"]).removesuffix("0/")
    _before, _path, number = code.strip().partition(path)
    number = plain_tag(number.rstrip("/"))
    return number if number.isalnum() and len(number) <= MAX_LETTERS else ""
