"""The demo's process before a test's own relay and stand-in: `-m tests.embedded`."""

from pathlib import Path

import django

django.setup()

# After the set-up, without which no model can be read.
from losers_lounge.demo.process import EmbeddedLounge  # noqa: E402
from losers_lounge.management.commands.demo import wait_for_the_end  # noqa: E402


class EmbeddedHalf(EmbeddedLounge):
    """Web, worker and beat in one process, exactly as the demo runs them."""

    def _start_relay(self) -> None:
        """The test has one, which it can tell to misbehave."""

    def _start_stand_in(self) -> None:
        """The test has one, at which it acts as a donor."""


def main() -> None:
    lounge = EmbeddedHalf(mail=Path(), stripe=Path())
    lounge.start()
    wait_for_the_end()
    lounge.stop()


if __name__ == "__main__":
    main()
