"""manage.py seed_event SLUG --guests N: a large event for benchmarks."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import slug_re
from django.utils import timezone

from events import creation
from events.models import Event
from losers_lounge.demo import seeding

MAX_SLUG = Event._meta.get_field("slug").max_length


class Command(BaseCommand):
    help = "Make a large event of invented people, the same for the same seed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the new event's slug")
        parser.add_argument("--guests", type=int, required=True)
        parser.add_argument("--nominees", type=int, default=0)
        parser.add_argument("--answered", type=int, default=0, metavar="PERCENT")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.STRIPE_IS_LIVE:
            raise CommandError("Refused: this is a live system, with real guests.")
        problem = _problem(options)
        if problem:
            raise CommandError(problem)
        size = seeding.Size(
            guests=options["guests"],
            nominees=options["nominees"],
            answered_percent=options["answered"],
            seed=options["seed"],
        )
        event = seeding.seed(options["slug"], size, timezone.now())
        self.stdout.write(
            f"{event.slug}: {size.guests} guests, {size.nominees} nominees."
        )


def _problem(options: dict[str, Any]) -> str:
    slug = options["slug"]
    if not slug_re.fullmatch(slug) or len(slug) > MAX_SLUG:
        return f"The slug may hold {MAX_SLUG} letters, digits, - and _."
    if slug in creation.NOT_EVENTS or Event.objects.filter(slug=slug).exists():
        return f"The slug {slug!r} is taken."
    if options["guests"] < 0:
        return "--guests must be a number of people."
    if not 0 <= options["nominees"] <= options["guests"]:
        return "--nominees must be from 0 to the number of guests."
    if not 0 <= options["answered"] <= 100:
        return "--answered must be a percentage from 0 to 100."
    return ""
