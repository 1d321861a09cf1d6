"""One row of an imported guest list: parsed, checked, compared with who is there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from events.nominations import CHANGED, NEW, REFUSED, SAME
from losers_lounge.names import fold

COLUMNS = {
    "name": ("guest", "full name", "guest name", "nominee"),
    "first_name": ("first", "given name", "forename", "guest first name"),
    "last_name": ("last", "surname", "family name", "guest last name"),
    "email": ("e-mail", "mail", "email address", "e-mail address"),
    "phone": ("telephone", "mobile", "tel", "phone number"),
    "plus_ones": (
        *("plus one", "plus ones", "+1", "plusone", "allowance", "plus ones allowed"),
        # Never "number of guests": that may count the guest too.
        *("guests allowed", "allowed guests"),
    ),
    "tags": ("tag", "groups", "group", "role", "roles"),
    "contact_name": ("assistant", "agent", "publicist", "contact"),
    "contact_email": ("assistant email", "agent email", "publicist email"),
    "notes": ("note", "comment", "comments", "remarks"),
    "vip": ("is vip",),
}
REQUIRED = "name"
# A name may be in two columns: either of them is enough of one.
ENOUGH = frozenset({REQUIRED, "first_name", "last_name"})
YES = frozenset({"yes", "y", "true", "1", "x", "vip"})
NO = frozenset({"", "no", "n", "false", "0"})
MAX_NAME = 200
MAX_EMAIL = 254
MAX_NOTES = 2_000
MAX_PLUS_ONES = 20
PLUS_ONES = re.compile(r"0*([0-9]{0,2})")
# Nearly every address looks like this, and is one; of the others Django is asked.
PLAIN_ADDRESS = re.compile(
    r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}"
)
PLAIN_LENGTH = 60

# What a re-import may change on somebody who is already there, by column.
COMPARED = ("phone", "plus_ones", "tags", "notes", "is_vip")


@dataclass(slots=True)
class PlannedGuest:
    """What one row would do, and why it would not."""

    line: int
    name: str
    email: str = ""
    phone: str = ""
    plus_ones: int = 0
    tags: list[str] = field(default_factory=list)
    contact_name: str = ""
    contact_email: str = ""
    notes: str = ""
    is_vip: bool = False
    verdict: str = NEW
    reason: str = ""
    guest_id: int | None = None
    given: frozenset[str] = frozenset()
    # Other spellings of the name that a host said are the same person's.
    aliases: list[str] = field(default_factory=list)
    # Whom this row may be too: "guest/12", or "line/5" of the same file.
    maybe: list[str] = field(default_factory=list)
    # Another row of the file turned out to be the same person's.
    stands_for_more: bool = False
    name_key: str = field(init=False)

    def __post_init__(self) -> None:
        self.name_key = fold(self.name)

    @property
    def address(self) -> str:
        """Where mail for this guest goes; empty when nobody can be written to."""
        return self.email or self.contact_email

    @property
    def addressee(self) -> str:
        """Whom that mail greets: the assistant only where the guest has no address."""
        if self.email or not self.contact_email:
            return self.name
        return self.contact_name or self.name

    @property
    def has_assistant(self) -> bool:
        """Whether somebody else answers for this guest."""
        is_other = fold(self.contact_name) not in ("", self.name_key)
        return bool(self.contact_email) and not self.email and is_other


def parse(line: int, cells: Mapping[str, str]) -> PlannedGuest:
    """One row as a guest; refused rows carry the reason in words."""
    row = take(line, cells)
    row.reason = (
        _name_problem(row)
        or _address_problem(row.email)
        or _address_problem(row.contact_email)
        or _number_problem(row, cells)
    )
    if row.reason:
        row.verdict = REFUSED
    return row


def take(line: int, cells: Mapping[str, str]) -> PlannedGuest:
    """One row as `parse` reads it, of cells that were found to be good before."""
    get = cells.get
    email, contact_email = get("email", "").lower(), get("contact_email", "").lower()
    # A number in an assistant's row is not the assistant's: it is left out.
    phone = get("phone", "")[:40] if email or not contact_email else ""
    filled = tuple(name for name in cells if cells[name])
    number = PLUS_ONES.fullmatch(get("plus_ones", ""))
    return PlannedGuest(
        line=line,
        name=get("name", ""),
        email=email,
        phone=phone,
        plus_ones=int(number[1] or 0) if number else -1,
        tags=_tags(get("tags", "")),
        contact_name=get("contact_name", ""),
        contact_email=contact_email,
        notes=get("notes", ""),
        is_vip=get("vip", "").casefold() in YES,
        given=_given(filled, bool(phone)),
    )


def compare(row: PlannedGuest, person: Mapping[str, Any]) -> None:
    """This row is that person: does it change them? An empty cell changes nothing."""
    row.guest_id = person["pk"]
    changes = list(_changes(row, person))
    row.verdict = CHANGED if changes else SAME
    row.reason = ", ".join(change.replace("_", " ") for change in changes)


def absorb(row: PlannedGuest, other: PlannedGuest) -> None:
    """Another row is the same person: what it knows more is taken over."""
    for name in ("email", "phone", "notes", "contact_name", "contact_email"):
        if not getattr(row, name):
            setattr(row, name, getattr(other, name))
    row.plus_ones = max(row.plus_ones, other.plus_ones)
    row.tags = list(dict.fromkeys([*row.tags, *other.tags]))
    row.is_vip = row.is_vip or other.is_vip
    row.given |= other.given
    row.stands_for_more = True
    also_called(row, other.name)


def also_called(row: PlannedGuest, name: str) -> None:
    """Remember another spelling, unless it differs in nothing that is looked at."""
    if fold(name) not in {row.name_key, *map(fold, row.aliases)}:
        row.aliases.append(name)


def _changes(row: PlannedGuest, person: Mapping[str, Any]) -> Iterator[str]:
    for name in COMPARED:
        if name in row.given and getattr(row, name) != person[name]:
            yield name
    if row.address and not person["email"]:
        yield _("email")
    known = {person["name_key"], *map(fold, person["aliases"])}
    if any(fold(alias) not in known for alias in row.aliases):
        yield _("other name")


def _name_problem(row: PlannedGuest) -> str:
    if not row.name_key:
        return _("The name is missing.")
    if len(row.name) > MAX_NAME or len(row.contact_name) > MAX_NAME:
        return _("The name is longer than %(n)d letters.") % {"n": MAX_NAME}
    if len(row.notes) > MAX_NOTES:
        return _("The notes are longer than %(n)d letters.") % {"n": MAX_NOTES}
    return ""


def _address_problem(email: str) -> str:
    if not email:
        return ""
    if len(email) <= PLAIN_LENGTH and PLAIN_ADDRESS.fullmatch(email):
        return ""
    try:
        validate_email(email)
        fits = len(email) <= MAX_EMAIL
    except ValidationError:
        fits = False
    if fits:
        return ""
    return _("“%(email)s” is not an e-mail address.") % {"email": email[:60]}


def _number_problem(row: PlannedGuest, cells: Mapping[str, str]) -> str:
    if not 0 <= row.plus_ones <= MAX_PLUS_ONES:
        return _("Plus-ones must be a number from 0 to %(n)d.") % {"n": MAX_PLUS_ONES}
    said = cells.get("vip", "").casefold()
    if said not in YES | NO:
        return _("VIP must be yes, no or empty.")
    return ""


@cache  # of a file's rows nearly all have the same columns filled
def _given(filled: tuple[str, ...], has_phone: bool) -> frozenset[str]:
    given = {"is_vip" if name == "vip" else name for name in filled}
    return frozenset(given if has_phone else given - {"phone"})


def _tags(text: str) -> list[str]:
    if not text:
        return []
    parts = [part.strip()[:40] for part in text.replace(",", ";").split(";")]
    return list(dict.fromkeys(filter(None, parts)))
