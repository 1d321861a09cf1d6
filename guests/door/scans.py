"""Scans that waited in a phone without network, merged into the door's log.

Whatever order they are delivered in, and however often, the same rows come of them:
each is written down once as it was pressed, and what follows is folded anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event
from guests import waiting_list
from guests.actors import Actor
from guests.door import exceptions, standing
from guests.door.card import decisions
from guests.door.presses import inside_count
from guests.door.standing import Dossier, Standing
from guests.models import Admission, Device, Guest
from losers_lounge.telling import in_english

Action, Kind = Admission.Action, Admission.ExceptionKind
MOST_SCANS = 200
# An older scan is taken for one of two days ago: no phone waits that long.
OLDEST = timedelta(days=2)
COUNTED, EXCEPTION, REFUSED = "counted", "exception", "refused"


@dataclass(frozen=True)
class Scan:
    """One press on a phone that had no network, by the phone's own clock."""

    nonce: str
    guest_id: int
    action: str
    at: datetime
    sequence: int
    as_of: datetime | None = None
    colour: str = ""
    allowed_by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Received:
    """What became of one scan."""

    nonce: str
    outcome: str
    words: str


@dataclass(frozen=True)
class Merged:
    """What became of a delivery, and what it corrects, in sentences."""

    received: tuple[Received, ...]
    inside: int
    inside_before: int
    corrections: tuple[str, ...]
    as_of: datetime


def of_nobody(event: Event, scans: Sequence[Scan]) -> int:
    """How many of these are of people whom this event has never had on its list."""
    asked = {scan.guest_id for scan in scans}
    return len(asked) - len(_who_they_are(event, asked))


def merge(
    event: Event,
    by: Actor,
    scans: Sequence[Scan],
    *,
    sent_at: datetime,
    at: datetime,
) -> Merged:
    """Write down what is new of these, each once, and say what became of every one.

    `sent_at` is the phone's clock as it sent them: how far it is off corrects them
    all. Who was let in stays in, whatever the rules say now: it becomes an exception.
    """
    try:
        with transaction.atomic():
            return _merge(event, by, scans, sent_at, at)
    except IntegrityError:
        # A press of the same name, for somebody else, was faster by less than a look.
        with transaction.atomic():
            return _merge(event, by, scans, sent_at, at)


def _merge(
    event: Event, by: Actor, scans: Sequence[Scan], sent_at: datetime, at: datetime
) -> Merged:
    # Seats may come free, or be taken again: event first, then guests.
    locked = Event.objects.locked().get(pk=event.pk)
    before = inside_count(locked)
    delivery = _Delivery(locked, by, at, sent_at, scans)
    delivery.write()
    inside = inside_count(locked)
    corrections = [*_recount(delivery, before, inside), *delivery.corrections()]
    received = tuple(delivery.answer(scan) for scan in scans)
    return Merged(received, inside, before, tuple(corrections), at)


