"""What the bare project does outside of requests, by name."""

import csv
import uuid
from functools import cache

from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client

from tests.benchmarks.bare.models import Guest

BATCH = 10_000


def set_up() -> str:
    """The tables, and somebody signed in; their session's key."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    client = Client()
    client.force_login(User.objects.create_user("door"))
    return client.cookies["sessionid"].value


def seed(guests: str) -> str:
    """An event of so many guests, which is its number too; its first guest's id."""
    for start in range(0, int(guests), BATCH):
        Guest.objects.bulk_create(
            Guest(
                event_id=int(guests),
                public_id=f"g{guests}-{number}",
                name=f"Guest {number:06}",
                email=f"guest{number}@example.com",
                answer="yes",
            )
            for number in range(start, min(start + BATCH, int(guests)))
        )
    with connection.cursor() as cursor:
        is_sqlite = connection.vendor == "sqlite"
        cursor.execute("ANALYZE" if is_sqlite else "VACUUM (ANALYZE)")
    first = Guest.objects.filter(event_id=guests).order_by("pk").first()
    return str(first.pk)


def read_guests(path: str) -> str:
    """csv + bulk_create of one table."""
    with open(path, newline="") as lines:
        guests = [
            Guest(
                event_id=1,
                public_id=uuid.uuid4().hex[:16],
                name=row["name"],
                email=row["email"],
            )
            for row in csv.DictReader(lines)
        ]
    return str(len(Guest.objects.bulk_create(guests)))


def send_mails(count: str) -> str:
    """Render + hand over on one kept connection."""
    for number in range(int(count)):
        context = {
            "name": f"Guest {number}",
            "link": f"https://lounge.example/{number}",
        }
        mail = EmailMultiAlternatives(
            "You are invited: Losers Lounge",
            render_to_string("bare/mail.txt", context),
            "lounge@lounge.example",
            [f"guest{number}@example.com"],
            connection=kept_connection(),
        )
        mail.attach_alternative(
            render_to_string("bare/mail.html", context), "text/html"
        )
        mail.send()
    return count


@cache
def kept_connection() -> BaseEmailBackend:
    kept = get_connection()
    kept.open()
    return kept


JOBS = {
    "set_up": set_up,
    "seed": seed,
    "read_guests": read_guests,
    "send_mails": send_mails,
}
