"""What people do with one bottle. Each step locks its donation, and twice is once."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from donations import receipts
from donations.models import Donation, Reward
from donations.rewards.following import wish_of
from donations.rewards.states import DONE, STEPS, Step, follow
from donations.rewards.words import checked
from events import activity
from events.models import User
from events.outbox import Draft, create
from losers_lounge.lazy import lazy_module

label = lazy_module("donations.rewards.label")
State = Reward.State
Actor = User | str
STATE_FIELDS = ("state", "held_from", "stop_order_at", "batch")
LONGEST_ADDRESS = 400


class NotNow(Exception):
    """This bottle stands where that cannot be done; the text says where."""


class OtherProof(Exception):
    """A newer proof was drawn since this one was looked at."""


class Unfit(Exception):
    """Something is missing that this step needs; the text says what."""


def word(reward_id: int, text: str, *, by: Actor, at: datetime) -> Reward:
    """Set what will be engraved. Raises NotEngravable, NotNow."""
    text = checked(text)
    with transaction.atomic():
        reward = locked(reward_id)
        if reward.engraving == text and reward.state in STEPS[Step.WORD]:
            return reward
        changes = {"engraving": text, "remark": "", "approved_at": None}
        changes |= {"proof": None, "proof_at": None}
        return _take(reward, Step.WORD, by, at, changes)


@transaction.atomic
def show(reward_id: int, *, by: Actor, at: datetime, picture: bytes = b"") -> Reward:
    """Send the donor a picture to say yes to: one uploaded, or the label as drawn.

    Raises Unfit while there are no words yet, and NotNow.
    """
    reward = locked(reward_id)
    if not reward.engraving:
        raise Unfit(_("First write what to engrave."))
    picture = picture or label.draw(reward.engraving, str(reward.donation.event))
    changes = {"proof": picture, "proof_at": at, "remark": ""}
    taken = _take(reward, Step.SHOW, by, at, changes)
    if taken.donation.donor_email:
        create([_letter(taken)], at=at)
    return taken


@transaction.atomic
def approve(reward_id: int, *, proof: str, by: Actor, at: datetime) -> Reward:
    """Yes to the proof of that key. Raises OtherProof for an older one, NotNow."""
    reward = locked(reward_id)
    if reward.proof_key != proof:
        raise OtherProof
    return _take(reward, Step.APPROVE, by, at, {"approved_at": at, "remark": ""})


@transaction.atomic
def ask(reward_id: int, remark: str, *, by: Actor, at: datetime) -> Reward:
    """The donor would have it otherwise; these are their words. Raises NotNow."""
    if not remark:
        raise Unfit(_("Say what should be different."))
    return _take(locked(reward_id), Step.ASK, by, at, {"remark": remark[:300]})


@transaction.atomic
def decline(reward_id: int, *, by: Actor, at: datetime) -> Reward:
    """No bottle, please: no benefit either, and the receipt says so. Raises NotNow."""
    reward = _take(locked(reward_id), Step.DECLINE, by, at, {"approved_at": None})
    donation = reward.donation
    if not donation.rewards.exclude(state=State.DECLINED).exists():
        donation.declines_reward = True
        donation.save(update_fields=["declines_reward"])
    receipts.bring_up_to_date(donation, at=at)
    return reward


@transaction.atomic
def address(
    reward_id: int, *, ship_to: str, is_of_age: bool, by: Actor, at: datetime
) -> Reward:
    """Where it is sent ("": handed over in person), and that the donor is 21 or older.

    Raises Unfit for an address without that word, NotNow once it is on its way.
    """
    if ship_to and not is_of_age:
        raise Unfit(_("A bottle is sent only to somebody who is 21 or older."))
    reward = locked(reward_id)
    if reward.state in (State.SHIPPED, State.HANDED_OVER, State.DECLINED):
        raise NotNow(_says(reward))
    reward.ship_to, reward.is_of_age = ship_to[:LONGEST_ADDRESS], is_of_age
    reward.save(update_fields=["ship_to", "is_of_age"])
    how = (
        noop("said where to send a bottle")
        if ship_to
        else noop("fetches a bottle in person")
    )
    _log(reward, by, how, at)
    return reward


@transaction.atomic
def stopped_there(reward_id: int, *, by: Actor, at: datetime) -> Reward:
    """The engraver was rung up and has put it aside. Raises NotNow without a need."""
    reward = locked(reward_id)
    if reward.state == State.ENGRAVING and reward.stop_order_at is None:
        raise NotNow(_("There is nothing to stop here."))
    return _take(reward, Step.STOP_THERE, by, at, {"held_from": State.APPROVED})


@transaction.atomic
def check(reward_id: int, *, by: User, at: datetime) -> Reward:
    """It came back, and somebody read it letter by letter. Raises NotNow."""
    reward = locked(reward_id)
    changes = {"checked_by_name": str(by)[:200], "stop_order_at": None}
    return _take(reward, Step.CHECK, by, at, changes)


@transaction.atomic
def again(reward_id: int, *, by: User, at: datetime) -> Reward:
    """It is engraved wrongly or broken: it waits for the next batch. Raises NotNow."""
    changes = {"batch": None, "checked_by_name": "", "stop_order_at": None}
    return _take(locked(reward_id), Step.AGAIN, by, at, changes)


@transaction.atomic
def ship(reward_id: int, *, by: User, at: datetime) -> Reward:
    """Given to the carrier. Raises Unfit without an address or an age, NotNow."""
    reward = locked(reward_id)
    if reward.state == State.READY and not (reward.ship_to and reward.is_of_age):
        raise Unfit(
            _("It needs an address, and the donor's word that they are 21 or older.")
        )
    return _take(reward, Step.SHIP, by, at, {"shipped_at": at})


@transaction.atomic
def hand_over(
    reward_id: int, *, to: str, is_of_age: bool, by: User, at: datetime
) -> Reward:
    """Somebody has it in their hands. Raises Unfit without a name or an age, NotNow."""
    reward = locked(reward_id)
    if not to:
        raise Unfit(_("Write who took it."))
    if not (is_of_age or reward.is_of_age):
        raise Unfit(_("Only to somebody who is 21 or older: look at their ID."))
    changes = {
        "handed_over_at": at,
        "handed_over_to": to[:200],
        "handed_over_by_name": str(by)[:200],
        "is_of_age": True,
    }
    return _take(reward, Step.HAND_OVER, by, at, changes)


def locked(reward_id: int) -> Reward:
    """The bottle under its donation's lock. Raises Reward.DoesNotExist."""
    owner = Reward.objects.values_list("donation").get(pk=reward_id)[0]
    donation = Donation.objects.locked().select_related("event__charity").get(pk=owner)
    reward = Reward.objects.get(pk=reward_id)
    reward.donation = donation
    return reward


