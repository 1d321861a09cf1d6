"""Who comes back to the list where their invitation was merged into another."""

from collections.abc import Collection
from typing import Any

from guests.models import Guest, GuestMerge, Invitation
from losers_lounge.links import make_lookup

Pair = list[dict[str, Any]]
HOME, PASS = "invitation_id", "public_id"


def move_on(party: Collection[Guest], invitation: Invitation) -> bool:
    """Put them on the invitation theirs was merged into meanwhile; whether it was.

    Their link leads there already. A pass is bound to its invitation's version: no
    retired one wakes up. Parting the merge leads them home again.
    """
    kept = invitation.continues_as
    if kept is None:
        return False
    for row in party:
        was = row.public_id
        if kept.link_version != invitation.link_version:
            row.public_id = make_lookup()
        row.invitation = kept
        row.save(update_fields=["invitation", "public_id"])
        _note(row, was, invitation)
    return True


def _note(guest: Guest, public_id: str, invitation: Invitation) -> None:
    """Write it into each merge that led the invitation on, the first one first."""
    mine = str(invitation.pk)
    merges = GuestMerge.objects.filter(
        event=invitation.event_id,
        undone_at=None,
        before__changes__Invitation__has_key=mine,
    )
    for merge in merges.order_by("pk"):
        changes = merge.before["changes"]
        was, became = (
            side.get("continues_as_id") for side in changes["Invitation"][mine]
        )
        if was == became:
            continue
        pair: Pair = [{HOME: was or invitation.pk}, {HOME: became}]
        if public_id != guest.public_id:
            pair[0][PASS], pair[1][PASS] = public_id, guest.public_id
            public_id = guest.public_id
        known = changes.setdefault("Guest", {}).setdefault(str(guest.pk), [{}, {}])
        for side, new in zip(known, pair, strict=True):
            side.update(new)
        merge.save(update_fields=["before"])
