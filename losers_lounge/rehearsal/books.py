"""The books at the end of a night, beside those that the script expects."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from donations.models import LedgerEntry
from donations.reconciliation import prove
from events.models import Event
from guests import facts

Line = tuple[str, str, int, int, int]  # donor, kind, gross, fee, net


def of(event: Event, at: datetime) -> dict[str, Any]:
    """Figures, the ledger line by line, and whether Stripe says the same."""
    return {
        "facts": facts.of(event.slug, at),
        "ledger": [list(line) for line in _lines(event)],
        "proof": _proof(event),
    }


def differences(expected: Any, found: Any, where: str = "") -> Iterator[str]:
    """Each figure that is another one, by its path; what is not expected is free."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            path = f"{where}.{key}" if where else key
            if key not in found:
                yield f"{path}: expected {value}, and there is none"
            else:
                yield from differences(value, found[key], path)
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _unlike_lines(expected, found, where)
    elif expected != found:
        yield f"{where}: expected {expected}, found {found}"


def _unlike_lines(expected: list, found: list, where: str) -> Iterator[str]:
    """Lines that one side has more often than the other."""
    left = list(found)
    for line in expected:
        if line in left:
            left.remove(line)
        else:
            yield f"{where}: {line} is missing"
    for line in left:
        yield f"{where}: {line} was not expected"


def _lines(event: Event) -> list[Line]:
    rows = LedgerEntry.objects.for_event(event).values_list(
        "donation__donor_name", "kind", "gross_cents", "fee_cents", "net_cents"
    )
    return sorted(rows)


def _proof(event: Event) -> dict[str, Any]:
    """The total once more, from Stripe's own list of movements."""
    proof = prove(event, at=timezone.now())
    return {
        "raised_cents": proof.stripe_raised_cents,
        "net_cents": proof.stripe_net_cents,
        "holds": proof.holds,
    }
