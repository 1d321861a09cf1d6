"""An event's figures, read from the rows in one consistent snapshot."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from donations import totals
from donations.models import (
    Discrepancy,
    Donation,
    Pledge,
    Receipt,
    Reconciliation,
    Reward,
)
from events.models import Event, Message, Nomination
from guests import seats, trophies
from guests.door import exceptions, requests
from guests.models import Admission, Guest, Obligation

Figures = dict[str, Any]
NOTHING = {"count": 0, "cents": 0}
Action = Admission.Action


def of(slug: str, at: datetime) -> Figures:
    """The figures `manage.py facts` prints; keys are added, never renamed.

    Raises Event.DoesNotExist.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
        return read(Event.objects.get(slug=slug), at)


def read(event: Event, at: datetime) -> Figures:
    """The same inside a transaction of the caller's, which says what it may see."""
    invitations = event.invitations.all()
    guests = event.guests.on_the_list()
    answered = guests.exclude(answer=Guest.Answer.WAITING)
    return {
        "event": event.slug,
        "as_of": at.isoformat(),
        "invitations": {
            "total": invitations.count(),
            "answered": answered.values("invitation").distinct().count(),
        },
        "guests": _guests(event),
        "seats": asdict(seats.of(event)),
        "messages": _messages(event),
        "obligations": _obligations(event),
        "door": _door(event),
        "trophies": _trophies(event),
        "donations": _donations(event),
        "ledger": _ledger(event, at),
        "totals": _totals(event, at),
        "receipts": _receipts(event),
        "pledges": _pledges(event),
        "by_hand": _by_hand(event),
        "bottles": _bottles(event),
        "reconciliation": _reconciliation(event),
        "closing": _closing(event),
    }


def _guests(event: Event) -> Figures:
    return event.guests.on_the_list().aggregate(
        total=Count("pk"),
        yes=Count("pk", Q(answer=Guest.Answer.YES)),
        no=Count("pk", Q(answer=Guest.Answer.NO)),
        waiting=Count("pk", Q(answer=Guest.Answer.WAITING)),
        waitlisted=Count("pk", Q(answer=Guest.Answer.WAITLISTED)),
    )


def _messages(event: Event) -> Figures:
    counts = dict.fromkeys(Message.State.values, 0)
    rows = event.messages.values_list("state").annotate(Count("pk")).order_by()
    counts |= dict(rows)
    copies = event.messages.aggregate(extra=Coalesce(Sum(F("copies_possible") - 1), 0))
    return counts | {"copies_possible": copies["extra"]}


def _obligations(event: Event) -> Figures:
    rows = Obligation.objects.filter(guest__event=event)
    satisfied = _sum(rows.satisfied())
    return {
        "dormant": _sum(rows.filter(state=Obligation.State.DORMANT)),
        "due": _still_due(rows),
        "satisfied": satisfied,
        "waived": _sum(rows.filter(state=Obligation.State.WAIVED)),
        "void": _sum(rows.filter(state=Obligation.State.VOID)),
    }


def _still_due(rows: Any) -> Figures:
    """What is left to give: an obligation paid in part counts with the rest."""
    pairs = rows.unpaid().values_list("amount_cents", "paid_cents")
    left = [amount - paid for amount, paid in pairs]
    return {"count": len(left), "cents": sum(left)}


def _sum(rows: Any) -> Figures:
    cents = list(rows.values_list("amount_cents", flat=True))
    return {"count": len(cents), "cents": sum(cents)}


def _door(event: Event) -> Figures:
    """Rows of the log that count, people as they are now, and what is open.

    Inside is admitted less those who went out or home from inside; `out` may come
    back, `home` does not.
    """
    counted = event.admissions.filter(counts=True)
    rows = counted.aggregate(
        came=Count("pk", Q(action=Action.IN)),
        undone=Count("pk", Q(action=Action.UNDONE)),
        inside=Count("pk", Q(action=Action.IN, closed_at=None)),
        denied=Count("pk", Q(action=Action.DENIED)),
    )
    last = counted.filter(guest=OuterRef("pk")).exclude(action=Action.DENIED)
    last = last.order_by("-at", "-nonce").values("action")[:1]
    people = event.guests.annotate(last=Subquery(last))
    return {
        "admitted": rows["came"] - rows["undone"],
        "inside": rows["inside"],
        "denied": rows["denied"],
        "out": people.filter(last=Action.OUT).count(),
        "home": people.filter(last=Action.HOME).count(),
        "exceptions": exceptions.open_rows(event).count(),
        "requests": requests.open_count(event),
    }


