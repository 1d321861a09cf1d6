"""What work costs beside a bare Django that does the same: DESIGN.md section 8.

    .venv/bin/python -m tests.benchmarks [names ...] [--guests 1000,100000] [--quick]
        [--sqlite]

It starts a throwaway PostgreSQL (with --sqlite two files instead, in the same mode for
either side) and Valkey, an SMTP relay, the Stripe stand-in, and two gunicorns with one
sync worker each: the product under production's settings, and the bare
project in `bare/`. Both do their share of each round, one after the other,
so that whatever else the machine does meets both alike. A figure is the median over
the rounds of what one unit costs the server's process tree and PostgreSQL together,
in million instructions where the kernel counts them for us, else in milliseconds of
CPU time; the client, the relay and the stand-in are not counted.
The last lines say what the web process needs to start and to live, and how much more
memory twenty times the work takes at its peak.

Nothing here is collected by the test command. `--help` lists the names.
"""
