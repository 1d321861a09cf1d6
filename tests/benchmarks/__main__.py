"""The command: see the package's own words, or `--help`."""

import argparse
import logging
from importlib import import_module

import django

import tests.benchmarks
from tests.benchmarks.meter import make_meter
from tests.benchmarks.stage import Stage, stage

ROUNDS, QUICK_ROUNDS = 9, 4
SIZES, QUICK_SIZES = "1000,10000,100000", "1000,10000"
NAMES = (
    "guest page, answer, door scan, guest list, search by name, filter, "
    "list in another order, CSV export, import, mail, webhook, memory"
)


def main() -> None:
    options = read_arguments()
    with stage(is_sqlite=options.sqlite) as ready:
        # The models can be imported from here on, and no sooner.
        django.setup()
        logging.disable(logging.INFO)  # of the relay, which lives in this process
        perform(options, ready)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=tests.benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help=f"only work called so: {NAMES}")
    parser.add_argument("--guests", help=f"sizes of the event (default {SIZES})")
    parser.add_argument(
        "--quick", action="store_true", help=f"fewer rounds, and {QUICK_SIZES} guests"
    )
    parser.add_argument(
        "--sqlite", action="store_true", help="in files, without a PostgreSQL"
    )
    options = parser.parse_args()
    sizes = options.guests or (QUICK_SIZES if options.quick else SIZES)
    options.sizes = sorted(int(word) for word in sizes.split(","))
    options.rounds = QUICK_ROUNDS if options.quick else ROUNDS
    return options


def perform(options: argparse.Namespace, ready: Stage) -> None:
    program = import_module("tests.benchmarks.program")
    program.perform(ready, make_meter(), options.sizes, options.rounds, options.names)


if __name__ == "__main__":
    main()
