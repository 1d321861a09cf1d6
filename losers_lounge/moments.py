"""Moments as people read them: in the event's zone, with its name, in their language.

`losers_lounge/templatetags/lounge.py` gives them to every template as filters.
"""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def in_zone(at: datetime | None, zone: str | ZoneInfo) -> str:
    """A moment spelled out: "Sunday, September 22, 2013, 8:30 pm PDT"."""
    return "" if at is None else _spelled_out(at, str(zone), get_language())


@lru_cache(maxsize=1024)
def _spelled_out(at: datetime, zone: str, language: str | None) -> str:
    """Kept, since the same few moments are said on every page and in every mail."""
    local = _local(at, zone)
    return f"{_day(local)}, {_clock(local)}"


def whole_day(at: datetime, zone: str | ZoneInfo) -> str:
    """The day alone: "Sunday, September 22, 2013"."""
    return _day(_local(at, zone))


def short_time(at: datetime | None, zone: str | ZoneInfo) -> str:
    """The time alone, with its zone: "8:30 pm PDT"."""
    return "" if at is None else _clock(_local(at, zone))


def in_list(at: datetime | None, zone: str | ZoneInfo) -> str:
    """A moment among many: "today, 8:30 pm PDT", "Sep 22, 8:30 pm PDT", or its year.

    Today is the day of the event's zone, for that is whose clock is read.
    """
    if at is None:
        return ""
    local, now = _local(at, zone), _local(timezone.now(), zone)
    told = {"time": _clock(local)}
    away = (local.date() - now.date()).days
    if away == 0:
        return _("today, %(time)s") % told
    if away == -1:
        return _("yesterday, %(time)s") % told
    if away == 1:
        return _("tomorrow, %(time)s") % told
    shape = "SHORTEST_DAY" if local.year == now.year else "SHORT_DAY"
    return f"{date_format(local, shape)}, {told['time']}"


def _day(local: datetime) -> str:
    return date_format(local, "WHOLE_DAY")


def _clock(local: datetime) -> str:
    half = _("am") if local.hour < 12 else _("pm")
    return f"{local.hour % 12 or 12}:{local:%M} {half} {local.tzname()}"


def _local(at: datetime, zone: str | ZoneInfo) -> datetime:
    return at.astimezone(zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone))
