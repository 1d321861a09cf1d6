"""What every surface shows: the totals beside their standing, read to belong together.

A page that says "equals Stripe to the cent" must say it of the very figures it shows.
The standing is asked before and after them: if the same books were compared, and
nothing was booked in between, then they are the figures that were compared.
"""

from dataclasses import dataclass
from datetime import datetime

from donations import totals
from donations.reconciliation import Standing, standing
from donations.totals import Promised, Scoped, Totals
from events.models import Event


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
    account = event.charity.stripe_account_id
    before = standing(account)
    scoped = totals.by_scope(event, at)
    promised = totals.promised(event)
    after = standing(account)
    return Figures(scoped, promised, after, held(before, after))


def held(before: Standing, after: Standing) -> bool:
    """Whether what was read between the two is what was compared with Stripe."""
    return (
        before.equals_stripe
        and after.equals_stripe
        and before.compared == after.compared
    )
