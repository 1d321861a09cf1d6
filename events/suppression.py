"""Addresses that want no more bulk mail, remembered without being kept.

Only an HMAC-SHA256 of the address is stored, under a key derived from SECRET_KEY.
After a key is changed it must stay in SECRET_KEY_FALLBACKS for as long as the
wishes made under it are to hold.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from events.models import Message, Suppression

UNSUBSCRIBED = Message.Reason.UNSUBSCRIBED


def address_mac(address: str) -> str:
    """The address as the newest key knows it: upper and lower case are one."""
    return _mac(settings.SECRET_KEY, address)


def all_macs(address: str) -> list[str]:
    """The address under every key still in use, the newest first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_mac(key, address) for key in keys]


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that have unsubscribed."""
    macs = {address: set(all_macs(address)) for address in addresses}
    asked = Suppression.objects.filter(address_mac__in=set().union(*macs.values()))
    found = set(asked.values_list("address_mac", flat=True))
    return {address for address, known in macs.items() if known & found}


def is_suppressed(address: str) -> bool:
    return bool(suppressed_among([address]))


@transaction.atomic
def suppress(address: str, at: datetime) -> int:
    """Send this address no more bulk mail; the number of waiting mails it stopped."""
    Suppression.objects.bulk_create(
        [Suppression(address_mac=address_mac(address), at=at)], ignore_conflicts=True
    )
    return Message.objects.filter(
        state__in=Message.WAITING, is_bulk=True, address_mac__in=all_macs(address)
    ).update(state=Message.State.SUPPRESSED, last_error=UNSUBSCRIBED)


@transaction.atomic
def lift(address: str) -> int:
    """Take the wish back; mail it stopped for evenings still to come goes out."""
    macs = all_macs(address)
    Suppression.objects.filter(address_mac__in=macs).delete()
    stopped = Message.objects.filter(
        state=Message.State.SUPPRESSED, last_error=UNSUBSCRIBED, address_mac__in=macs
    )
    return stopped.filter(event__ends_at__gt=Now()).update(
        state=Message.State.QUEUED, last_error=""
    )


def _mac(key: str, address: str) -> str:
    wish_key = hmac.digest(key.encode(), b"events.suppression", hashlib.sha256)
    plain = unicodedata.normalize("NFC", address.strip()).casefold()
    return hmac.digest(wish_key, plain.encode(), hashlib.sha256).hex()
