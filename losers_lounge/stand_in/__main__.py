"""Run the stand-in by itself: `python -m losers_lounge.stand_in --port 12111`."""

import argparse
import contextlib
import threading

from losers_lounge.stand_in.server import StandIn
from losers_lounge.stand_in.webhooks import WEBHOOK_SECRET


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook-url")
    parser.add_argument("--webhook-secret", default=WEBHOOK_SECRET)
    parser.add_argument("--path", help="an SQLite file that keeps the books")
    asked = parser.parse_args()
    stand_in = StandIn(
        asked.port,
        webhook_url=asked.webhook_url,
        webhook_secret=asked.webhook_secret,
        path=asked.path,
    )
    with stand_in, contextlib.suppress(KeyboardInterrupt):
        print(stand_in.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