def _trophies(event: Event) -> Figures:
    """Expected were won by people who come and owe one; held are in custody.

    Of the held some are `in_safe`; `excused` did not come, and it is recorded why.
    """
    won = Nomination.nominees.through.objects.filter(
        nomination__category__event=event,
        nomination__outcome=Nomination.Outcome.WON,
        nominee__guests__answer=Guest.Answer.YES,
        nominee__guests__removed_at=None,
        nominee__guests__obligations__state__in=trophies.OWING,
    ).distinct()
    board = trophies.board(event)
    return {
        "expected": won.count(),
        "held": len(board.held) + len(board.in_safe),
        "released": len(board.released),
        "in_safe": len(board.in_safe),
        "excused": len(board.excused),
    }


def _donations(event: Event) -> Figures:
    rows = (
        event.donations.values_list("state")
        .annotate(count=Count("pk"), cents=Sum("amount_cents"))
        .order_by()
    )
    found = {state: {"count": count, "cents": cents} for state, count, cents in rows}
    nothing = {"count": 0, "cents": 0}
    return {state: found.get(state, nothing) for state in Donation.State.values}


def _ledger(event: Event, at: datetime) -> Figures:
    total = totals.for_event(event, at)
    return {
        "gross_cents": total.raised_cents,
        "refunds_cents": total.refunds_cents,
        "disputes_cents": total.disputes_cents,
        "fees_cents": total.fees_cents,
        "net_cents": total.net_cents,
        "entries": total.entries,
    }


def _totals(event: Event, at: datetime) -> Figures:
    """The total by scope, and beside it what is in no sum of Stripe's."""
    found, promised = totals.by_scope(event, at), totals.promised(event)
    return {
        "all": _sums(found.whole),
        "winners_entry": _sums(found.admission),
        "free_gifts": _sums(found.gift),
        "covered_fees_cents": found.covered_fees_cents,
        "paid_out_cents": found.paid_out_cents,
        "at_stripe_cents": found.at_stripe_cents,
        "by_hand_cents": found.whole.manual_cents,
        "promised": {"count": promised.count, "cents": promised.cents},
    }


def _sums(sums: totals.Sums) -> Figures:
    names = ("raised", "refunds", "disputes", "kept", "fees", "net")
    return {f"{name}_cents": getattr(sums, f"{name}_cents") for name in names}


def _receipts(event: Event) -> Figures:
    rows = Receipt.objects.filter(donation__event=event)
    return rows.aggregate(
        issued=Count("pk", Q(void_at=None)), void=Count("pk", Q(void_at__isnull=False))
    )


def _pledges(event: Event) -> Figures:
    rows = Pledge.objects.filter(event=event).values_list("state")
    sums = rows.annotate(count=Count("pk"), cents=Sum("amount_cents")).order_by()
    found = {state: {"count": count, "cents": cents} for state, count, cents in sums}
    return {state: found.get(state, dict(NOTHING)) for state in Pledge.State.values}


def _by_hand(event: Event) -> Figures:
    """Cash and cheques: never within the ledger's figures, which are Stripe's."""
    gifts = event.donations.filter(source=Donation.Source.MANUAL)
    return {
        "waiting": _amounts(gifts.filter(state=Donation.State.PROCESSING)),
        "signed": _amounts(gifts.filter(state=Donation.State.PAID)),
    }


def _amounts(rows: Any) -> Figures:
    return rows.aggregate(count=Count("pk"), cents=Coalesce(Sum("amount_cents"), 0))


def _bottles(event: Event) -> Figures:
    """By state; about `to_stop` somebody must ring the engraver."""
    rows = Reward.objects.filter(donation__event=event)
    counts = dict(rows.values_list("state").annotate(Count("pk")).order_by())
    to_stop = rows.filter(
        state=Reward.State.ENGRAVING, stop_order_at__isnull=False
    ).count()
    found = {state: counts.get(state, 0) for state in Reward.State.values}
    return found | {"to_stop": to_stop}


def _reconciliation(event: Event) -> Figures:
    account = event.charity.stripe_account_id
    last = Reconciliation.objects.filter(account=account).first()
    unexplained = Discrepancy.objects.filter(account=account, closed_at=None)
    return {
        "as_of": last.finished_at.isoformat() if last else None,
        "difference_cents": last.difference_cents if last else None,
        "open_discrepancies": unexplained.count(),
    }


def _closing(event: Event) -> Figures:
    """When the night was signed off, if it is now."""
    signed = event.closings.standing().values_list("signed_at").first()
    return {"signed_at": signed[0].isoformat() if signed else None}
