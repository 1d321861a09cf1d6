"""`python -m tests.benchmarks.worker MODULE`: do the module's JOBS as told on stdin."""

import sys
from importlib import import_module

import django


def main() -> None:
    django.setup()
    jobs = import_module(sys.argv[1]).JOBS
    for line in sys.stdin:
        name, *words = line.split()
        print("done", jobs[name](*words), flush=True)


if __name__ == "__main__":
    main()
