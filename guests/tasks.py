"""When guests are written to: at a ring, and again with every beat."""

from celery import shared_task
from django.utils import timezone

from guests import imports, mailings, pledges, surplus, waiting_list
from guests.privacy import retention
from losers_lounge.periodic import only_one


@shared_task
def write_mailings() -> None:
    """Go on with every mailing whose time has come."""
    with only_one("guests.mailings") as mine:
        if mine:
            mailings.write_due(timezone.now())


@shared_task
def pass_seats_on() -> None:
    """End offers nobody answered in time, and offer what is free to who is next."""
    with only_one("guests.waiting_list") as mine:
        if mine:
            waiting_list.sweep(timezone.now())


@shared_task
def follow_pledges() -> None:
    """Release, charge and forget saved cards as the results say, and tell of it."""
    with only_one("guests.pledges") as mine:
        if mine:
            pledges.follow(timezone.now())


@shared_task
def find_surpluses() -> None:
    """See whose money is for what is no longer owed, and ask them."""
    with only_one("guests.surplus") as mine:
        if mine:
            surplus.sweep(timezone.now())


@shared_task
def apply_imports() -> None:
    """Go on with every import that is being applied."""
    with only_one("guests.imports") as mine:
        if mine:
            imports.carry_on_all(timezone.now())


@shared_task
def forget_what_is_due() -> None:
    """Forget whose time is up, and go on with what a host or operator asked for."""
    with only_one("guests.privacy") as mine:
        if mine:
            retention.forget_due(timezone.now())
