"""Make a pledge, and end one. What a guest wins or loses is not known here."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from donations.donor import Donor
from donations.models import Pledge
from donations.pledge_states import Word, move
from events.models import Event


@dataclass(frozen=True)
class Mandate:
    """What a donor agrees to, word by word, and how it was agreed."""

    version: str
    text: str
    last_charge_at: datetime
    ip: str | None = None


def offer(
    event: Event,
    donor: Donor,
    amount_cents: int,
    mandate: Mandate,
    *,
    at: datetime,
) -> Pledge:
    """A pledge whose card is still to be saved; its mandate never changes again."""
    return Pledge.objects.create(
        event=event,
        **donor.columns,
        amount_cents=amount_cents,
        currency=event.currency,
        stripe_account=event.charity.stripe_account_id,
        mandate_version=mandate.version,
        mandate_text=mandate.text,
        last_charge_at=mandate.last_charge_at,
        agreed_at=at,
        agreed_ip=mandate.ip,
        created_at=at,
    )


def withdraw(pledge_id: int, at: datetime) -> bool:
    """The donor takes it back; whether that ended it. Its card is then owed away."""
    return _end(pledge_id, Word.WITHDRAW, at)


def release(pledge_id: int, at: datetime) -> bool:
    """Nothing is left to charge it for; whether that ended it."""
    return _end(pledge_id, Word.RELEASE, at)


@transaction.atomic
def approve(pledge_id: int, cents: int, by_name: str, at: datetime) -> bool:
    """Let the card be charged with so much, in minor units, from now on until it was;
    whether that is new."""
    pledge = locked(pledge_id)
    if pledge.state not in Pledge.LIVE or pledge.approved_at is not None:
        return False
    pledge.approved_at, pledge.approved_by_name = at, by_name
    pledge.approved_cents = cents
    pledge.save(update_fields=["approved_at", "approved_by_name", "approved_cents"])
    return True


@transaction.atomic
def disapprove(pledge_id: int) -> None:
    """What it was to be charged for is gone: somebody has to press again."""
    states = (Pledge.State.CARD_SAVED, Pledge.State.DECLINED)
    rows = Pledge.objects.filter(pk=pledge_id, state__in=states)
    rows.update(approved_at=None, approved_by_name="", approved_cents=None)


def locked(pledge_id: int) -> Pledge:
    """The pledge, locked until the transaction ends."""
    return Pledge.objects.select_for_update(of=("self",)).get(pk=pledge_id)


@transaction.atomic
def _end(pledge_id: int, word: Word, at: datetime) -> bool:
    return move(locked(pledge_id), word, at)
