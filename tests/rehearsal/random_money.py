"""Winners pay on a random night, the bank and the post fail, the charity refunds."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from donations import checkout, settlement, stripe_gateway, webhooks
from donations.models import Donation
from donations.stripe_gateway import StripeError
from events.models import Event
from guests import payments
from guests.models import Guest, Obligation
from losers_lounge.rehearsal import donor
from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.signing import sign

Press = Callable[[], object]

FAULTS = (
    Fault.ERROR_500,
    Fault.RATE_LIMIT,
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.TRUNCATE_AFTER,
)


class RandomMoney:
    """Payment pages, what was paid on them, and the webhooks on their way."""

    def __init__(
        self,
        event: Event,
        chance: random.Random,
        told: list[str],
        stand_in: StandIn,
    ) -> None:
        self.event, self.chance, self.told = event, chance, told
        self.stand_in = stand_in
        self.pages: dict[int, str] = {}
        # Whoever saw "paid" at Stripe must find it here.
        self.paid_pages: set[int] = set()
        self.post: list[str] = []
        self.acts: dict[Callable[[], Press | None], int] = {
            self._open_page: 12,
            self._give: 12,
            self._come_back: 4,
            self._refund: 2,
            self._fault: 3,
            self._collect_post: 3,
            self._deliver: 7,
        }

    def _open_page(self) -> Press | None:
        owing = Obligation.objects.unpaid().filter(guest__event=self.event)
        ids = sorted(set(owing.values_list("guest", flat=True)))
        if not ids:
            return None
        guest_id = self.chance.choice(ids)

        def press() -> None:
            self.told.append(f"guest {guest_id} goes to pay")
            try:
                wish = payments.Wish.of_guest(Guest.objects.get(pk=guest_id))
                way = payments.Way("/")
                url = payments.payment_page(wish, way, at=timezone.now())
                donation = payments.donation_for(guest_id)
            except (
                payments.NothingOwed,
                payments.PaymentPending,
                checkout.CheckoutFailed,
                StripeError,
            ) as refusal:
                self.told.append(f"  refused: {type(refusal).__name__}")
            else:
                self.pages[donation.pk] = url

        return press

    def _give(self) -> Press | None:
        """On the page itself, where nothing of ours runs."""
        if self.pages:
            unpaid = sorted(self.pages.keys() - self.paid_pages)
            donation_id = self.chance.choice(unpaid * 9 + sorted(self.pages))
            card = self.chance.choice(["good", "good", "good", "declined"])
            self.told.append(f"donation {donation_id}: {card} card")
            done = donor.give(self.pages[donation_id], card)
            if card == "good" and done.status == 303:
                self.paid_pages.add(donation_id)

    def _come_back(self) -> Press | None:
        if not self.pages:
            return None
        donation_id = self.chance.choice(sorted(self.pages))
        self.told.append(f"donation {donation_id}: back from the page")
        return lambda: settlement.confirm_return(donation_id)

    def _refund(self) -> None:
        """The charity gives money back in Stripe's own dashboard."""
        paid = self.event.donations.filter(state=Donation.State.PAID)
        if rows := list(paid.order_by("pk")):
            row = self.chance.choice(rows)
            amount = self.chance.choice([None, 30_000])
            self.told.append(f"donation {row.pk}: refund {amount or 'all'}")
            # Ours may not have heard yet that it was given back before.
            with suppress(ApiError):
                self.stand_in.refund(row.payment_intent_id, amount)

    def _fault(self) -> None:
        fault = self.chance.choice(FAULTS)
        count = self.chance.choice([1, 3])
        self.told.append(f"Stripe: {fault} {count} times")
        self.stand_in.fail(fault, count=count)

    def _collect_post(self) -> None:
        """Webhooks that were sent meanwhile; some of them are lost for ever."""
        since = timezone.now() - timedelta(hours=1)
        try:
            sent = list(stripe_gateway.events(since, account=""))
        except StripeError:
            return
        self.post += [one.body for one in sent if self.chance.random() < 0.8]

    def _deliver(self) -> Press | None:
        """Some of it arrives: late, in any order, more than once."""
        if not self.post:
            return None
        bodies = self.chance.choices(self.post, k=self.chance.randint(1, 6))
        is_processed = self.chance.random() < 0.7
        self.told.append(f"{len(bodies)} webhooks arrive")

        def press() -> None:
            for body in bodies:
                webhooks.receive(body.encode(), sign(body.encode()))
            if is_processed:
                webhooks.process_owed(timezone.now())

        return press
