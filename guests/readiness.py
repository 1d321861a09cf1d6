"""Is the door ready? What the rows can tell of phones, mail, money and the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations.models import Reconciliation, StripeEvent
from events.models import Event, Member, Message
from guests.door import devices
from guests.models import Device
from losers_lounge.moments import short_time
from losers_lounge.names import at_end

# A phone's clock may be off by so much, a list in it so old, a mail wait so long.
LARGEST_SKEW_MS = 1000
OLDEST_LIST = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=10)
# Reconciliation runs every quarter of an hour; two missed, and it is late.
OLDEST_BOOKS = timedelta(minutes=30)


@dataclass(frozen=True)
class Light:
    """One thing the night needs: whether it is there, and what was seen."""

    name: str
    words: str
    is_good: bool
    # Of whom this page may say where to mend it: the room, if they may open it.
    url: str = ""


def board(event: Event, at: datetime) -> list[Light]:
    """Every light, in the order in which a host walks the house; constant queries."""
    phones = [row for row in event.devices.filter(claimed_at__isnull=False)]
    phones = [row for row in phones if devices.is_open(row, at)]
    online = [row for row in phones if devices.is_online(row, at)]
    pages = {
        name: reverse(f"guests:{name}", args=[event.slug])
        for name in ("devices", "messages", "results", "nominations", "door_pin")
    }
    return [
        _online(phones, online, pages["devices"]),
        _lists(event, online, at, pages["devices"]),
        _clocks(online, pages["devices"]),
        _queues(phones, pages["devices"]),
        _mail(event, at, pages["messages"]),
        _stripe(event, at),
        *_desk(event, pages),
        _pins(event, pages["door_pin"]),
    ]


def _online(phones: Sequence[Device], online: Sequence[Device], url: str) -> Light:
    name = _("Phones at the door")
    if not phones:
        return Light(name, _("No phone is paired."), False, url)
    words = _("%(on)d of %(all)d heard from in the last minute.")
    said = words % {"on": len(online), "all": len(phones)}
    silent = [row.name for row in phones if row not in online]
    if silent:
        said += " " + _("Silent: %(names)s.") % {"names": at_end(", ".join(silent))}
    return Light(name, said, not silent, url)


def _lists(event: Event, online: Sequence[Device], at: datetime, url: str) -> Light:
    """What phones go by when the network is gone."""
    name = _("Lists in the phones")
    without = [row.name for row in online if row.snapshot_at is None]
    if not online:
        return Light(name, _("No phone is on."), False, url)
    if without:
        words = _("No list yet in: %(names)s. Open the door's page there once.")
        return Light(name, words % {"names": at_end(", ".join(without))}, False, url)
    oldest = min(row.snapshot_at for row in online)
    words = _("The oldest is from %(time)s.") % {"time": short_time(oldest, event.zone)}
    return Light(name, words, oldest > at - OLDEST_LIST, url)


def _clocks(online: Sequence[Device], url: str) -> Light:
    name = _("Clocks of the phones")
    skews = {row.name: abs(row.clock_skew_ms or 0) for row in online}
    off = {who: ms for who, ms in skews.items() if ms >= LARGEST_SKEW_MS}
    if off:
        words = _("%(name)s is off by %(seconds)s seconds; what it says is corrected.")
        said = [
            words % {"name": who, "seconds": f"{off[who] / 1000:.1f}"} for who in off
        ]
        return Light(name, " ".join(said), False, url)
    if not skews:
        return Light(name, _("No phone is on."), False, url)
    return Light(name, _("All within a second."), True, url)


def _queues(phones: Sequence[Device], url: str) -> Light:
    waiting = sum(row.queued_scans for row in phones)
    name = _("Scans that wait in phones")
    if not waiting:
        return Light(name, _("None."), True, url)
    words = ngettext("%(n)d is not in yet.", "%(n)d are not in yet.", waiting)
    return Light(name, words % {"n": waiting}, False, url)


def _mail(event: Event, at: datetime, url: str) -> Light:
    """The worker shows by what it does: mail that is due does not wait."""
    states = Message.State
    due = Q(state=states.QUEUED, not_before__lte=at)
    seen = event.messages.aggregate(
        due=Count("pk", filter=due),
        since=Min("not_before", filter=due),
        unsure=Count("pk", filter=Q(state=states.UNKNOWN)),
        last=Max("sent_at"),
    )
    name = _("Mail")
    if seen["unsure"]:
        words = ngettext(
            "%(n)d e-mail may or may not have arrived.",
            "%(n)d e-mails may or may not have arrived.",
            seen["unsure"],
        )
        return Light(name, words % {"n": seen["unsure"]}, False, url)
    if seen["due"]:
        words = _("%(n)d due, the first since %(time)s.")
        since = short_time(seen["since"], event.zone)
        is_young = seen["since"] > at - LONGEST_WAIT
        return Light(name, words % {"n": seen["due"], "time": since}, is_young, url)
    if seen["last"] is None:
        return Light(name, _("Nothing is waiting; none has gone out yet."), True, url)
    words = _("Nothing is waiting; the last went out at %(time)s.")
    said = words % {"time": short_time(seen["last"], event.zone)}
    return Light(name, said, True, url)


def _stripe(event: Event, at: datetime) -> Light:
    """When Stripe's word was last heard: by a comparison of books, or by itself."""
    account = event.charity.stripe_account_id
    checked = Reconciliation.objects.filter(account=account).aggregate(
        last=Max("finished_at")
    )["last"]
    told = StripeEvent.objects.filter(account=account).aggregate(
        last=Max("received_at")
    )["last"]
    name = _("Stripe")
    heard = [moment for moment in (checked, told) if moment]
    if not heard:
        return Light(name, _("Nothing heard yet."), False)
    parts: list[str] = []
    if checked:
        words = _("Books compared at %(time)s.")
        parts.append(words % {"time": short_time(checked, event.zone)})
    if told:
        words = _("Last heard from at %(time)s.")
        parts.append(words % {"time": short_time(told, event.zone)})
    return Light(name, " ".join(parts), max(heard) > at - OLDEST_BOOKS)


