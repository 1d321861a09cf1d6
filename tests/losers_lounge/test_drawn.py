"""Parts of pages that are drawn once for everybody who sees the same."""

from datetime import UTC, datetime

from django.utils import translation
from django.utils.safestring import mark_safe

from losers_lounge.templatetags.lounge import drawn

NOON = datetime(2013, 9, 22, 12, tzinfo=UTC)


def cover(venue: str) -> str:
    template = "_partials/cover_text.html"
    return drawn(template, at=NOON, zone="UTC", venue=venue, address="")


def test_what_is_marked_as_safe_opens_no_way_for_what_is_not() -> None:
    assert "<b>Soho</b>" in cover(mark_safe("<b>Soho</b>"))
    assert "&lt;b&gt;Soho" in cover("<b>Soho</b>")


def test_each_language_is_drawn_for_itself() -> None:
    english = cover("Soho House")
    with translation.override("es"):
        assert "domingo" in cover("Soho House")
    assert cover("Soho House") == english
    assert "Sunday" in english
