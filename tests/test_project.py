"""What the project promises about itself as a whole."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("losers_lounge", "events", "donations", "guests")
TOP_LEVEL = {
    *("manage.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt"),
    *("README.md", "LICENSE", "CHANGELOG.md", "Procfile"),
    *PACKAGES,
    *("templates", "static", "tests"),
}
NO_NAME_FOR_A_ROOM = {
    *("services", "selectors", "utils", "helpers", "common", "core", "constants"),
    *("signals", "mixins"),
}
LONGEST_FILE = 300
LONGEST_FUNCTION = 30
MAY_TELL_MORE = {
    # What an answer does under the event's lock, in the order that makes it right.
    "guests/rsvp.py:answer",
    # Both directions of one walk, which end where the other begins.
    "guests/listing/pages.py:read",
}
# A migration is as long as its tables.
MAY_BE_LONGER = ("/migrations/",)
SECRET = "a-production-secret-is-fifty-random-characters-long-0123456789"
PRODUCTION = {
    "SECRET_KEY": SECRET,
    "SITE_URL": "https://lounge.example",
    "ALLOWED_HOSTS": "lounge.example",
    "DATABASE_URL": "postgres://lounge@127.0.0.1/lounge",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "STRIPE_API_KEY": "rk_live_of_nobody",
    "STRIPE_WEBHOOK_SECRETS": "whsec_of_nobody",
}
# Written in two halves, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(
        re.escape("".join(halves))
        for halves in (
            ("py", "pi.org"),
            ("pythonh", "osted.org"),
            ("np", "mjs.com"),
            ("np", "mjs.org"),
            ("yarn", "pkg.com"),
            ("un", "pkg.com"),
            ("js", "delivr.net"),
            ("deb.", "debian.org"),
            ("cdn", "js.cloudflare"),
            ("crat", "es.io"),
        )
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|wo" r"rk|home/\w+|Users/\w+)/")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")


def tracked(*suffixes: str) -> list[str]:
    """Paths under version control, as text that belongs to us: not static/vendor."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name]
    present = [name for name in names if (ROOT / name).is_file()]
    return [name for name in present if not suffixes or name.endswith(suffixes)]


def ours(*suffixes: str) -> list[str]:
    return [name for name in tracked(*suffixes) if "/vendor/" not in name]


def text_of(name: str) -> str:
    return (ROOT / name).read_bytes().decode("utf-8", "replace")


def lines_with(pattern: re.Pattern[str], names: list[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name in names
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_production_settings_pass_django_s_own_deployment_check() -> None:
    words = "manage.py", "check", "--deploy", "--fail-level", "WARNING"
    checked = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **PRODUCTION},
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


def test_nonsense_in_the_environment_is_one_line_for_who_filled_it_in() -> None:
    environment = {
        **PRODUCTION,
        "EMAIL_URL": "carrier-pigeon://loft",
        "PATH": os.environ["PATH"],
    }
    refused = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1 and "EMAIL_URL" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_the_top_level_holds_what_the_design_lists() -> None:
    names = {name.split("/")[0] for name in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_no_room_has_a_name_that_says_nothing() -> None:
    paths = [Path(name) for name in tracked(".py")]
    rooms = {part for path in paths for part in path.with_suffix("").parts}
    assert rooms & NO_NAME_FOR_A_ROOM == set()


def test_no_file_is_too_long_to_read() -> None:
    code = ours(".py", ".js", ".html")
    lengths = {name: text_of(name).count("\n") for name in code}
    assert {
        name: length
        for name, length in lengths.items()
        if length > LONGEST_FILE and not any(part in name for part in MAY_BE_LONGER)
    } == {}


def long_functions(source: str) -> dict[str, int]:
    """Lines of each function that is longer than a screen, by its name."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found[node.name] = length
    return found


def test_no_function_is_too_long_to_read() -> None:
    """Its docstring counts; what a test tells in order may be longer."""
    code = [name for name in ours(".py") if name.startswith(PACKAGES)]
    longest = {name: long_functions(text_of(name)) for name in code}
    found = {f"{name}:{what}" for name, those in longest.items() for what in those}
    assert found - MAY_TELL_MORE == set()
    assert found >= MAY_TELL_MORE, "shorter by now: take it off the list"
    planted = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION
    assert long_functions(planted) == {"f": LONGEST_FUNCTION + 1}


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRIES, tracked()) == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert lines_with(MACHINE_PATHS, ours()) == []


def test_nothing_is_left_unfinished() -> None:
    assert lines_with(UNFINISHED, ours()) == []


@pytest.mark.parametrize(
    ("pattern", "planted"),
    [
        (REGISTRIES, "--index-url https://py" + "pi.org/simple"),
        (MACHINE_PATHS, "open('/wo" + "rk/main/x')"),
        (UNFINISHED, "# TO" + "DO: later"),
    ],
)
def test_a_planted_line_is_found(pattern: re.Pattern[str], planted: str) -> None:
    assert pattern.search(planted)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = re.sub(r"\\\n", " ", text).splitlines()
    assert "://" not in text
    assert [line for line in requirements if "--hash=sha256:" not in line] == []
    assert len(requirements) > 20


def test_every_mail_has_a_subject_a_text_and_an_html_part() -> None:
    mails: dict[str, set[str]] = {}
    for path in (ROOT / "templates").glob("*/email/*"):
        # allauth names its own <mail>_subject.txt and <mail>_message.txt.
        name = path.name.replace("_subject.", ".subject.").replace("_message.", ".")
        stem, _, part = name.partition(".")
        if path.is_file() and not stem.startswith("_"):
            mails.setdefault(f"{path.parent.parent.name}/{stem}", set()).add(part)
    assert mails
    parts = {"subject.txt", "txt", "html"}
    assert {mail: found for mail, found in mails.items() if found != parts} == {}


def bare_functions(source: str) -> list[str]:
    """Functions that do not say what they take or return."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            taken = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            named = [arg for arg in taken if arg.arg not in ("self", "cls")]
            if node.returns is None or any(arg.annotation is None for arg in named):
                found.append(node.name)
    return found


def test_every_function_says_what_it_takes_and_returns() -> None:
    loose = re.compile(r"/migrations/|/test_\w+\.py$|^tests/test_")
    names = [name for name in ours(".py") if not loose.search(name)]
    found = {name: bare_functions(text_of(name)) for name in names}
    assert {name: bare for name, bare in found.items() if bare} == {}
