"""What every surface shows: the totals beside their standing, read to belong together.

A page that says "equals Stripe to the cent" must say it of the very figures it shows.
The standing is asked before and after them: if the same books were compared, and
nothing was booked in between, then they are the figures that were compared.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from django.core.cache import cache

from donations import totals
from donations.reconciliation import Standing, standing
from donations.totals import Promised, Scoped, Sums, Totals
from events.models import Event

# How long scopes stand for a whole that has not changed by a cent.
KEPT_SECONDS = 10


@dataclass(frozen=True)
class Figures:
    """One event's money at one moment, and whether Stripe says the same."""

    scoped: Scoped
    promised: Promised
    standing: Standing
    equals_stripe: bool

    @property
    def whole(self) -> Totals:
        return self.scoped.whole

    @property
    def compared_at(self) -> datetime | None:
        """When the books were last held beside Stripe's."""
        return self.standing.as_of


def of(event: Event, at: datetime) -> Figures:
    """The figures as they stand now; a constant number of short queries."""
    return _read(event, lambda: totals.by_scope(event, at))


def watched(event: Event, at: datetime) -> Figures:
    """The same for a room, or a country, that looks on and asks every few seconds.

    The whole is summed up each time. Its scopes, a tenfold work, are reckoned again
    when it has changed by a cent, and every ten seconds.
    """
    return _read(event, lambda: _kept_scopes(event, at))


def _read(event: Event, ask: Callable[[], Scoped]) -> Figures:
    account = event.charity.stripe_account_id
    before = standing(account)
    scoped = ask()
    promised = totals.promised(event)
    after = standing(account)
    return Figures(scoped, promised, after, held(before, after))


def _kept_scopes(event: Event, at: datetime) -> Scoped:
    whole = totals.for_event(event, at)
    key = f"scopes.{event.pk}.{'.'.join(map(str, _cents(whole)))}"
    kept = cache.get(key)
    if kept is not None:
        return replace(kept, whole=whole)
    scoped = totals.by_scope(event, at)
    if _cents(scoped.whole) == _cents(whole):  # Nothing was booked in between.
        cache.set(key, scoped, KEPT_SECONDS)
    return scoped


def _cents(whole: Totals) -> tuple[int, ...]:
    """All that a whole is made of."""
    sums = (getattr(whole, field.name) for field in fields(Sums))
    return (*sums, whole.manual_cents, whole.gifts, whole.entries)


def held(before: Standing, after: Standing) -> bool:
    """Whether what was read between the two is what was compared with Stripe."""
    return (
        before.equals_stripe
        and after.equals_stripe
        and before.compared == after.compared
    )
