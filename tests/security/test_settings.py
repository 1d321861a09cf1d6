"""Nonsense in the environment is refused at start, and the refusal names it."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "SECRET_KEY": "a-production-secret-is-fifty-random-characters-long-0123456789",
    "SITE_URL": "https://lounge.example",
    "DATABASE_URL": "postgres://lounge:Canary-password@127.0.0.1/lounge",
    "REDIS_URL": "redis://:Canary-password@127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://lounge:Canary-password@127.0.0.1:25",
    "STRIPE_API_KEY": "rk_live_Canary",
    "STRIPE_WEBHOOK_SECRETS": "whsec_Canary",
}
SAMPLE_KEY = "django-insecure-" + GOOD["SECRET_KEY"]
Start = Callable[[dict[str, str | None]], tuple[int, str]]
# What is changed, and which name the refusal starts with.
NONSENSE: list[tuple[str, dict[str, str | None]]] = [
    ("SECRET_KEY", {"SECRET_KEY": ""}),
    ("SECRET_KEY", {"SECRET_KEY": "short"}),
    ("SECRET_KEY", {"SECRET_KEY": SAMPLE_KEY}),
    ("SECRET_KEY", {"SECRET_KEY": "x" * 60}),
    ("SECRET_KEY_FALLBACKS", {"SECRET_KEY_FALLBACKS": "short"}),
    ("DEBUG", {"DEBUG": "yes"}),
    ("DEBUG", {"DEBUG": "true"}),
    ("DEBUG", {"DEBUG": ""}),
    ("EMBEDDED", {"EMBEDDED": "1"}),
    ("SITE_URL", {"SITE_URL": "lounge.example"}),
    ("SITE_URL", {"SITE_URL": "ftp://lounge.example"}),
    ("SITE_URL", {"SITE_URL": "https://lounge.example/party"}),
    ("SITE_URL", {"SITE_URL": "https://lounge.example?x"}),
    ("SITE_URL", {"SITE_URL": "https://host@lounge.example"}),
    ("SITE_URL", {"SITE_URL": "https://lounge.example:port"}),
    ("SITE_URL", {"SITE_URL": "https://two hosts.example"}),
    ("SITE_URL", {"SITE_URL": "https://"}),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*"}),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "lounge.example, *"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "nginx"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "10.0.0.1/8"}),
    ("DATABASE_URL", {"DATABASE_URL": None}),
    ("DATABASE_URL", {"DATABASE_URL": "nonsense"}),
    ("DATABASE_URL", {"DATABASE_URL": "mysql://127.0.0.1/lounge"}),
    ("REDIS_URL", {"REDIS_URL": None}),
    ("REDIS_URL", {"REDIS_URL": "nonsense"}),
    ("REDIS_URL", {"REDIS_URL": "memory://"}),
    ("EMAIL_URL", {"EMAIL_URL": None}),
    ("EMAIL_URL", {"EMAIL_URL": "nonsense"}),
    ("EMAIL_URL", {"EMAIL_URL": "pigeon://127.0.0.1"}),
    ("EMAIL_TIMEOUT", {"EMAIL_TIMEOUT": "soon"}),
    ("EMAIL_DOT_TIMEOUT", {"EMAIL_DOT_TIMEOUT": "-1"}),
    ("LOG_LEVEL", {"LOG_LEVEL": "LOUD"}),
    ("STRIPE_API_KEY", {"STRIPE_API_KEY": None}),
    ("STRIPE_API_KEY", {"STRIPE_API_KEY": "pk_live_public"}),
    ("STRIPE_API_KEY", {"DEBUG": "True"}),
    ("STRIPE_API_KEY", {"EMBEDDED": "True"}),
    ("STRIPE_API_KEY", {"SITE_URL": "http://lounge.example"}),
    ("STRIPE_API_KEY", {"STRIPE_API_BASE": "http://127.0.0.1:12111"}),
    ("STRIPE_API_KEY", {"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}),
    ("STRIPE_WEBHOOK_SECRETS", {"STRIPE_WEBHOOK_SECRETS": None}),
    ("STRIPE_WEBHOOK_SECRETS", {"STRIPE_WEBHOOK_SECRETS": " , "}),
]
START = """
import os, sys
from django.core.exceptions import ImproperlyConfigured
try:
    import losers_lounge.settings as settings
except ImproperlyConfigured as refusal:
    sys.exit(str(refusal))
for name in sys.argv[1:]:
    print(repr(getattr(settings, name)))
"""


def start(changed: dict[str, str | None], *names: str) -> subprocess.CompletedProcess:
    """Read the settings in a fresh process, under no environment but this."""
    named = (GOOD | changed).items()
    said = {name: value for name, value in named if value is not None}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", START, *names],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **said},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def refusals() -> list[subprocess.CompletedProcess]:
    """Every nonsense once, two at a time: a start takes a fifth of a second."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(start, (changed for _, changed in NONSENSE)))


@pytest.mark.parametrize("number", range(len(NONSENSE)), ids=lambda n: str(NONSENSE[n]))
def test_nonsense_is_refused_by_name(
    refusals: list[subprocess.CompletedProcess], number: int
) -> None:
    name, changed = NONSENSE[number]
    refused = refusals[number]
    assert refused.returncode == 1, changed
    assert "Traceback" not in refused.stderr
    assert name in refused.stderr.splitlines()[-1]


def test_no_refusal_tells_a_secret(
    refusals: list[subprocess.CompletedProcess],
) -> None:
    for refused in refusals:
        assert "Canary" not in refused.stderr + refused.stdout
        assert GOOD["SECRET_KEY"] not in refused.stderr


def test_what_is_right_starts() -> None:
    started = start({})
    assert (started.returncode, started.stderr) == (0, "")


COOKIES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "GUEST_COOKIE_NAME")
OVER_HTTPS = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
)


def test_an_https_address_makes_every_cookie_its_own() -> None:
    told = start({}, *COOKIES, *OVER_HTTPS, "SECURE_HSTS_SECONDS").stdout.splitlines()
    assert told[:3] == ["'__Host-session'", "'__Host-csrf'", "'__Host-guest'"]
    assert told[3:] == ["True"] * len(OVER_HTTPS) + ["31536000"]


def test_hosts_come_from_the_address_and_proxies_from_nowhere() -> None:
    told = start({}, "ALLOWED_HOSTS", "TRUSTED_PROXIES", "SECURE_PROXY_SSL_HEADER")
    assert told.stdout.splitlines() == ["['lounge.example']", "[]", "None"]


def test_a_proxy_that_is_named_is_believed() -> None:
    proxies = {"TRUSTED_PROXIES": "10.0.0.1, 2001:db8::/32"}
    told = start(proxies, "TRUSTED_PROXIES", "SECURE_PROXY_SSL_HEADER").stdout
    assert "'10.0.0.1', '2001:db8::/32'" in told
    assert "('HTTP_X_FORWARDED_PROTO', 'https')" in told


def test_no_tool_of_developers_is_in_production() -> None:
    apps = start({}, "INSTALLED_APPS", "ROOT_URLCONF").stdout
    assert "django.contrib.admin" not in apps and "debug_toolbar" not in apps
