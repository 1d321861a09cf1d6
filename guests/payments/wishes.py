"""What somebody would like to give, and the way back from the payment page."""

from dataclasses import dataclass, replace
from typing import Self

from django.conf import settings

from donations.donor import Donor
from events.models import Event
from guests.models import Contact, Guest


@dataclass(frozen=True)
class Wish:
    """Who gives, for whom, and what on top; amounts in minor units.

    What these guests owe is not in it: it is looked up when it counts. `payer` is how
    card_testing knows who presses.
    """

    event: Event
    payer: str
    donor_name: str
    donor_email: str
    guest_ids: tuple[int, ...] = ()
    extra_cents: int = 0
    covers_fees: bool = False
    credit_name: str = ""
    declines_reward: bool = False

    @property
    def donor(self) -> Donor:
        return Donor(self.donor_name, self.donor_email, self.credit_name)

    @classmethod
    def of_guest(cls, guest: Guest, *others: Guest) -> Self:
        """All that this guest owes, and these others, in their name.

        Reads guest.event and guest.invitation.contact.
        """
        ids = tuple(row.pk for row in (guest, *others))
        email = guest.invitation.contact.email
        return cls(guest.event, f"guest:{guest.pk}", guest.name, email, ids)

    @classmethod
    def of_contact(cls, contact: Contact) -> Self:
        """An assistant gives in their own name; for whom is said with `more`."""
        payer = f"contact:{contact.pk}"
        return cls(contact.event, payer, contact.name, contact.email)

    def more(self, **values: object) -> Self:
        return replace(self, **values)


@dataclass(frozen=True)
class Way:
    """Where Stripe leads the donor back to, and what its page knows of them.

    `page` is a path of ours; the page of thanks has "thanks/" behind it.
    """

    page: str
    tells_email: bool = True

    @property
    def cancel_url(self) -> str:
        return settings.SITE_URL + self.page

    def success_url(self, reference: str) -> str:
        """Names the donation that is thanked for; it proves nothing."""
        query = f"?d={reference}&cs={{CHECKOUT_SESSION_ID}}"
        return f"{settings.SITE_URL}{self.page}thanks/{query}"
