"""What work costs beside a bare Django that does the same: DESIGN.md section 8.

    .venv/bin/python -m tests.benchmarks [names ...] [--guests 1000,100000] [--quick]

It starts a throwaway PostgreSQL and Valkey, an SMTP relay, the Stripe stand-in, and
two gunicorns with one sync worker each: the product under production's settings, and
the bare project in `bare/`. Both do their share of each round, one after the other,
so that whatever else the machine does meets both alike. A figure is the median over
the rounds of what one unit costs the server's process tree and PostgreSQL together,
in million instructions where the kernel counts them for us, else in milliseconds of
CPU time; the client, the relay and the stand-in are not counted.

Nothing here is collected by the test command. `--help` lists the names.
"""
