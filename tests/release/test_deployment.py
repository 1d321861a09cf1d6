"""The files that an operator copies say what the code holds to."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from losers_lounge import environment
from tests.release.deployed import DEPLOYMENT, ROOT, procfile, unit, units, variables
from tests.test_project import PRODUCTION

RUN_FOR_LONG = ("lounge-web.service", "lounge-worker.service", "lounge-beat.service")
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "UMask": "0077",
}
README = (ROOT / "README.md").read_text()


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


@pytest.mark.parametrize("name", RUN_FOR_LONG)
def test_what_runs_for_long_is_restarted_and_may_do_little(name: str) -> None:
    service = unit(name)["Service"]
    assert service["Restart"] == "always" and service["User"] == "lounge"
    assert {key: service[key] for key in HARDENED} == HARDENED


def test_everything_but_the_restart_runs_as_nobody_special() -> None:
    as_root = [
        name
        for name, found in units("service").items()
        if found["Service"].get("User") != "lounge"
    ]
    assert as_root == ["lounge-restart@.service"]


def test_a_worker_is_given_the_time_that_a_mail_may_take() -> None:
    service = unit("lounge-worker.service")["Service"]
    assert seconds(service["TimeoutStopSec"]) > settings.EMAIL_DOT_TIMEOUT
    # Its pool is not told to end: that would break off the mail in hand.
    assert service["KillMode"] == "mixed"


def test_a_web_server_is_given_the_time_that_its_requests_may_take() -> None:
    service = unit("lounge-web.service")["Service"]
    graceful = int(re.search(r"--graceful-timeout (\d+)", service["ExecStart"])[1])
    assert seconds(service["TimeoutStopSec"]) > graceful
    socket = re.search(r"--control-socket (\S+)", service["ExecStart"])[1]
    assert socket.startswith(f"/run/{service['RuntimeDirectory']}/")


def test_units_and_procfile_start_the_same_programs() -> None:
    for name in ("web", "worker", "beat"):
        program = unit(f"lounge-{name}.service")["Service"]["ExecStart"].split("/bin/")[
            1
        ]
        assert program.split(" --")[0] == procfile()[name].split(" --")[0]
    released = re.findall(r"manage\.py (\w+)", procfile()["release"])
    assert released == ["migrate", "collectstatic"]


def test_every_command_that_a_unit_or_the_page_names_is_there() -> None:
    started = [found["Service"]["ExecStart"] for found in units("service").values()]
    named = set(re.findall(r"manage\.py (\w+)", "\n".join(started)))
    named |= set(re.findall(r"^ {4,7}lounge (\w+)", README, re.MULTILINE))
    assert {"healthy", "backup", "restore", "create_host"} <= named
    assert named - set(get_commands()) == set()


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"deployment/([\w.@*-]*[\w@*])", README))
    assert named and all(list(DEPLOYMENT.glob(name)) for name in named), named


def test_every_timer_starts_something() -> None:
    timers = units("timer")
    assert timers
    assert all(
        (DEPLOYMENT / name.replace(".timer", ".service")).exists() for name in timers
    )


def test_the_settings_ask_for_what_the_environment_file_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = variables("lounge.env")
    source = (ROOT / "losers_lounge/settings.py").read_text()
    source += Path(environment.__file__).read_text()
    assert [name for name in found if f'"{name}"' not in source] == []
    assert set(PRODUCTION) - set(found) == {"ALLOWED_HOSTS"}
    # What has to be filled in is refused while it is empty.
    monkeypatch.setenv("SECRET_KEY", found["SECRET_KEY"])
    with pytest.raises(Exception, match="SECRET_KEY is not set"):
        environment.secret_key()


def test_the_command_of_the_server_reads_its_file(tmp_path: Path) -> None:
    """As whoever calls it: the file's values reach manage.py, and spaces survive."""
    file = tmp_path / "lounge.env"
    lines = (
        (DEPLOYMENT / "lounge.env").read_text().replace("lounge.example", "it.example")
    )
    for name in ("SECRET_KEY", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRETS"):
        lines = lines.replace(f"{name}=\n", f"{name}={PRODUCTION[name]}\n")
    file.write_text(lines)
    asked = ["sh", DEPLOYMENT / "lounge", "shell", "-v0", "-c", ASK]
    variables = {"PATH": os.environ["PATH"], "LOUNGE_ENV": str(file)}
    done = subprocess.run(asked, env=variables, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "Losers Lounge <lounge@it.example>", (
        done.stderr
    )


ASK = "from django.conf import settings; print(settings.DEFAULT_FROM_EMAIL)"


def test_systemd_takes_the_units() -> None:
    """Where there is one to ask; its other claims above are read without it."""
    analyze = shutil.which("systemd-analyze")
    for path in sorted(DEPLOYMENT.glob("*.service")) if analyze else ():
        words = [analyze, "verify", "--man=no", "--recursive-errors=no", path]
        said = subprocess.run(words, capture_output=True, text=True).stderr
        # No server's folders are here, and no other unit is.
        wrong = [
            line
            for line in said.splitlines()
            if re.search(r"Unknown|Invalid|Failed to parse", line)
        ]
        assert wrong == []
