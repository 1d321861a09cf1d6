"""How Stripe is spoken to: one client per process, its errors given our names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import requests
import stripe
from django.conf import settings
from requests.utils import get_environ_proxies

from donations.stripe_gateway.records import (
    StripeBusy,
    StripeRefused,
    StripeUnavailable,
)

# The version that the client is pinned to; each request says it.
API_VERSION = stripe.api_version
TIMEOUT_SECONDS = (3.05, 20)  # to connect, to answer; the client's own is 80
RETRIES = 2


@lru_cache(maxsize=8)
def _client_for(key: str, base: str, process_id: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        http_client=stripe.RequestsClient(TIMEOUT_SECONDS, _session_with(base)),
        max_network_retries=RETRIES,
    )


def _session_with(base: str) -> requests.Session:
    """It looks up the way there once; by itself it would at each question.

    Nothing is read of ~/.netrc, which could put another name in place of our key.
    """
    session = requests.Session()
    session.trust_env = False
    session.proxies = get_environ_proxies(base)
    return session


def client() -> stripe.StripeClient:
    """One client per process, made when first used: a worker forks before that."""
    return _client_for(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE, os.getpid())


def options(account: str, key: str = "") -> dict[str, str]:
    """Whose account is asked, and under which idempotency key."""
    named = {"stripe_account": account, "idempotency_key": key}
    return {name: value for name, value in named.items() if value}


def retrieve(kind: str, key: str, *, account: str, expand: str = "") -> dict[str, Any]:
    """One object as it stands now, as plain data; `kind` is its list's path.

    What is read of an answer is little: the client would make an object of each part
    of it, which costs as much as asking.
    """
    params = {"expand": [expand]} if expand else {}
    path = f"/v1/{kind}/{quote(key, safe='')}"
    return client().raw_request("get", path, **params, **options(account)).data


@contextmanager
def named_errors() -> Iterator[None]:
    """Raise Stripe's errors as ours, by what they leave known."""
    try:
        yield
    except stripe.RateLimitError as error:
        raise StripeBusy("asked too often") from error
    except stripe.APIConnectionError as error:
        raise StripeUnavailable("no answer") from error
    except stripe.APIError as error:
        if error.http_status == 409:
            raise StripeBusy("the same question is being answered") from error
        raise StripeUnavailable(f"answered {error.http_status}") from error
    except stripe.StripeError as error:
        details = f"{type(error).__name__} {error.code or ''} {error.request_id or ''}"
        raise StripeRefused(details.strip()) from error
