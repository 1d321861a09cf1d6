"""manage.py on a bare machine: it makes its environment, once, and goes inside.

A tiny wheel stands in for Django, so that nothing is fetched from anywhere.
"""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
# No activated environment and no site-packages: a Python just installed.
BARE_PYTHON = [sys._base_executable, "-S"]
WHEEL = "django-0-py3-none-any.whl"
TELLS = """
import os, sys
def execute_from_command_line(argv):
    if argv[1] == "interrupted":
        raise KeyboardInterrupt
    print(sys.prefix, os.environ["DJANGO_SETTINGS_MODULE"], *argv[1:])
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with manage.py and two locks, in which nothing has been run."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "manage.py").write_bytes(MANAGE.read_bytes())
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        wheel.writestr("django/__init__.py", "")
        wheel.writestr("django/core/__init__.py", "")
        wheel.writestr("django/core/management/__init__.py", TELLS)
        exceptions = "class ImproperlyConfigured(Exception): ..."
        wheel.writestr("django/core/exceptions.py", exceptions)
        info = "django-0.dist-info/"
        wheel.writestr(
            info + "METADATA", "Metadata-Version: 2.1\nName: django\nVersion: 0\n"
        )
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        wheel.writestr(info + "RECORD", "")
    digest = hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (folder / lock).write_text(f"./{WHEEL} --hash=sha256:{digest}\n")
    return folder


def run(clone: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*BARE_PYTHON, "manage.py", *words],
        cwd=clone,
        env={"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", **environment},
        capture_output=True,
        text=True,
    )


def test_a_first_run_makes_the_environment_and_a_second_uses_it(clone: Path) -> None:
    first = run(clone, "facts", "losers-lounge")
    assert first.stdout == f"{clone}/.venv losers_lounge.settings facts losers-lounge\n"
    assert "installing requirements.txt" in first.stderr
    second = run(clone, "facts", "losers-lounge")
    assert (second.stdout, second.stderr) == (first.stdout, "")


def test_a_test_run_brings_its_tools_and_its_own_settings(clone: Path) -> None:
    done = run(clone, "test", "-x", DJANGO_SETTINGS_MODULE="losers_lounge.settings")
    assert done.stdout == f"{clone}/.venv tests.settings test -x\n"
    assert "installing requirements-dev.txt" in done.stderr
    assert run(clone, "test").stderr == ""


def test_ctrl_c_ends_a_command_without_a_word(clone: Path) -> None:
    ended = run(clone, "interrupted")
    assert (ended.returncode, "Traceback" in ended.stderr) == (130, False)


def test_a_changed_lock_is_installed(clone: Path) -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        with open(clone / lock, "a") as file:
            file.write("# a later version\n")
    assert "installing requirements.txt" in run(clone, "facts").stderr
    assert run(clone, "facts").stderr == ""


def test_a_lock_that_does_not_match_its_hash_is_refused(clone: Path) -> None:
    lock = clone / "requirements.txt"
    honest = lock.read_text()
    lock.write_text(f"./{WHEEL} --hash=sha256:{'0' * 64}\n")
    refused = run(clone, "facts")
    lock.write_text(honest)
    assert refused.returncode == 1
    assert "could not be installed" in refused.stderr
    assert refused.stdout == ""


def test_an_environment_without_the_test_tools_is_told_how(clone: Path) -> None:
    """Django is there, pytest is not: one line to type, and no traceback."""
    done = run(clone, "test", PYTHONPATH=str(clone / WHEEL))
    assert done.returncode == 1
    assert "pip install --require-hashes -r requirements-dev.txt" in done.stderr
    assert "Traceback" not in done.stderr