class _Delivery:
    """The people and rows that one delivery is about, read at once and locked."""

    def __init__(
        self,
        event: Event,
        by: Actor,
        at: datetime,
        sent_at: datetime,
        scans: Sequence[Scan],
    ) -> None:
        self.event, self.by, self.at, self.sent_at = event, by, at, sent_at
        self.is_believed = not _is_signed_off(event, by)
        self.leads_to = _who_they_are(event, {scan.guest_id for scan in scans})
        people = Guest.objects.filter(pk__in=set(self.leads_to.values()))
        people = people.select_for_update(no_key=True).order_by("pk")
        self.dossiers = {row.pk: Dossier(row) for row in people}
        for dossier in self.dossiers.values():
            dossier.guest.event = event
        nonces = [scan.nonce for scan in scans]
        known = Admission.objects.filter(nonce__in=nonces).select_related("guest")
        self.by_nonce = {row.nonce: row for row in known}
        for row in Admission.objects.filter(guest__in=self.dossiers).order_by("pk"):
            dossier = self.dossiers[row.guest_id]
            row.guest = dossier.guest
            dossier.rows.append(row)
            self.by_nonce[row.nonce] = row
        for scan in scans:
            self._add(scan)
        self.was = self._exceptions()

    def _add(self, scan: Scan) -> None:
        guest_id = self.leads_to.get(scan.guest_id)
        if guest_id is None or scan.nonce in self.by_nonce:
            return
        dossier = self.dossiers[guest_id]
        row = self._row(scan, dossier.guest)
        self.by_nonce[scan.nonce] = row
        dossier.new.append(row)

    def _row(self, scan: Scan, guest: Guest) -> Admission:
        row = Admission(
            event_id=self.event.pk,
            guest=guest,
            action=scan.action,
            nonce=scan.nonce,
            by=self.by.user,
            by_name=self.by.name,
            device=self.by.device,
            colour=scan.colour,
            reason=scan.reason,
            at=self._when(scan),
            received_at=self.at,
            sequence=scan.sequence,
            priced_at=scan.as_of,
            allowed_by=scan.allowed_by,
        )
        if not self.is_believed or _is_shut_out(self.by.device, row.at):
            row.exception, row.counts, row.closed_at = Kind.REVOKED, False, row.at
        return row

    def _when(self, scan: Scan) -> datetime:
        """By our clock; no phone pressed anything before it was paired."""
        age = min(max(self.sent_at - scan.at, timedelta()), OLDEST)
        paired_at = self.by.device.claimed_at if self.by.device else None
        return max(self.at - age, paired_at) if paired_at else self.at - age

    def write(self) -> None:
        """Add what is new, bring follow what it changes, offer freed seats."""
        concerned = [one for one in self.dossiers.values() if one.new]
        said = decisions([one.guest for one in concerned])
        for one in concerned:
            for row in one.new:
                refused = not said[one.guest.pk].lets_in
                row.is_refused = row.action == Action.IN and refused
        seated = {one.guest.pk for one in concerned if one.guest.gone_at is None}
        self.standings: list[Standing] = standing.write(concerned)
        went = [one for one in concerned if one.guest.gone_at is not None]
        if any(one.guest.pk in seated for one in went):
            waiting_list.offer_free_seats(self.event, self.at)
        self._log()

    def _exceptions(self) -> dict[str, str]:
        return {
            row.nonce: row.exception
            for one in self.dossiers.values()
            for row in one.rows
        }

    def found(self) -> list[Admission]:
        """Rows that became exceptions, or other ones, by this delivery."""
        rows = [row for one in self.standings for row in one.rows if row.exception]
        return [row for row in rows if row.exception != self.was.get(row.nonce, "")]

    def sentence(self, row: Admission) -> str:
        dossier = self.dossiers.get(row.guest_id)
        rows = [*dossier.rows, *dossier.new] if dossier else []
        ins = [one for one in rows if one.action == Action.IN and one.counts]
        return exceptions.sentence(row, ins, self.event.zone)

    def corrections(self) -> list[str]:
        return [self.sentence(row) for row in self.found()]

    def _log(self) -> None:
        for row in self.found():
            verb = noop("merged a scan: %(what)s") % {
                "what": in_english(row.get_exception_display)
            }
            name, about = row.guest.name, row.guest.about
            who = self.by.logged
            activity.record(self.event, who, verb, name, at=self.at, about=about)

    def answer(self, scan: Scan) -> Received:
        row = self.by_nonce.get(scan.nonce)
        if row is None:
            return Received(scan.nonce, REFUSED, _("Nobody here has that pass."))
        same = (self.leads_to.get(scan.guest_id), scan.action)
        if (row.guest_id, row.action) != same:
            return Received(scan.nonce, REFUSED, _("That press was for somebody else."))
        if row.exception:
            return Received(scan.nonce, EXCEPTION, self.sentence(row))
        words = {"name": row.guest.name, "what": row.get_action_display()}
        return Received(scan.nonce, COUNTED, _("%(name)s %(what)s.") % words)


def _who_they_are(event: Event, ids: Iterable[int]) -> dict[int, int]:
    """Of these, who is this event's; who was merged meanwhile leads to who was kept."""
    rows = event.guests.filter(pk__in=ids)
    found = dict(rows.values_list("pk", "merged_into"))
    leads_to = {pk: kept or pk for pk, kept in found.items()}
    further = set(leads_to.values()) - set(found)
    if further:
        onward = _who_they_are(event, further)
        leads_to = {pk: onward.get(kept, kept) for pk, kept in leads_to.items()}
    return leads_to


def _is_signed_off(event: Event, by: Actor) -> bool:
    """Whether an account comes too late: signing shuts out the phones, not accounts."""
    return by.device is None and event.closings.standing().exists()


def _is_shut_out(device: Device | None, at: datetime) -> bool:
    """A phone that a host shut out is not believed; an expired one until its hour."""
    if device is None:
        return False
    return device.revoked_at is not None or at >= device.expires_at


def _recount(delivery: _Delivery, before: int, inside: int) -> list[str]:
    """What the phones together thought, if that is another number."""
    new = [row for one in delivery.dossiers.values() for row in one.new]
    steps = {Action.IN: 1, Action.OUT: -1, Action.HOME: -1}
    thought = before + sum(steps[row.action] for row in new)
    if thought == inside:
        return []
    words = {"inside": inside, "thought": thought}
    return [_("%(inside)d inside, not %(thought)d.") % words]
