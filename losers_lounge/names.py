"""Names as people type them, brought to one form for comparing and searching."""

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
# A key is never longer than its column, whatever a letter decomposes into.
MAX_KEY = 200
_NOT_WORD = re.compile(r"[^\w\s]")
# Letters that no decomposition turns into a plain one.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"}
)

# What may stand behind a name in one list and be left out in another.
_SUFFIXES = frozenset({"jr", "junior", "sr", "senior", "ii", "iii", "iv"})


def clean(text: str) -> str:
    """One line of NFC text without control or direction marks, spaces collapsed."""
    if not (text.isascii() and text.isprintable()):
        text = _CONTROLS.sub(" ", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def match_key(name: str) -> str:
    """The key that likely spellings of one person share, whatever order they are in.

    "Downey, Robert Jr." and "Robert Downey" match; two people may match as well, so
    it finds whom to ask about and decides nothing.
    """
    words = fold(name).split()
    kept = [word for word in words if word not in _SUFFIXES]
    return " ".join(sorted(kept or words))


def at_end(name: str) -> str:
    """A name before the full stop of a sentence: “Louis C.K.” brings its own."""
    return str(name).removesuffix(".")


# A name is folded several times on its way to the database, within a moment.
@lru_cache(maxsize=4_096)
def fold(name: str) -> str:
    """The key two spellings of a name share: no case, accents or punctuation.

    "Zoë O'Neill, Jr." and "ZOE ONEILL JR" fold to the same key.
    """
    plain = clean(name).casefold()
    if not plain.isascii():
        # Mathematical and other fancy capitals become plain ones only by NFKD.
        folded = unicodedata.normalize("NFKD", plain).casefold()
        decomposed = unicodedata.normalize("NFKD", folded)
        plain = "".join(filterfalse(unicodedata.combining, decomposed))
        plain = plain.translate(_LETTERS)
    words = _NOT_WORD.sub("", plain).split()
    return " ".join(words)[:MAX_KEY].rstrip()
