"""One row of an imported guest list: parsed, checked, compared with who is there."""

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
MAX_NOTES = 2_000
MAX_PLUS_ONES = 20

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

    @property
    def name_key(self) -> str:
        return fold(self.name)

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


def compare(row: PlannedGuest, there: dict[str, Any]) -> list[str]:
    """Names of the fields the row would change; an empty cell changes nothing."""
    return [
        name
        for name in COMPARED
        if name in row.given and getattr(row, name) != there[name]
    ]


def judge(row: PlannedGuest, candidates: list[dict[str, Any]]) -> None:
    """Set the row's verdict against the people of the same name on the list.

    The same name at the same address is the same person. Where one side has no
    address it is too; with another address it is a second person of that name.
    """
    same = [there for there in candidates if there["email"] == row.address]
    if not same:
        same = [there for there in candidates if not there["email"] or not row.address]
    if not same:
        if candidates:
            row.reason = _("Another %(name)s is on the list, at another address.") % {
                "name": row.name
            }
        return
    there = same[0]
    row.guest_id = there["pk"]
    changes = compare(row, there)
    if row.address and not there["email"]:
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
    except ValidationError:
        return _("“%(email)s” is not an e-mail address.") % {"email": email[:60]}
    return ""


def _take_numbers(row: PlannedGuest, cells: dict[str, Any]) -> str:
    typed = cells.get("plus_ones", "") or "0"
    if not (typed.isascii() and typed.isdigit()) or int(typed[:9]) > MAX_PLUS_ONES:
        return _("Plus-ones must be a number from 0 to %(n)d.") % {"n": MAX_PLUS_ONES}
    row.plus_ones = int(typed)
    said = cells.get("vip", "").casefold()
    if said not in YES | NO:
        return _("VIP must be yes, no or empty.")
    row.is_vip = said in YES
    return ""


def _tags(text: str) -> list[str]:
    parts = [part.strip()[:40] for part in text.replace(",", ";").split(";")]
    return list(dict.fromkeys(filter(None, parts)))