def _desk(event: Event, pages: dict[str, str]) -> list[Light]:
    seen: dict[str, Any] = event.categories.aggregate(
        all=Count("pk", distinct=True),
        drafts=Count("pk", filter=Q(draft_at__isnull=False), distinct=True),
        empty=Count("pk", filter=Q(nominations=None), distinct=True),
    )
    order, drafts = _("Running order"), _("Results desk")
    if not seen["all"]:
        loaded = Light(order, _("No category yet."), False, pages["nominations"])
    elif seen["empty"]:
        words = _("%(all)d categories, %(n)d of them without a nomination.")
        said = words % {"all": seen["all"], "n": seen["empty"]}
        loaded = Light(order, said, False, pages["nominations"])
    else:
        words = ngettext(
            "%(n)d category is loaded.", "%(n)d categories are loaded.", seen["all"]
        )
        loaded = Light(order, words % {"n": seen["all"]}, True, pages["nominations"])
    if not seen["drafts"]:
        return [loaded, Light(drafts, _("Nothing is waiting."), True, pages["results"])]
    words = ngettext(
        "%(n)d announcement is waiting for a second person.",
        "%(n)d announcements are waiting for a second person.",
        seen["drafts"],
    )
    said = words % {"n": seen["drafts"]}
    return [loaded, Light(drafts, said, False, pages["results"])]


def _pins(event: Event, url: str) -> Light:
    hosts = event.members.filter(role=Member.Role.HOST)
    seen = hosts.aggregate(all=Count("pk"), ready=Count("pk", filter=~Q(pin_hash="")))
    words = _("%(n)d of %(all)d hosts have one.")
    said = words % {"n": seen["ready"], "all": seen["all"]}
    return Light(_("PINs of hosts"), said, bool(seen["ready"]), url)
