"""Twenty guests behind one address: one digest, or twenty mails?"""

from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from guests.models import Contact, ImportRun

MOST_SHOWN = 100


def shared_contacts(run: ImportRun) -> list[Contact]:
    """Assistants of two guests or more whom the run has to do with, most guests first.

    Each with its `guest_count`.
    """
    return list(_shared(run).order_by("-guest_count", "pk")[:MOST_SHOWN])


def offer_digests(
    run: ImportRun, wanted: Collection[int], shown: Collection[int]
) -> None:
    """Those of `shown` that are `wanted` get one digest, the others a mail each."""
    ids = _shared(run).filter(pk__in=shown).values_list("pk", flat=True)
    for wants in (True, False):
        chosen = [pk for pk in ids if (pk in wanted) is wants]
        Contact.objects.filter(pk__in=chosen).update(wants_digest=wants)


def _shared(run: ImportRun) -> QuerySet[Contact]:
    on_the_list = Q(invitations__guests__removed_at=None) & Q(
        invitations__guests__plus_one_of=None
    )
    counted = Contact.objects.filter(event=run.event_id, is_assistant=True).annotate(
        guest_count=Count("invitations__guests", filter=on_the_list)
    )
    return counted.filter(
        guest_count__gt=1,
        pk__in=run.added_guests.values("invitation__contact"),
    )
