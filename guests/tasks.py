"""When guests are written to: at a ring, and again with every beat."""

from celery import shared_task
from django.utils import timezone

from guests import mailings
from losers_lounge.periodic import only_one


@shared_task
def write_mailings() -> None:
    """Go on with every mailing whose time has come."""
    with only_one("guests.mailings") as mine:
        if mine:
            mailings.write_due(timezone.now())
