"""`manage.py outbox status|hold|release|resend`: see the mail, stop it, let it go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.timezone import now

from events import outbox
from events.models import Event, Message, SendingHold
from events.outbox import epoch
from losers_lounge.counted import counted

FROM_A_BACKUP = (
    "Sending is held: this database came from a backup, or a standby took over. No "
    "mail leaves, no saved card is charged, no refund is sent. What left since the "
    "backup looks as if it still waits: reconcile, erase again who was erased, look "
    "at what is queued, then `outbox release`."
)


class Command(BaseCommand):
    help = (
        "status: how many mails stand where. hold: no mail leaves until release; "
        "what a worker has in hand is finished. release: mail leaves again. With an "
        "event's slug: only that event's mail. resend: what failed goes once more, or "
        "with --state what came back or may have arrived, under the same link."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "hold", "release", "resend"])
        parser.add_argument("event", nargs="?", help="the event's slug; default: all")
        parser.add_argument(
            "--reason", default="by hand", help="hold: shown to hosts and in status"
        )
        parser.add_argument(
            "--state",
            choices=[state.value for state in Message.REPAIRABLE],
            default=Message.State.FAILED.value,
            help="resend: mail that stands there; by default what failed",
        )

    def handle(self, *, action: str, reason: str, **options: Any) -> None:
        try:
            event = named_event(options["event"])
            match action:
                case "status":
                    self.status(event)
                case "hold":
                    held = outbox.hold(reason, now(), event)
                    self.stdout.write(
                        f"Sending is held. Waiting: {counted(held, 'message')}."
                    )
                case "release":
                    released = outbox.release(event, now())
                    self.stdout.write(
                        "Sending is released. Going out now: "
                        f"{counted(released, 'message')}."
                    )
                    self.tell_holds()
                case "resend":
                    mails = event.messages if event else Message.objects
                    stopped = mails.filter(state=options["state"])
                    again = outbox.send_again(stopped)
                    self.stdout.write(
                        f"Going out once more: {counted(again, 'message')}."
                    )
                    self.tell_holds()
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error

    def status(self, event: Event | None) -> None:
        found = outbox.progress(event) if event else outbox.counts()
        for state, count in found.items():
            self.stdout.write(f"{state:16} {count}")
        self.tell_holds()

    def tell_holds(self) -> None:
        if epoch.is_held():
            self.stdout.write(FROM_A_BACKUP)
        for hold in SendingHold.objects.select_related("event").order_by("held_at"):
            since = hold.held_at.isoformat(timespec="seconds")
            of = f" of {hold.event.slug}" if hold.event else ""
            self.stdout.write(f"Sending{of} is held since {since}: {hold.reason}")


def named_event(slug: str | None) -> Event | None:
    """The event called so, None for all of them; CommandError if there is none."""
    if slug is None:
        return None
    event = Event.objects.filter(slug=slug).first()
    if event is None:
        raise CommandError(f"There is no event called {slug}.")
    return event
