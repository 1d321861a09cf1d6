"""Phones that stand at the door."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.door import devices
from guests.models import Device
from losers_lounge.links import make_token
from tests.factories import make_user


def make_device(
    event: Event, role: str = "door", name: str = "Kim", **fields: Any
) -> Device:
    """A desk whose code is on a host's screen."""
    at = timezone.now()
    until = at + timedelta(hours=6)
    device = devices.offer(event, role, name, until=until, by=make_user(), at=at)
    if fields:
        Device.objects.filter(pk=device.pk).update(**fields)
        device.refresh_from_db()
    return device


def token_of(device: Device) -> str:
    return make_token("pair", device.public_id, devices.LINK_VERSION)


def paired(device: Device) -> Client:
    """A phone's browser that took this desk; `client.device` is its row."""
    client = Client()
    client.post(reverse("guests:pair", args=[token_of(device)]))
    device.refresh_from_db()
    client.device = device
    return client


def make_phone(event: Event, role: str = "door", name: str = "Kim") -> Client:
    """A phone at one of the event's desks."""
    return paired(make_device(event, role, name))
