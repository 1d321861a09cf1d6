"""What a receipt must say of a donation as it stands now. Writes nothing."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations.models import Donation, DonationPart, ManualGift, Receipt, Reward
from events.models import Event
from losers_lounge.names import at_end
from losers_lounge.telling import told_cents

Purpose = Donation.Purpose
# A bottle that is not, and will not be, the donor's.
NOT_GIVEN = (Reward.State.STOPPED, Reward.State.DECLINED)


class What(StrEnum):
    """The kinds of a receipt's lines. The first four sum to its amount."""

    ADMISSION = "admission"
    GIFT = "gift"
    FEES = "fees"
    REFUNDED = "refunded"
    WORTH_ADMISSION = "worth_admission"
    WORTH_BOTTLE = "worth_bottle"


WORTH = (What.WORTH_ADMISSION, What.WORTH_BOTTLE)
# For whom, what for, cents: as JSON keeps it.
Line = list[str | int]


@dataclass(frozen=True)
class Contents:
    """Amount, lines and words of a receipt, before it has a number."""

    amount_cents: int
    lines: list[Line]
    benefits: str
    fair_value_cents: int
    benefit_declined: bool
    wording: str

    def are_those_of(self, receipt: Receipt) -> bool:
        """Whether the receipt tells the same story.

        An estimate that was changed since is another story only for others.
        """
        if receipt.amount_cents != self.amount_cents:
            return False
        if not receipt.lines:  # issued before receipts had lines
            return True
        return (
            _story(receipt.lines) == _story(self.lines)
            and receipt.benefit_declined == self.benefit_declined
        )


def contents_of(donation: Donation) -> Contents:
    """The receipt this donation should have; its charity keeps something of it.

    Its words are in the language of the event's letters.
    """
    with translation.override(donation.event.language):
        return _contents_of(donation)


def _contents_of(donation: Donation) -> Contents:
    event = donation.event
    parts = list(donation.parts.all()) or [_whole(donation)]
    rewards = list(donation.rewards.all())
    worth = _worth(donation, event, parts, rewards)
    value = sum(int(cents) for _name, _what, cents in worth)
    amount = donation.kept_cents
    declined = _has_declined(donation, parts, rewards)
    benefits = _benefits(event, worth)
    value = min(value, amount)
    return Contents(
        amount_cents=amount,
        lines=[*_money(donation, parts), *worth],
        benefits=benefits,
        fair_value_cents=value,
        benefit_declined=declined,
        wording=_wording(donation, benefits, value, declined),
    )


def _story(lines: list[Line]) -> list[tuple[str, str, int]]:
    return sorted(
        (str(name), str(what), 0 if what in WORTH else int(cents))
        for name, what, cents in lines
    )


def _whole(donation: Donation) -> DonationPart:
    """An old donation has no parts: it is one."""
    return DonationPart(
        for_name=donation.donor_name,
        purpose=donation.purpose,
        amount_cents=donation.amount_cents - donation.fee_cover_cents,
    )


def _money(donation: Donation, parts: list[DonationPart]) -> list[Line]:
    lines: list[Line] = [
        [part.for_name, str(What(part.purpose)), part.amount_cents] for part in parts
    ]
    if donation.fee_cover_cents:
        lines.append(["", str(What.FEES), donation.fee_cover_cents])
    if donation.refunded_cents:
        lines.append(["", str(What.REFUNDED), -donation.refunded_cents])
    return lines


def _worth(
    donation: Donation, event: Event, parts: list[DonationPart], rewards: list[Reward]
) -> list[Line]:
    """What the donor got in return, one line each, in good faith.

    What was given back was a free gift first: an admission of which anything is kept
    was an admission.
    """
    lines: list[Line] = []
    left = donation.kept_cents
    for part in parts:
        if part.purpose == Purpose.ADMISSION and left > 0:
            left -= part.amount_cents
            cents = event.admission_value_cents
            lines.append([part.for_name, str(What.WORTH_ADMISSION), cents])
    for reward in rewards:
        if reward.state not in NOT_GIVEN:
            cents = event.reward_value_cents
            lines.append([reward.for_name, str(What.WORTH_BOTTLE), cents])
    return lines


def _has_declined(
    donation: Donation, parts: list[DonationPart], rewards: list[Reward]
) -> bool:
    """A bottle would have been theirs, and they would not have it."""
    if donation.declines_reward:
        most = donation.event.winner_amount_cents
        return any(
            part.purpose == Purpose.ADMISSION or part.amount_cents >= most
            for part in parts
        )
    return any(reward.state == Reward.State.DECLINED for reward in rewards)


def _benefits(event: Event, worth: list[Line]) -> str:
    counted = [what for _name, what, _cents in worth]
    admissions = counted.count(What.WORTH_ADMISSION)
    bottles = counted.count(What.WORTH_BOTTLE)
    words = []
    if admissions:
        one, many = _("admission to %(event)s"), _("%(n)d admissions to %(event)s")
        chosen = one if admissions == 1 else many
        words.append(chosen % {"n": admissions, "event": event.name})
    if bottles:
        chosen = ngettext("an engraved bottle", "%(n)d engraved bottles", bottles)
        words.append(chosen % {"n": bottles})
    return ", ".join(words)


def _wording(donation: Donation, benefits: str, value: int, declined: bool) -> str:
    """US words for a charity with an EIN; another's own words are its own."""
    charity = donation.event.charity
    words = [_how_given(donation)]
    if benefits:
        words += _in_return(donation.event, benefits, value)
    else:
        words.append(_("No goods or services were provided in return for this gift."))
    if declined:
        words.append(
            _("An engraved bottle was offered and declined: it is not counted.")
        )
    told = " ".join(filter(None, words))
    return "\n".join(filter(None, [told, charity.receipt_wording.strip()]))


def _in_return(event: Event, benefits: str, value: int) -> list[str]:
    """What was given back, worth how much, who says so, and what that means."""
    said = {"benefits": benefits, "value": told_cents(value)}
    told = _(
        "In return you received %(benefits)s, with an estimated fair market "
        "value of %(value)s."
    )
    words = [told % said]
    if event.values_estimated_by:
        told = _("The value was estimated in good faith by %(who)s.")
        words.append(told % {"who": at_end(event.values_estimated_by)})
    if event.charity.ein:
        words.append(
            _(
                "The amount of your contribution that is deductible for federal "
                "income tax purposes is limited to the excess over that value."
            )
        )
    return words


def _how_given(donation: Donation) -> str:
    if donation.source != Donation.Source.MANUAL:
        return ""
    gift = ManualGift.objects.filter(donation=donation).first()
    if gift is None:
        return _("Given by hand.")
    if gift.kind == ManualGift.Kind.CASH:
        return _("Given in cash.")
    if gift.cheque_number:
        return _("Given by check no. %(number)s.") % {"number": gift.cheque_number}
    return _("Given by check.")
