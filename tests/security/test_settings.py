"""Nonsense in the environment is refused at start, and the refusal names it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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
Environment = dict[str, str | None]
# What is changed, and which name the refusal starts with.
NONSENSE: list[tuple[str, Environment]] = [
    ("SECRET_KEY", {"SECRET_KEY": ""}),
    ("SECRET_KEY", {"SECRET_KEY": "short"}),
    ("SECRET_KEY", {"SECRET_KEY": SAMPLE_KEY}),
    ("SECRET_KEY", {"SECRET_KEY": "x" * 60}),
    ("SECRET_KEY_FALLBACKS", {"SECRET_KEY_FALLBACKS": "short"}),
    ("CHAOS_KILL", {"CHAOS_KILL": "after_sent"}),
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
    ("MAIL_PER_DOMAIN_PER_MINUTE", {"MAIL_PER_DOMAIN_PER_MINUTE": "many"}),
    ("BOUNCES_URL", {"BOUNCES_URL": "imap://lounge:word@mail.example/INBOX"}),
    ("BOUNCES_URL", {"BOUNCES_URL": "imaps://mail.example/INBOX"}),
    ("BOUNCES_URL", {"BOUNCES_URL": "maildir://relative"}),
    ("BOUNCES_URL", {"BOUNCES_URL": "imaps://a:b@mail.example:port/"}),
    ("BOUNCES_WEBHOOK", {"BOUNCES_WEBHOOK": "pigeon:user:a-long-password"}),
    ("BOUNCES_WEBHOOK", {"BOUNCES_WEBHOOK": "postmark:a:b"}),
    ("BOUNCES_WEBHOOK", {"BOUNCES_WEBHOOK": "postmark:no-user-but-long-enough"}),
    ("LOG_LEVEL", {"LOG_LEVEL": "LOUD"}),
    ("SECOND_FACTOR_REQUIRED", {"SECOND_FACTOR_REQUIRED": "yes"}),
    ("SECURITY_CONTACT", {"SECURITY_CONTACT": "security@lounge.example"}),
    ("STRIPE_API_KEY", {"STRIPE_API_KEY": None}),
    ("STRIPE_API_KEY", {"STRIPE_API_KEY": "pk_live_public"}),
    ("STRIPE_API_KEY", {"DEBUG": "True"}),
    ("STRIPE_API_KEY", {"EMBEDDED": "True"}),
    ("STRIPE_API_KEY", {"SITE_URL": "http://lounge.example"}),
    ("STRIPE_API_KEY", {"STRIPE_API_BASE": "http://127.0.0.1:12111"}),
    ("STRIPE_API_KEY", {"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}),
    (
        "STRIPE_API_BASE",
        {"STRIPE_API_KEY": "rk_test_x", "STRIPE_API_BASE": "http://127.0.0.1:12111"},
    ),
    ("STRIPE_WEBHOOK_SECRETS", {"STRIPE_WEBHOOK_SECRETS": None}),
    ("STRIPE_WEBHOOK_SECRETS", {"STRIPE_WEBHOOK_SECRETS": " , "}),
]
# Reads the settings once for each environment it is given, as a start would.
START = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
path, told = os.environ["PATH"], []
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment, PATH=path)
    sys.modules.pop("losers_lounge.settings", None)
    try:
        settings = importlib.import_module("losers_lounge.settings")
    except ImproperlyConfigured as refusal:
        told.append(["refused", str(refusal)])
    except Exception as error:
        told.append(["broken", repr(error)])
    else:
        named = {name: repr(getattr(settings, name)) for name in sys.argv[1:]}
        told.append(["started", named])
json.dump(told, sys.stdout)
"""


def start(environments: list[Environment], *names: str) -> list[tuple[str, Any]]:
    """How a process starts under each of these, and what it makes of some settings."""
    said = [
        {name: value for name, value in (GOOD | changed).items() if value is not None}
        for changed in environments
    ]
    ran = subprocess.run(
        [sys.executable, "-c", START, *names],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        input=json.dumps(said),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [tuple(answer) for answer in json.loads(ran.stdout)]


def made_of(changed: Environment, *names: str) -> dict[str, str]:
    [(outcome, settings)] = start([changed], *names)
    assert outcome == "started", settings
    return settings


@pytest.fixture(scope="module")
def refusals() -> list[tuple[str, Any]]:
    return start([changed for _, changed in NONSENSE])


@pytest.mark.parametrize("number", range(len(NONSENSE)), ids=lambda n: str(NONSENSE[n]))
def test_nonsense_is_refused_by_name(
    refusals: list[tuple[str, Any]], number: int
) -> None:
    name, _ = NONSENSE[number]
    outcome, words = refusals[number]
    assert outcome == "refused", words
    assert name in words


def test_no_refusal_tells_a_secret(refusals: list[tuple[str, Any]]) -> None:
    for _, words in refusals:
        assert "Canary" not in words and GOOD["SECRET_KEY"] not in words


def test_a_process_that_is_refused_does_not_start() -> None:
    """Not a worker either: the words are the last ones on the screen."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GOOD, "DEBUG": "maybe"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "DEBUG=maybe: use 'True' or 'False'" in ended.stderr.splitlines()[-1]


COOKIES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "GUEST_COOKIE_NAME")
OVER_HTTPS = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
)


def test_an_https_address_makes_every_cookie_its_own() -> None:
    told = made_of({}, *COOKIES, *OVER_HTTPS, "SECURE_HSTS_SECONDS")
    cookies = [told[name] for name in COOKIES]
    assert cookies == ["'__Host-session'", "'__Host-csrf'", "'__Host-guest'"]
    assert {told[name] for name in OVER_HTTPS} == {"True"}
    assert told["SECURE_HSTS_SECONDS"] == "31536000"


def test_hosts_come_from_the_address_and_proxies_from_nowhere() -> None:
    names = ("ALLOWED_HOSTS", "TRUSTED_PROXIES", "SECURE_PROXY_SSL_HEADER")
    told = made_of({}, *names)
    assert [told[name] for name in names] == ["['lounge.example']", "[]", "None"]


def test_a_proxy_that_is_named_is_believed() -> None:
    proxies: Environment = {"TRUSTED_PROXIES": "10.0.0.1, 2001:db8::/32"}
    told = made_of(proxies, "TRUSTED_PROXIES", "SECURE_PROXY_SSL_HEADER")
    assert told["TRUSTED_PROXIES"] == "['10.0.0.1', '2001:db8::/32']"
    assert "HTTP_X_FORWARDED_PROTO" in told["SECURE_PROXY_SSL_HEADER"]


def test_no_tool_of_developers_is_in_production() -> None:
    apps = made_of({}, "INSTALLED_APPS")["INSTALLED_APPS"]
    assert "django.contrib.admin" not in apps and "debug_toolbar" not in apps
