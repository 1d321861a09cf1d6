"""A paired phone's cookie: a realm of its own, never request.user and no guest's.

It names one row; what the phone may do is read from that row at every request, so
that shutting it out, or the hour, works at once.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guests.door import devices
from guests.models import Device
from losers_lounge.compiled import compiled

SALT = "guests.device_realm"
# What it holds after its hour is over may still be handed in.
KNOWN_AFTERWARDS = timedelta(days=1)


def remember(response: HttpResponse, device: Device, at: datetime) -> None:
    """Let this phone in as that device until its hour, which its row knows."""
    until = device.expires_at + KNOWN_AFTERWARDS
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(device.public_id, salt=SALT),
        max_age=max(0, int((until - at).total_seconds())),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """The phone gives its desk back."""
    response.delete_cookie(settings.DEVICE_COOKIE_NAME, path="/", samesite="Lax")


def known(request: HttpRequest) -> Device | None:
    """The row this phone's cookie names, also one that is shut out; one query.

    A day after its hour it is nobody's, whatever cookie was kept.
    """
    try:
        lookup = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT
        )
    except signing.BadSignature:
        return None
    if not isinstance(lookup, str):
        return None
    for device in _claimed(lookup):
        if device.expires_at > timezone.now() - KNOWN_AFTERWARDS:
            return device
    return None


@compiled
def _claimed(public_id: str) -> QuerySet[Device]:
    rows = Device.objects.select_related("event").order_by()
    return rows.filter(public_id=public_id, claimed_at__isnull=False)


def of(request: HttpRequest, at: datetime) -> Device | None:
    """The device this phone is now; None where it is shut out or its hour is over."""
    device = known(request)
    return device if device is not None and devices.is_open(device, at) else None
