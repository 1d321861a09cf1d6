"""`python -m tests.stripe_wire ADDRESS`: judge a running demo's stand-in.

The first time it asks the stand-in to keep its exchanges; after that it says how many
were kept and what was wrong with them, and fails when anything was.
"""

import sys

from tests.stripe_wire import outside


def main(base: str) -> int:
    witness = outside.judge(base)
    if not witness.seen:
        outside.keep(base)
        print("The stand-in keeps its exchanges from now on: use the app, then ask.")
        return 0
    faults = witness.take()
    print(f"{witness.seen} requests and answers, {len(faults)} violations")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
