"""manage.py demo: the night of 2013 in one process, nothing to install."""

import signal
import threading
import warnings
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.models import Event
from events.outbox import epoch
from losers_lounge.demo import money, night
from losers_lounge.demo.environment import VAR
from losers_lounge.demo.process import EmbeddedLounge

ENDS = (signal.SIGINT, signal.SIGTERM)
GUIDE = """
Losers Lounge is open: {site}
It is the night of 22 September 2013{state}.
Everybody's password is: {password}

  1. Sign in as amy@example.com          {site}/accounts/login/
     See the guest list                  {site}/events/{slug}/guests/
     Press "Send invitations"            {site}/events/{slug}/messages/
  2. Read everybody's mail               {site}/mailbox/
     Follow a link, say yes, bring somebody.
  3. Sign in as rosa@example.com, announce a winner; as ravi@example.com, confirm.
                                         {site}/events/{slug}/results/
  4. The winner's mail says we are sorry. Follow it and give $1,000 on the payment page.
  5. Sign in as dot@example.com, find people, let them in, take their trophies.
                                         {site}/events/{slug}/door/
  6. A door in full swing: in another window, play a copy of the night to 20:33.
                                         python3 manage.py rehearse {slug} --until 20:33
     At the door it names: Will Forte (green), Bryan Cranston (blue), Tina Fey (gold).
     As amy, pair a phone there ("Phones"), cut its network, go on; close the night.
  7. The whole night with its books:     python3 manage.py rehearse {slug}
  8. Sign in as finn@example.com: the money, to the cent. Friends have given already:
     a refund, a dispute with its deadline, a payout item by item.
                                         {site}/donations/{slug}/
     Be the donor's bank, and decide     {stripe}/bank/
     Cash that Amy took waits for his name  {site}/donations/{slug}/manual/
     Send a bottle's proof; the mailbox has the donor's link
                                         {site}/donations/{slug}/rewards/
  9. What everybody may see              {site}/total/{slug}/

Ctrl-C ends the night; the next start goes on where it stopped. --fresh begins anew.
"""


class Command(BaseCommand):
    help = "Run the whole lounge in one process with the night of 2013 loaded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fresh", action="store_true", help="forget everything")

    def handle(self, *args: Any, **options: Any) -> None:
        # Celery warns about root, which is all a container has.
        warnings.filterwarnings("ignore", message=".*superuser privileges.*")
        end_once()
        call_command("migrate", verbosity=0)
        # A folder that was copied: its payment page and its mailbox came along.
        epoch.begin(timezone.now())
        event = night.load(timezone.now())
        is_known = event.messages.exists()
        lounge = _started(options["port"])
        try:
            self.open(lounge, event, is_known)
        finally:
            self.stdout.write("Closing time.")
            lounge.stop()

    def open(self, lounge: EmbeddedLounge, event: Event, is_known: bool) -> None:
        """Say what to try, and stay until the end."""
        self.stdout.write(
            GUIDE.format(
                site=settings.SITE_URL,
                stripe=settings.STRIPE_API_BASE,
                slug=event.slug,
                password=night.PASSWORD,
                state=", as you left it" if is_known else "",
            )
        )
        self.stdout.flush()
        # While the first pages are looked at; there is nothing to do the second time.
        money.load(event, lounge.stand_in, timezone.now())
        wait_for_the_end()


def _started(port: int) -> EmbeddedLounge:
    lounge = EmbeddedLounge(mail=VAR / "mail", stripe=VAR / "stripe.sqlite3")
    try:
        lounge.start()
    except OSError as error:
        raise CommandError(
            f"Port {port} or one of the two after it is taken "
            f"({error.strerror}). Try --port {port + 10}."
        ) from error
    return lounge


def end_once() -> None:
    """Ctrl-C and SIGTERM end it while it loads, too; a second one is not heard."""

    def end(*_: Any) -> None:
        for name in ENDS:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in ENDS:
        signal.signal(name, end)


def wait_for_the_end() -> None:
    """Return on Ctrl-C or SIGTERM."""
    ended = threading.Event()
    for name in ENDS:
        signal.signal(name, lambda *_: ended.set())
    ended.wait()
