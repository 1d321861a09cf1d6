"""Settings of the languages that are spoken here."""

from typing import Any

from django.conf.locale import LANG_INFO

ENGLISH = "en"
LANGUAGES = [(code, LANG_INFO[code]["name_local"].title()) for code in (ENGLISH, "es")]


def settings_of(cookie_prefix: str, is_https: bool) -> dict[str, Any]:
    """Which languages there are, and a cookie that remembers a choice for a year."""
    return {
        "LANGUAGE_CODE": ENGLISH,
        "LANGUAGES": LANGUAGES,
        "FORMAT_MODULE_PATH": "losers_lounge.formats",
        "LANGUAGE_COOKIE_NAME": f"{cookie_prefix}language",
        "LANGUAGE_COOKIE_AGE": 365 * 24 * 60 * 60,
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SECURE": is_https,
    }
