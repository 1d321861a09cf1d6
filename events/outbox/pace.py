"""Bulk mail to one domain goes out one by one, at MAIL_PER_DOMAIN_PER_MINUTE."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now

from events.models import DomainPace, Message


def needs_turn(message: Message) -> bool:
    """Whether this mail is to be paced and has not been given its turn yet."""
    is_paced = bool(settings.MAIL_PER_DOMAIN_PER_MINUTE)
    return is_paced and message.is_bulk and message.paced_until is None


@transaction.atomic
def take_turn(address: str) -> tuple[datetime, datetime]:
    """The next turn of the address's domain, which nobody else gets; and the time now.

    The UPDATE locks the domain's row until the caller's transaction ends.
    """
    domain = address.rpartition("@")[2].lower()
    gap = timedelta(minutes=1) / settings.MAIL_PER_DOMAIN_PER_MINUTE
    ours = DomainPace.objects.filter(domain=domain)
    taken = {"next_at": Greatest(F("next_at"), Now()) + gap}
    if not ours.update(**taken):
        first = DomainPace(domain=domain, next_at=Now())
        DomainPace.objects.bulk_create([first], ignore_conflicts=True)
        ours.update(**taken)
    pace = ours.annotate(looked_at=Now()).get()
    return pace.next_at - gap, pace.looked_at
