"""What a message program shows of a link that somebody passes on (Open Graph)."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()
WIDTH, HEIGHT = 1200, 630


@register.simple_tag
def share_card(cover: str = "") -> SafeString:
    """A picture of the evening's cover, and words that are the same for everybody.

    No name of an evening, a host or a guest: a link is fetched by machines, and
    passed on in groups that nobody invited.
    """
    return _card(cover or "plinth", settings.SITE_URL, get_language())


@lru_cache(maxsize=64)
def _card(cover: str, site: str, language: str | None) -> SafeString:
    return format_html(
        '<meta property="og:site_name" content="{name}">'
        '<meta property="og:type" content="website">'
        '<meta property="og:title" content="{title}">'
        '<meta property="og:description" content="{words}">'
        '<meta property="og:image" content="{site}{picture}">'
        '<meta property="og:image:width" content="{width}">'
        '<meta property="og:image:height" content="{height}">'
        '<meta property="og:image:alt" content="{title}">'
        '<meta name="twitter:card" content="summary_large_image">',
        name=_("Losers Lounge"),
        title=_("You are invited."),
        words=_("Lose, and it's on us."),
        site=site,
        picture=static(f"img/share/{cover}.png"),
        width=WIDTH,
        height=HEIGHT,
    )
