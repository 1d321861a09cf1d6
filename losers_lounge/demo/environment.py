"""The demo's own environment: the one difference from production is addresses.

Runs before Django's settings are read, so it imports nothing of the project.
"""

import argparse
import fcntl
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import TextIO

VAR = Path(__file__).resolve().parent.parent.parent / "var"
LOCK = "demo.lock"
# Open for as long as the process lives: the system frees the lock with it.
_held: list[TextIO] = []
WEBHOOK_SECRET = "whsec_the_demo_signs_its_own_webhooks"  # noqa: S105 (of loopback)


def prepare(arguments: list[str]) -> None:
    """Set and write down the environment of `manage.py demo [--port N] [--fresh]`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true")
    options, _others = parser.parse_known_args(arguments)
    if not 1024 <= options.port <= 65533:
        sys.exit("--port: choose a number from 1024 to 65533.")
    VAR.mkdir(exist_ok=True)
    _refuse_a_second_one()
    if options.fresh:
        _forget_everything()
    values = environment(options.port)
    os.environ.update(values)
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    path = VAR / "demo.env"
    path.write_text(lines)
    path.chmod(0o600)


def _refuse_a_second_one() -> None:
    """Two demos over one database would reconcile against each other's Stripe."""
    lock = (VAR / LOCK).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("The demo is running already, in another window of this folder.")
    _held.append(lock)


def _forget_everything() -> None:
    for path in VAR.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def environment(port: int) -> dict[str, str]:
    """The web on `port`, Stripe's stand-in and the mail relay on the two above it."""
    return {
        "SECRET_KEY": _secret_key(),
        "DEBUG": "False",
        "EMBEDDED": "True",
        "LOG_LEVEL": "ERROR",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": f"sqlite:///{VAR / 'demo.sqlite3'}",
        "REDIS_URL": "memory://localhost",
        "EMAIL_URL": f"smtp://127.0.0.1:{port + 2}",
        "EMAIL_TIMEOUT": "5",
        "EMAIL_DOT_TIMEOUT": "10",
        "MAIL_DOMAIN": "loserslounge.example.com",
        "STRIPE_API_KEY": "sk_test_the_demo_knows_no_card",
        "STRIPE_API_BASE": f"http://127.0.0.1:{port + 1}",
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
    }


def _secret_key() -> str:
    """One key for this checkout, so that links outlive a restart."""
    path = VAR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text()
