"""Put a pseudonym where a donor's name was, in every row of theirs."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Concat

from donations.models import (
    Dispute,
    Donation,
    DonationAttempt,
    DonationPart,
    EngravingBatch,
    FraudWarning,
    ManualGift,
    Pledge,
    Receipt,
    Refund,
    Reward,
)
from donations.models.pledge import CARD_KEPT
from events import forgetting
from events.models import Activity, Message
from losers_lounge.names import fold

BATCH = 200
FORGOTTEN = "forgotten"
# What is said of a gift in words, by its table; the rest of the row is the books.
OF_A_DONATION = {
    DonationPart: {"for_name": "", "engraving": ""},
    DonationAttempt: {"url": "", "success_url": "", "cancel_url": "", "error": ""},
    Dispute: {"evidence": {}, "evidence_error": ""},
    FraudWarning: {"seen_words": ""},
    Refund: {"reason": "", "error": ""},
    Reward: {
        "for_name": "",
        "engraving": "",
        "proof": None,
        "remark": "",
        "ship_to": "",
        "handed_over_to": "",
    },
}
OF_A_PLEDGE = {
    "donor_email": "",
    "credit_name": "",
    "mandate_text": "",
    "agreed_ip": None,
    "setup_url": "",
    "card_brand": "",
    "card_last4": "",
}


def pseudonym(donation: Donation) -> str:
    """How a forgotten donor is called: by the donation, which Stripe knows too."""
    return f"Donor {donation.public_id}"


def forget_donors(rows: QuerySet[Donation], at: datetime) -> int:
    """Forget who gave these, a batch in a transaction; the number.

    Which ones `rows` means is asked again behind their locks. Whether money is under
    way is not asked here: `rows` may say so, or `reasons` is asked before.
    """
    done, last = 0, 0
    left = rows.filter(donor_erased_at=None).order_by("pk")
    while ids := list(left.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            locked = Donation.objects.locked().filter(pk__in=ids)
            list(locked.order_by("pk").values_list("pk"))
            # Those that are still meant, now that nobody else writes to them.
            meant = left.filter(pk__in=ids).values_list("pk", flat=True)
            done += _forget(list(meant), at)
        last = ids[-1]
    return done


def _forget(ids: list[int], at: datetime) -> int:
    donations = Donation.objects.filter(pk__in=ids)
    _forget_papers(ids, at)
    for model, nothing in OF_A_DONATION.items():
        model.objects.filter(donation__in=ids).update(**nothing)
    ManualGift.objects.filter(donation__in=ids).update(
        note="",
        photo=b"",
        void_reason=Case(
            When(void_reason="", then=Value("")), default=Value(FORGOTTEN)
        ),
    )
    forget_pledges(Pledge.objects.filter(donation__in=ids))
    about = [f"donation/{pk}" for pk in ids]
    forgetting.letters(Message.objects.filter(about__in=about))
    forgetting.lines(Activity.objects.filter(about__in=about), at)
    return donations.update(
        donor_name=Concat(Value("Donor "), F("public_id")),
        donor_email="",
        credit_name="",
        link_version=F("link_version") + 1,
        donor_erased_at=at,
    )


def _forget_papers(ids: list[int], at: datetime) -> None:
    """Receipts and engravers' files, which triggers open for this and nothing else."""
    receipts = Receipt.objects.filter(donation__in=ids)
    for row in receipts:
        lines = [["", *line[1:]] for line in row.lines]
        names = {"donor_name": "", "donor_email": "", "lines": lines}
        receipts.filter(pk=row.pk).update(**names, erased_at=forgetting.mark(at))
    _forget_batches(Reward.objects.filter(donation__in=ids), at)


@transaction.atomic
def forget_part(
    donation_ids: Iterable[int], names: Collection[str], at: datetime
) -> int:
    """Forget somebody for whom others gave: their lines alone; how many donations.

    `names` is all they are called. Who gave stays as they are.
    """
    keys = {fold(name) for name in names}
    done = 0
    for donation in Donation.objects.filter(pk__in=list(donation_ids)).order_by("pk"):
        parts = [row for row in donation.parts.all() if fold(row.for_name) in keys]
        rewards = [row for row in donation.rewards.all() if fold(row.for_name) in keys]
        if not parts and not rewards:
            continue
        done += 1
        own = DonationPart.objects.filter(pk__in=[row.pk for row in parts])
        own.update(**OF_A_DONATION[DonationPart])
        bottles = Reward.objects.filter(pk__in=[row.pk for row in rewards])
        _forget_batches(bottles, at)
        bottles.update(**OF_A_DONATION[Reward])
        _forget_lines(donation, keys, at)
        # Its letters print the lines too; whoever gave has had them.
        mails = Message.objects.filter(about=f"donation/{donation.pk}")
        forgetting.letters(mails.exclude(state__in=Message.UNDER_WAY))
    return done


def _forget_batches(bottles: QuerySet[Reward], at: datetime) -> None:
    """A file is forgotten whole: others' bottles in it have been engraved long ago."""
    rows = EngravingBatch.objects.filter(pk__in=bottles.values("batch"))
    rows.update(body="", erased_at=forgetting.mark(at))


def _forget_lines(donation: Donation, keys: set[str], at: datetime) -> None:
    """Receipts of a gift for several: whom each line of theirs is for."""
    for row in donation.receipts.all():
        lines = [
            ["", *line[1:]] if fold(line[0]) in keys else line for line in row.lines
        ]
        if lines != row.lines:
            mark = forgetting.mark(at)
            Receipt.objects.filter(pk=row.pk).update(lines=lines, erased_at=mark)


def forgettable(rows: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """Those that still name somebody, are over, and whose card Stripe has forgotten."""
    over = rows.filter(~CARD_KEPT, state__in=Pledge.OVER)
    return over.exclude(donor_name__startswith="Donor ", **OF_A_PLEDGE)


def forget_pledges(rows: QuerySet[Pledge]) -> int:
    """Forget who promised, as soon as nothing needs the name; how many."""
    return forgettable(rows).update(
        donor_name=Concat(Value("Donor "), F("public_id")), **OF_A_PLEDGE
    )