def _take(
    reward: Reward, step: Step, by: Actor, at: datetime, changes: dict[str, object]
) -> Reward:
    """One step, if the table has it; then whatever the money says of the new place."""
    if reward.state == DONE.get(step):
        return reward
    target = STEPS[step].get(State(reward.state))
    if target is None:
        raise NotNow(_says(reward))
    reward.state = target
    for name, value in changes.items():
        setattr(reward, name, value)
    follow(reward, wish_of(reward), at)
    reward.save(update_fields=[*{*changes, *STATE_FIELDS}])
    verb = f"bottle: {VERBS[step]}"
    _log(reward, by, verb, at)
    return reward


def _log(reward: Reward, by: Actor, verb: str, at: datetime) -> None:
    # Told and forgotten with the donation, whose name it bears.
    about = f"donation/{reward.donation_id}"
    activity.record(
        reward.donation.event, by, verb, str(reward.for_name), at=at, about=about
    )


VERBS = {
    Step.WORD: noop("set the words"),
    Step.SHOW: noop("sent the proof"),
    Step.APPROVE: noop("approved the proof"),
    Step.ASK: noop("asked for a change"),
    Step.DECLINE: noop("declined it"),
    Step.STOP_THERE: noop("had it stopped at the engraver's"),
    Step.CHECK: noop("checked it"),
    Step.AGAIN: noop("has it engraved anew"),
    Step.SHIP: noop("sent it off"),
    Step.HAND_OVER: noop("handed it over"),
}


def _says(reward: Reward) -> str:
    words = {"state": reward.get_state_display()}
    return _("That cannot be done now. The bottle: %(state)s.") % words


def _letter(reward: Reward) -> Draft:
    donation = reward.donation
    event = donation.event
    with translation.override(event.language):
        shown_on = date_format(reward.proof_at.astimezone(event.zone))
    return Draft(
        kind="proof",
        about=f"donation/{donation.pk}",
        dedupe_key=f"proof:{reward.pk}:{reward.proof_at.timestamp()}",
        event=event,
        recipient_name=donation.donor_name,
        recipient_email=donation.donor_email,
        template="donations/email/proof",
        context={
            "donor_name": donation.donor_name,
            "event_name": event.name,
            "charity_name": event.charity.legal_name,
            "lines": reward.engraving.split("\n"),
            "shown_on": shown_on,
            "link": {"link": ["donor", donation.public_id, donation.link_version]},
        },
    )
