"""One row of an imported guest list: parsed, checked, compared with who is there."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from events.nominations import CHANGED, NEW, REFUSED, SAME
from losers_lounge import csvfile
from losers_lounge.names import fold

COLUMNS = {
    "name": ("guest", "full name", "guest name", "nominee"),
    "email": ("e-mail", "mail", "email address", "e-mail address"),
    "phone": ("telephone", "mobile", "tel", "phone number"),
    "plus_ones": ("plus one", "plus ones", "+1", "plusone", "allowance"),
    "tags": ("tag", "groups", "group", "role", "roles"),
    "contact_name": ("assistant", "agent", "publicist", "contact"),
    "contact_email": ("assistant email", "agent email", "publicist email"),
    "notes": ("note", "comment", "comments", "remarks"),
    "vip": ("is vip",),
}
YES = frozenset({"yes", "y", "true", "1", "x", "vip"})
NO = frozenset({"", "no", "n", "false", "0"})
MAX_NAME = 200
MAX_EMAIL = 254
MAX_NOTES = 2_000
MAX_PLUS_ONES = 20
PLUS_ONES = re.compile(r"0*([0-9]{0,2})")

# What a re-import may change on somebody who is already there, by column.
COMPARED = ("phone", "plus_ones", "tags", "notes", "is_vip")


@dataclass
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


def read(data: bytes) -> csvfile.Table:
    """The file's rows; raises csvfile.UnreadableFile."""
    return csvfile.read(data, COLUMNS, required="name")


def parse(line: int, cells: dict[str, Any]) -> PlannedGuest:
    """One row as a guest; refused rows carry the reason in words."""
    email = cells.get("email", "").lower()
    contact_email = cells.get("contact_email", "").lower()
    row = PlannedGuest(
        line=line,
        name=cells.get("name", ""),
        email=email,
        # A number in an assistant's row is not the assistant's: it is left out.
        phone=cells.get("phone", "")[:40] if email or not contact_email else "",
        tags=_tags(cells.get("tags", "")),
        contact_name=cells.get("contact_name", ""),
        contact_email=contact_email,
        notes=cells.get("notes", ""),
        given=frozenset(
            {"vip": "is_vip"}.get(name, name) for name, text in cells.items() if text
        ),
    )
    if not row.phone:
        row.given -= {"phone"}
    row.reason = (
        _name_problem(row)
        or _address_problem(email)
        or _address_problem(contact_email)
        or _take_numbers(row, cells)
    )
    if row.reason:
        row.verdict = REFUSED
    return row


def judge(rows: list[PlannedGuest], there: list[dict[str, Any]]) -> None:
    """Set the verdicts of the rows of one name against the people of that name.

    The same name at the same address is the same person. Where one side has no
    address it is too; with another address it is a second person of that name.
    Nobody on the list is taken for two rows.
    """
    free = list(there)
    for is_same in (_same_address, _one_without_address):
        for row in rows:
            if row.guest_id is None:
                match = next((person for person in free if is_same(row, person)), None)
                if match is not None:
                    free.remove(match)
                    _compare(row, match)
    for row in rows:
        if there and row.guest_id is None:
            row.reason = _("Another %(name)s is on the list, at another address.") % {
                "name": row.name
            }


def _same_address(row: PlannedGuest, person: dict[str, Any]) -> bool:
    return person["email"] == row.address


def _one_without_address(row: PlannedGuest, person: dict[str, Any]) -> bool:
    return not person["email"] or not row.address


def _compare(row: PlannedGuest, person: dict[str, Any]) -> None:
    """This row is that person: does it change them? An empty cell changes nothing."""
    row.guest_id = person["pk"]
    changes = [
        name
        for name in COMPARED
        if name in row.given and getattr(row, name) != person[name]
    ]
    if row.address and not person["email"]:
        changes.append("email")
    row.verdict = CHANGED if changes else SAME
    row.reason = ", ".join(change.replace("_", " ") for change in changes)


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
    try:
        validate_email(email)
        fits = len(email) <= MAX_EMAIL
    except ValidationError:
        fits = False
    if fits:
        return ""
    return _("“%(email)s” is not an e-mail address.") % {"email": email[:60]}


def _take_numbers(row: PlannedGuest, cells: dict[str, Any]) -> str:
    number = PLUS_ONES.fullmatch(cells.get("plus_ones", ""))
    row.plus_ones = int(number[1] or 0) if number else -1
    if not 0 <= row.plus_ones <= MAX_PLUS_ONES:
        return _("Plus-ones must be a number from 0 to %(n)d.") % {"n": MAX_PLUS_ONES}
    said = cells.get("vip", "").casefold()
    if said not in YES | NO:
        return _("VIP must be yes, no or empty.")
    row.is_vip = said in YES
    return ""


def _tags(text: str) -> list[str]:
    parts = [part.strip()[:40] for part in text.replace(",", ";").split(";")]
    return list(dict.fromkeys(filter(None, parts)))
