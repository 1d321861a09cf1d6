"""Why a donor cannot be forgotten yet: parity with Stripe comes before erasure.

Money that is under way, or that nobody has compared, still needs a name to find it
by; whoever wants to be forgotten is told what is waited for.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from donations import reconciliation
from donations.models import (
    Dispute,
    Donation,
    DonationAttempt,
    Pledge,
    Refund,
    Reward,
    StripeEvent,
)
from losers_lounge.telling import told_cents

State = Donation.State
OPEN = (*Donation.UNDER_WAY, State.DISPUTED, State.REVIEW)
GOING_BACK = (Refund.State.WISHED, *Refund.OWED, Refund.State.PENDING)
AT_THE_ENGRAVER = (Reward.State.ENGRAVING, Reward.State.READY, Reward.State.SHIPPED)


def unsettled() -> Q:
    """Donations of which something is still to happen, here or at Stripe."""
    here = {"donation": OuterRef("pk")}
    return (
        Q(state__in=OPEN)
        | Exists(DonationAttempt.objects.live().filter(**here))
        | Exists(Refund.objects.filter(**here, state__in=GOING_BACK))
        | Exists(Dispute.objects.filter(**here, outcome=Dispute.Outcome.OPEN))
        | Exists(Reward.objects.filter(**here, state__in=AT_THE_ENGRAVER))
    )


def reasons(
    donations: Collection[Donation], pledges: Collection[Pledge], words: Collection[str]
) -> list[str]:
    """What stands in the way of forgetting these, in sentences; empty: nothing.

    `words` are names and addresses that no webhook still to be read may hold.
    """
    found = [
        _("Donation %(id)s of %(amount)s: %(state)s. It is not settled yet.")
        % {
            "id": row.public_id,
            "amount": told_cents(row.amount_cents),
            "state": row.get_state_display(),
        }
        for row in Donation.objects.filter(
            unsettled(), pk__in=[row.pk for row in donations]
        )
    ]
    found += [
        _("Pledge %(id)s: %(state)s. End it first, and let Stripe forget the card.")
        % {"id": row.public_id, "state": row.get_state_display()}
        for row in pledges
        if row.state not in Pledge.OVER or row.keeps_card
    ]
    return [*found, *_uncompared(donations), *_unread(words)]


def _uncompared(donations: Collection[Donation]) -> list[str]:
    accounts = {
        row.stripe_account
        for row in donations
        if not row.is_by_hand and row.state in Donation.MONEY_MOVED
    }
    return [
        _(
            "The ledger of %(account)s has not matched Stripe since money "
            "last moved: run `reconcile` first."
        )
        % {"account": account or _("our own account")}
        for account in sorted(accounts)
        if not reconciliation.standing(account).equals_stripe
    ]


def _unread(words: Collection[str]) -> list[str]:
    owed = StripeEvent.objects.filter(state__in=StripeEvent.OWED)
    hit = any(owed.filter(payload__icontains=word).exists() for word in words if word)
    return [_("A message from Stripe naming them is not processed yet.")] if hit else []
