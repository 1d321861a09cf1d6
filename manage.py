#!/usr/bin/env python3
"""Django's command line, which first makes its own environment where none is.

On a bare machine `python3 manage.py demo` creates `.venv` from the hash-locked
requirements and goes on inside it. An activated environment that already has
Django is used as it is.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)


def main() -> None:
    needs_dev = sys.argv[1:2] == ["test"]
    if running_in_venv() or not can_import("django"):
        enter_venv(needs_dev)
    elif needs_dev and not can_import("pytest"):
        sys.exit(
            "This environment has Django but not the test tools. Install them with\n"
            "    pip install --require-hashes -r requirements-dev.txt\n"
            "or leave the environment and run the command again."
        )
    from django.core.management import execute_from_command_line

    if needs_dev:
        # A test run never reads the settings of the machine it runs on.
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "losers_lounge.settings")
    if sys.argv[1:2] == ["demo"]:
        # Settings are strict about their environment, so it has to stand first.
        from losers_lounge.demo.environment import prepare

        prepare(sys.argv[2:])
    from django.core.exceptions import ImproperlyConfigured

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Who filled in the environment reads this, not who wrote the settings.
        sys.exit(f"Nothing was started; the settings need a change: {error}")


def can_import(module: str) -> bool:
    try:
        __import__(module)
    except ImportError:
        return False
    return True


def running_in_venv() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def enter_venv(needs_dev: bool) -> None:
    """Make the environment if it is missing; go inside; bring it up to its lock."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("Losers Lounge needs Python 3.11 or newer; this is " + sys.version)
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        make_venv()
    if not running_in_venv():
        # An exec'd process keeps the terminal, so Ctrl-C reaches the server.
        os.execv(python, [str(python), str(ROOT / "manage.py"), *sys.argv[1:]])
    dev, base = "requirements-dev.txt", "requirements.txt"
    if not is_installed(dev) and (needs_dev or not is_installed(base)):
        install(python, dev if needs_dev else base)


def is_installed(lock: str) -> bool:
    stamp = stamp_of(lock)
    return stamp.is_file() and stamp.read_text() == fingerprint(lock)


def stamp_of(lock: str) -> Path:
    return VENV / (lock + ".stamp")


def fingerprint(lock: str) -> str:
    """Of the lock and of the Python that runs this, which is the environment's."""
    content = (ROOT / lock).read_bytes() + sys.version.encode()
    return hashlib.sha256(content).hexdigest()


def make_venv() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode:
        sys.exit(
            "Python could not make an environment. On Debian and Ubuntu:\n"
            "    apt install python3-venv"
        )


def install(python: Path, lock: str) -> None:
    print(f"First run: installing {lock} into .venv ...", file=sys.stderr, flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install"]
    flags = ["--quiet", "--require-hashes", "--only-binary", ":all:"]
    done = subprocess.run([*pip, *flags, "-r", str(ROOT / lock)])
    if done.returncode:
        sys.exit("The packages could not be installed; pip's words are above.")
    stamp_of(lock).write_text(fingerprint(lock))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        # Whoever pressed Ctrl-C knows why it ended.
        sys.exit(130)
