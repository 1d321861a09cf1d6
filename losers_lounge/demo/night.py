"""The night of 22 September 2013, ready to begin: nobody is invited yet."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from events import creation
from events.models import Charity, Event, Member, User
from guests import imports
from guests.models import ImportRun

DATA = Path(__file__).resolve().parent / "data"
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
PASSWORD = "losers walk in free"  # noqa: S105 (printed by the demo for everybody)

TEAM = (
    ("amy@example.com", "Amy Poehler", (Member.Role.HOST,)),
    ("jon@example.com", "Jon Hamm", (Member.Role.HOST,)),
    ("rosa@example.com", "Rosa, results desk", (Member.Role.RESULTS,)),
    ("ravi@example.com", "Ravi, results desk", (Member.Role.RESULTS,)),
    ("dot@example.com", "Dot, at the door", (Member.Role.DOOR,)),
    ("finn@example.com", "Finn, Worldwide Orphans", (Member.Role.FINANCE,)),
)


@transaction.atomic
def load(at: datetime) -> Event:
    """The event with its team, nominations and guests; loaded once."""
    known = Event.objects.filter(slug=creation.slug_of("Losers Lounge")).first()
    if known is not None:
        return known
    people = {
        email: User.objects.create_user(email, PASSWORD, name=name)
        for email, name, _roles in TEAM
    }
    amy = people["amy@example.com"]
    event = creation.create_event(_event(), _charity(), by=amy, at=at)
    event.members.all().delete()
    for email, _name, roles in TEAM:
        for role in roles:
            event.members.create(user=people[email], role=role)
    for kind, file in (
        (ImportRun.Kind.NOMINATIONS, "nominations.csv"),
        (ImportRun.Kind.GUESTS, "guests.csv"),
    ):
        data = (DATA / file).read_bytes()
        run = imports.start(event, kind, data, by=amy, at=at)
        imports.finish(run.pk, by=amy, at=at)
    return event


def _charity() -> Charity:
    return Charity(
        legal_name="Worldwide Orphans",
        ein="00-0000000",
        address="515 Valley Street, Maplewood, New Jersey",
    )


def _event() -> Event:
    night = datetime(2013, 9, 22, tzinfo=LOS_ANGELES)
    return Event(
        name="Losers Lounge",
        hosted_by="Amy Poehler and Jon Hamm",
        welcome=(
            "Lose tonight and the drinks are on us. Win, and you check the statue at "
            "the door and give to children who have lost far more than an Emmy."
        ),
        venue="Soho House",
        address="9200 Sunset Boulevard, West Hollywood",
        time_zone=str(LOS_ANGELES),
        doors_at=night.replace(hour=20, minute=30),
        starts_at=night.replace(hour=17),
        ends_at=night.replace(day=23, hour=1, minute=30),
        capacity=180,
        exempt_tags=["presenter"],
        admission_value_cents=15_000,
        reward_value_cents=22_500,
        total_is_public=True,
    )
