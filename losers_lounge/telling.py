"""What people read, in the reader's language; files for machines are written elsewhere.

Moments are told by losers_lounge/moments.py.
"""

from collections.abc import Callable
from functools import lru_cache

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from losers_lounge.languages import ENGLISH


def in_english(say: Callable[[], object]) -> str:
    """What `say` says, in the language of the log, whoever acts.

    A log is told in its reader's language when it is read (events/activity.py).
    """
    with translation.override(ENGLISH):
        return str(say())


def told_cents(cents: int) -> str:
    """100000 -> "$1,000.00"; a negative amount carries a minus sign.

    `format_cents` (losers_lounge/money.py) is the form that no language changes.
    """
    return _told(cents, get_language())


@lru_cache(maxsize=1024)
def _told(cents: int, language: str | None) -> str:
    """Kept, since pages say few different amounts, and many times."""
    dollars, rest = divmod(abs(cents), 100)
    number = number_format(f"{dollars}.{rest:02d}", 2, force_grouping=True)
    if cents < 0:
        return _("−$%(amount)s") % {"amount": number}
    return _("$%(amount)s") % {"amount": number}
