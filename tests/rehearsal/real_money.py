"""What is given, pledged, given back, doubted and counted by hand on a random night."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from donations.models import Dispute, Donation, DonationAttempt, ManualGift
from events.models import Member, Nomination
from guests.models import Guest, Obligation
from losers_lounge.rehearsal import donor
from losers_lounge.stand_in.errors import ApiError
from tests.donations.bottles import picture
from tests.factories import make_member
from tests.faults import visitors
from tests.rehearsal.real_night import ELSEWHERE, Press, RealNight, is_done
from tests.rehearsal.real_presses import People


class Money:
    """Adds its acts to the night's; `pages` are Stripe's, with who was led there."""

    def __init__(self, night: RealNight, people: People) -> None:
        self.night, self.people, self.chance = night, people, night.chance
        self.stand_in, self.event = night.stage.stand_in, night.event
        self.pages: list[str] = []
        self.cards: list[str] = []
        self.numbers = count(1)
        base = night.stage.stack.url
        self.hands = [
            visitors.member(base, make_member(self.event, Member.Role.FINANCE).user)
            for _ in range(2)
        ]
        night.acts |= {
            self._give: 12,
            self._pay: 12,
            self._come_back: 2,
            self._pledge: 6,
            self._save_card: 6,
            self._withdraw: 1,
            self._refund: 3,
            self._refund_at_stripe: 2,
            self._dispute: 2,
            self._decide: 2,
            self._cash: 2,
            self._sign: 3,
        }

    def _invitation(self, guest: Guest, room: str) -> str:
        return f"/invitation/{guest.invitation.public_id}/{room}/"

    def _leads_to(self, pages: list[str]) -> Callable[[Any], None]:
        def then(answer: Any) -> None:
            address = answer.headers.get("Location", "") if is_done(answer) else ""
            if address.startswith(self.stand_in.base_url):
                pages.append(address)

        return then

    def _give(self) -> Press | None:
        owing = Obligation.objects.unpaid().filter(guest__event=self.event)
        guests = Guest.objects.filter(pk__in=owing.values("guest"))
        rows = list(guests.select_related("invitation").order_by("pk"))
        if not rows:
            return None
        guest = self.chance.choice(rows)
        browser, fields = self.people.browser(guest), {"guest": guest.public_id}
        where = self._invitation(guest, "donate")
        return Press(
            f"{guest} goes to pay",
            ("money", guest.invitation_id),
            lambda: browser.press(where, fields),
            self._leads_to(self.pages),
        )

    def _pay(self) -> Press | None:
        """On the page itself, where nothing of ours runs."""
        if not self.pages:
            return None
        page = self.chance.choice(self.pages)
        card = self.chance.choice(["good", "good", "good", "declined"])
        paid: list[str] = []

        def do() -> Any:
            if donor.give(page, card).status == 303 and card == "good":
                paid.append(page)
            return ELSEWHERE

        def then(answer: Any) -> None:
            for address in paid:
                session = address.rsplit("/", 1)[1]
                attempt = DonationAttempt.objects.get(session_id=session)
                self.night.told.paid.add(attempt.donation_id)

        return Press(f"a {card} card at {page[-8:]}", page, do, then)

    def _come_back(self) -> Press | None:
        rows = Donation.objects.filter(event=self.event).exclude(settlements=None)
        if not (donations := list(rows.order_by("pk"))):
            return None
        donation = self.chance.choice(donations)
        guest = donation.settlements.first().obligation.guest
        browser, where = self.people.browser(guest), self._invitation(guest, "thanks")
        return Press(
            f"{guest} is back from the page",
            ("back", guest),
            lambda: browser.press(where, {}),
        )

    def _nominee(self) -> Guest | None:
        pending = Nomination.Outcome.PENDING
        rows = self.event.guests.filter(nominee__nominations__outcome=pending)
        found = list(rows.select_related("invitation").order_by("pk").distinct())
        return self.chance.choice(found) if found else None

    def _pledge(self) -> Press | None:
        return self._about_a_pledge("agree", self._leads_to(self.cards))

    def _withdraw(self) -> Press | None:
        return self._about_a_pledge("withdraw", lambda answer: None)

    def _about_a_pledge(self, name: str, then: Callable[[Any], None]) -> Press | None:
        guest = self._nominee()
        if guest is None:
            return None
        browser = self.people.browser(guest)
        where, fields = self._invitation(guest, "pledge"), {"do": name}
        return Press(
            f"{guest}: pledge, {name}",
            ("money", guest.invitation_id),
            lambda: browser.press(where, fields | {"guest": guest.public_id}),
            then,
        )

    def _save_card(self) -> Press | None:
        if not self.cards:
            return None
        page = self.cards.pop(self.chance.randrange(len(self.cards)))
        card = self.chance.choice(["good", "good", "authenticate"])

        def do() -> Any:
            donor.save_card(page, card)
            return ELSEWHERE

        return Press(f"a {card} card is saved at {page[-8:]}", page, do)

    def _paid(self) -> Donation | None:
        rows = self.event.donations.filter(state=Donation.State.PAID, source="stripe")
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def _refund(self) -> Press | None:
        donation = self._paid()
        if donation is None:
            return None
        nonce = f"back-{next(self.numbers)}"
        return Press(
            f"finance gives $300 of {donation.pk} back",
            ("gift", donation.pk),
            lambda: self.night.stage.refund(donation, nonce),
        )

    def _at_stripe(self, words: str, act: Callable[[str], object]) -> Press | None:
        donation = self._paid()
        if donation is None:
            return None

        def do() -> Any:
            # Ours may not have heard yet what became of it before.
            with suppress(ApiError):
                act(donation.payment_intent_id)
            return ELSEWHERE

        return Press(f"{words}: {donation.pk}", ("gift", donation.pk), do)

    def _refund_at_stripe(self) -> Press | None:
        cents = self.chance.choice([None, 20_000])
        return self._at_stripe(
            "refunded in the dashboard", lambda name: self.stand_in.refund(name, cents)
        )

    def _dispute(self) -> Press | None:
        return self._at_stripe("disputed", self.stand_in.issuer.dispute)

    def _decide(self) -> Press | None:
        rows = Dispute.objects.filter(outcome=Dispute.Outcome.OPEN).order_by("pk")
        if not (disputes := list(rows)):
            return None
        dispute = self.chance.choice(disputes)
        end = self.chance.choice(["won", "lost"])

        def do() -> Any:
            with suppress(ApiError):
                self.stand_in.issuer.decide(dispute.dispute_id, end)
            return ELSEWHERE

        return Press(f"the bank: {end}", ("dispute", dispute.pk), do)

    def _cash(self) -> Press:
        number = next(self.numbers)
        fields = {
            "donor_name": f"Cash {number}",
            "amount": "50.00",
            "kind": "cash",
            "nonce": f"cash-{number}",
        }
        hand = self.chance.choice(self.hands)
        where = f"/donations/{self.event.slug}/manual/"

        def do() -> Any:
            photo = ("cash.jpg", picture(), "image/jpeg")
            return hand.press(where, fields, files={"photo": photo})

        return Press(f"{fields['donor_name']} gives $50 in cash", number, do)

    def _sign(self) -> Press | None:
        rows = ManualGift.objects.filter(confirmed_at=None, void_at=None)
        if not (gifts := list(rows.defer("photo").order_by("pk"))):
            return None
        gift, hand = self.chance.choice(gifts), self.chance.choice(self.hands)
        where = f"/donations/{self.event.slug}/manual/{gift.pk}/sign/"
        return Press(f"cash {gift.pk} is signed", gift, lambda: hand.press(where))

    def cash_is_counted_once(self) -> None:
        """Twice is once: of each press one gift, of each signed gift one entry."""
        for gift in ManualGift.objects.defer("photo").select_related("donation"):
            signed = gift.confirmed_at is not None
            assert gift.donation.entries.count() == signed, gift.pk
        names = list(
            self.event.donations.filter(source="manual").values_list(
                "donor_name", flat=True
            )
        )
        assert len(names) == len(set(names)), sorted(names)
