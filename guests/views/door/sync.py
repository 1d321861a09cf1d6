"""What a phone pressed without network, handed in: JSON in, JSON out."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guests.admission import Colour
from guests.door import lookups, scans
from guests.door.scans import Merged, Scan
from guests.forms.desk import MAX_ID
from guests.models import Admission
from guests.views.door.access import DOOR, for_known_phones, open_door
from losers_lounge.middleware import content_length
from losers_lounge.names import clean

LARGEST_BODY = 512 * 1024
ACTIONS = ("in", "out", "home")
NONCE = re.compile(r"[A-Za-z0-9._~:/+=-]{1,64}")
YEARS = range(2000, 3000)
LARGEST_SEQUENCE = 2**31 - 1
LONGEST = {
    "reason": Admission._meta.get_field("reason").max_length,
    "allowed_by": Admission._meta.get_field("allowed_by").max_length,
}


class Malformed(Exception):
    """What was handed in cannot be read; the text says which part."""


@for_known_phones
@never_cache
@require_POST
def door_sync(request: HttpRequest, slug: str) -> JsonResponse:
    """Merge what waited in a phone, and answer scan by scan; twice is once.

    A phone that was shut out may hand its scans in too: they are kept, count for
    nothing, and are told nobody's name.
    """
    access = open_door(request, slug, DOOR)
    if content_length(request) > LARGEST_BODY:
        return _refused(_("That is too much at once: send fewer scans."), 413)
    try:
        sent_at, waited = _read(request.body)
    except Malformed as error:
        return _refused(str(error), 400)
    if len(waited) > scans.MOST_SCANS:
        words = _("At most %(most)d scans at once.") % {"most": scans.MOST_SCANS}
        return _refused(words, 413)
    if access.is_counted:
        strangers = scans.of_nobody(access.event, waited)
        lookups.note_scans(access.event, access.actor, len(waited), strangers)
    at = timezone.now()
    merged = scans.merge(access.event, access.actor, waited, sent_at=sent_at, at=at)
    device = access.actor.device
    if device is not None and device.revoked_at is not None:
        return JsonResponse(_without_names(merged))
    return JsonResponse(asdict(merged))


def _without_names(merged: Merged) -> dict[str, Any]:
    kept = _("Kept for a host to look at.")
    received = [
        {"nonce": row.nonce, "outcome": row.outcome, "words": kept}
        for row in merged.received
    ]
    nothing = {"inside": None, "inside_before": None, "corrections": []}
    return {"received": received, **nothing, "as_of": merged.as_of}


def _refused(words: str, status: int) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)


def _read(body: bytes) -> tuple[datetime, list[Scan]]:
    """The phone's clock and its scans. Raises Malformed."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed(_("This is not JSON.")) from None
    if not isinstance(given, Mapping) or not isinstance(given.get("scans"), list):
        raise Malformed(_("“scans” must be a list."))
    sent_at = _time(given, "sent_at", "")
    rows = given["scans"]
    # Too many are refused by their number alone.
    if len(rows) > scans.MOST_SCANS:
        rows = rows[: scans.MOST_SCANS + 1]
    return sent_at, [_scan(row, number) for number, row in enumerate(rows, 1)]


def _scan(given: object, number: int) -> Scan:
    where = _("Scan %(number)d: ") % {"number": number}
    if not isinstance(given, Mapping):
        raise Malformed(where + _("it is not an object."))
    nonce = given.get("nonce")
    if not isinstance(nonce, str) or not NONCE.fullmatch(nonce):
        raise Malformed(where + _("“nonce” must be 1 to 64 plain characters."))
    as_of = given.get("as_of")
    return Scan(
        nonce=nonce,
        guest_id=_number(given, "guest", MAX_ID, where),
        action=_one_of(given, "action", ACTIONS, where),
        at=_time(given, "at", where),
        sequence=_number(given, "seq", LARGEST_SEQUENCE, where),
        as_of=None if as_of in (None, "") else _time(given, "as_of", where),
        colour=_one_of(given, "colour", ("", *Colour), where),
        allowed_by=_line(given, "allowed_by", where),
        reason=_line(given, "reason", where),
    )


def _time(given: Mapping[str, Any], name: str, where: str) -> datetime:
    value = given.get(name)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None or at.year not in YEARS:
        text = _("“%(name)s” must be a moment with its zone.") % {"name": name}
        raise Malformed(where + text)
    # PostgreSQL knows no zone as far from its own as some clocks claim to be.
    return at.astimezone(UTC)


def _number(given: Mapping[str, Any], name: str, most: int, where: str) -> int:
    value = given.get(name)
    # JSON's true is Python's 1.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        text = _("“%(name)s” must be a whole number.") % {"name": name}
        raise Malformed(where + text)
    return value


def _one_of(
    given: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str
) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str) or value not in allowed:
        words = {"name": name, "words": ", ".join(word for word in allowed if word)}
        raise Malformed(where + _("“%(name)s” must be one of %(words)s.") % words)
    return value


def _line(given: Mapping[str, Any], name: str, where: str) -> str:
    value = given.get(name) or ""
    if isinstance(value, str):
        # Half a character, which JSON can spell, cannot be kept.
        line = clean(value.encode(errors="replace").decode())
        if len(line) <= LONGEST[name]:
            return line
    text = _("“%(name)s” must be one line of text, not too long.") % {"name": name}
    raise Malformed(where + text)
