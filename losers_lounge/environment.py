"""What the environment may say. Nonsense is refused at start, by the variable's name.

Read by settings.py alone, before Django is set up.
"""

import logging
import os
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

LEAST_KEY = 50
LEAST_WEBHOOK_SECRET = 16
MOST_FEE_BPS = 2_000
PROVIDERS = ("brevo", "mailgun", "mailjet", "postmark", "sparkpost")
SAMPLES = ("django-insecure", "change-me")


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def boolean(name: str, default: str = "False") -> bool:
    value = os.environ.get(name, default)
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name}={value}: use 'True' or 'False'")
    return value == "True"


def number(name: str, default: int, least: int = 1) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and least <= int(value) < 10**6):
        wanted = f"use a whole number, {least} or more"
        raise ImproperlyConfigured(f"{name}={value}: {wanted}")
    return int(value)


def check_scheme(name: str, *schemes: str) -> None:
    """Refuse an address of another kind, without telling it: it holds a password."""
    if text(name).partition("://")[0] not in schemes:
        listed = ", ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name}: use one of {listed}")


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list with commas between; spaces around a name do not count."""
    listed = os.environ.get(name, ",".join(default)).split(",")
    return [item.strip() for item in listed if item.strip()]


def secret_key() -> str:
    return _real_key("SECRET_KEY", text("SECRET_KEY"))


def former_keys() -> list[str]:
    """Keys of before, which still open links and end no session."""
    name = "SECRET_KEY_FALLBACKS"
    return [_real_key(name, key) for key in names(name)]


def site_url() -> SplitResult:
    """The address in every mail: scheme and host, and nothing behind them."""
    given = os.environ.get("SITE_URL", "http://localhost:8000").rstrip("/")
    refusal = ImproperlyConfigured(f"SITE_URL={given}: use https://host without a path")
    try:
        site = urlsplit(given)
        port = site.port
    except ValueError:
        raise refusal from None
    netloc = f"{site.hostname}:{port}" if port else site.hostname
    bare = f"{site.scheme}://{netloc}"
    is_host = given.isascii() and given.isprintable() and not set(given) & set(" ,*\\")
    if site.scheme not in ("http", "https") or not is_host or given.lower() != bare:
        raise refusal
    return urlsplit(bare)


def hosts(site: SplitResult) -> list[str]:
    """What may stand in a request's Host header; never just anything."""
    allowed = names("ALLOWED_HOSTS", (site.hostname or "",))
    if "*" in allowed:
        raise ImproperlyConfigured("ALLOWED_HOSTS=*: name the hosts")
    return allowed


def networks(name: str) -> list[str]:
    listed = names(name)
    for network in listed:
        try:
            ip_network(network)
        except ValueError as error:
            words = f"{name}={network}: use addresses or networks ({error})"
            raise ImproperlyConfigured(words) from None
    return listed


def contact(name: str) -> str:
    """Who hears of a hole, as RFC 9116 wants it (2.5.3): an https: or mailto: address.

    Empty where nobody is named.
    """
    value = os.environ.get(name, "").strip()
    is_one = value.startswith(("https://", "mailto:")) and value.isprintable()
    if value and (not is_one or " " in value):
        raise ImproperlyConfigured(f"{name}={value}: use https://... or mailto:...")
    return value


def log_level() -> str:
    level = os.environ.get("LOG_LEVEL", "INFO")
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"LOG_LEVEL={level}: use INFO, WARNING or ERROR")
    return level


def broker(*, is_embedded: bool) -> str:
    url = text("REDIS_URL")
    if url.startswith("memory://") and not is_embedded:
        raise ImproperlyConfigured("REDIS_URL=memory:// serves one process: the demo")
    if "://" not in url.lstrip(":/"):
        raise ImproperlyConfigured("REDIS_URL: use redis://host:port/number")
    return url


def transport(broker_url: str) -> str | None:
    """Our own for Redis (losers_lounge/broker.py); of other brokers kombu's."""
    is_redis = broker_url.startswith(("redis://", "rediss://"))
    return "losers_lounge.broker:Transport" if is_redis else None


def chaos(*, is_trial: bool) -> str:
    """The place at which a test has processes die (losers_lounge/chaos.py); or none."""
    place = os.environ.get("CHAOS_KILL", "")
    if place and not is_trial:
        raise ImproperlyConfigured("CHAOS_KILL: nobody is killed in production")
    return place


def mailbox(name: str) -> str:
    """imaps://user:password@host/folder or maildir:///path; empty when not set."""
    value = os.environ.get(name, "")
    if not value:
        return ""
    check_scheme(name, "imaps", "maildir")
    if not _is_mailbox(value):
        raise ImproperlyConfigured(
            f"{name}: use imaps://user:password@host/INBOX or maildir:///path"
        )
    return value


def _is_mailbox(value: str) -> bool:
    url = urlsplit(value)
    if url.scheme == "maildir":
        return not url.netloc and url.path.startswith("/")
    try:
        return bool(url.hostname and url.password and url.port != 0)
    except ValueError:
        return False


def provider(name: str) -> tuple[str, str]:
    """Who may post what came back, and the secret that proves it; empty: nobody."""
    value = os.environ.get(name, "")
    if not value:
        return "", ""
    found, _colon, secret = value.partition(":")
    if found not in PROVIDERS:
        raise ImproperlyConfigured(f"{name}: begin with one of {', '.join(PROVIDERS)}")
    if len(secret) < LEAST_WEBHOOK_SECRET or (found != "mailgun" and ":" not in secret):
        raise ImproperlyConfigured(
            f"{name}: use {found}:user:password, or mailgun:signing-key, at least "
            f"{LEAST_WEBHOOK_SECRET} characters of secret"
        )
    return found, secret


def _real_key(name: str, key: str) -> str:
    if len(key) < LEAST_KEY or len(set(key)) < 5 or key.startswith(SAMPLES):
        raise ImproperlyConfigured(f"{name} is a sample: use 50 random characters")
    return key


def stripe_key(base: str, own_base: str, *, is_trial: bool) -> tuple[str, bool]:
    """Stripe's secret key, and whether it moves real money: then nothing is a trial."""
    key = text("STRIPE_API_KEY")
    if not key.startswith(("sk_live_", "rk_live_", "sk_test_", "rk_test_")):
        raise ImproperlyConfigured("STRIPE_API_KEY: use a secret or restricted key")
    is_live = key.startswith(("sk_live_", "rk_live_"))
    if is_live and (is_trial or base != own_base):
        raise ImproperlyConfigured(
            "STRIPE_API_KEY is live: DEBUG and EMBEDDED must be False, SITE_URL https "
            "and STRIPE_API_BASE Stripe's own"
        )
    if base != own_base and not is_trial:
        raise ImproperlyConfigured(
            "STRIPE_API_BASE is not Stripe's own: only a trial (DEBUG, EMBEDDED or an "
            "http SITE_URL) pays at a stand-in"
        )
    return key, is_live


def webhook_secrets() -> list[str]:
    secrets = names("STRIPE_WEBHOOK_SECRETS")
    if not secrets:
        raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRETS is empty: name at least one")
    return secrets


def stripe_fees() -> tuple[int, int]:
    """About what Stripe takes of a gift: basis points, and minor units on top."""
    bps = number("STRIPE_FEE_BPS", 290, least=0)
    if bps >= MOST_FEE_BPS:
        raise ImproperlyConfigured(f"STRIPE_FEE_BPS={bps}: 290 is 2.9 percent")
    return bps, number("STRIPE_FEE_FIXED_CENTS", 30, least=0)
