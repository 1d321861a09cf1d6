"""The name of a row: from two columns, or turned round where the family comes first."""

import re

from losers_lounge.names import fold

FIRST, LAST = "first_name", "last_name"

# What stands behind a whole name, and is nobody's first name.
_GENERATIONS = frozenset({"jr", "junior", "sr", "senior", "ii", "iii", "iv"})
_BEHIND_A_NAME = _GENERATIONS | {
    *("v", "vi", "vii", "viii", "2nd", "3rd"),
    *("md", "phd", "dds", "rn", "cpa", "esq", "esquire", "mba", "jd", "dphil"),
    *("cbe", "obe", "mbe", "dbe", "kbe", "qc", "kc", "mp", "asc", "ace", "csa", "pga"),
    *("ceo", "cfo", "coo", "cto", "evp", "svp", "vp"),
    *("inc", "llc", "ltd", "llp", "corp", "gmbh", "co", "company"),
    *("guest", "guests", "plus", "one", "wife", "husband", "partner", "family"),
}
# More than one person, or a description of one.
_MORE_THAN_A_NAME = frozenset({"and", "und", "with", "of", "for", "from", "at"})
_WORDS = re.compile(r"[^\W\d_]+(?:[.'’ -]+[^\W\d_]+)*\.?")
_LONGEST_ACRONYM = 4


def one_name(cells: dict[str, str]) -> dict[str, str]:
    """These cells with one name: the whole one where it is given, or else its parts."""
    first, last = cells.pop(FIRST, ""), cells.pop(LAST, "")
    name = cells.get("name", "")
    if "," in name:
        cells["name"] = turned_round(name)
    elif not name and (first or last):
        cells["name"] = f"{first} {last}".strip()
    return cells


def turned_round(name: str) -> str:
    """ "Hale, Tony" as "Tony Hale"; whatever may be something else stays as it is.

    "Sammy Davis, Jr." is whole, and "Hale, Tony & Martel" are two.
    """
    family, comma, given = (part.strip() for part in name.partition(","))
    if not (comma and _WORDS.fullmatch(family) and _WORDS.fullmatch(given)):
        return name
    words = fold(given.replace(".", "")).split()
    every_word = {*fold(family).split(), *words}
    if not words or words[0] in _BEHIND_A_NAME or every_word & _MORE_THAN_A_NAME:
        return name
    if " " in family and _describes(given, family):
        return name
    first, _space, suffix = given.rpartition(" ")
    if first and fold(suffix) in _GENERATIONS:
        return f"{first} {family} {suffix}"
    return f"{given} {family}"


def _describes(words: str, name: str) -> bool:
    """ "Tony Hale, presenter" and "Tony Hale, HBO": what somebody does, or where."""
    is_acronym = words.isupper() and len(words) <= _LONGEST_ACRONYM
    return (words.islower() and not name.islower()) or (
        is_acronym and not name.isupper()
    )
