"""Phones for hosts: pair one, see how they all do, shut one out. And a host's PIN."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from events.access import HOST, open_event
from events.models import Member
from guests.door import devices, pins
from guests.forms.phones import PhoneForm, PinForm
from guests.models import Device

MOST_SHOWN = 100


@dataclass(frozen=True)
class PhoneRow:
    """One phone as a host sees it."""

    device: Device
    at: datetime

    @property
    def is_offered(self) -> bool:
        return devices.is_offered(self.device, self.at)

    @property
    def may_be_shut_out(self) -> bool:
        return devices.is_open(self.device, self.at)

    @property
    def standing(self) -> tuple[str, str]:
        """A tone and its words."""
        device = self.device
        if device.revoked_at:
            is_own = device.revoked_by_name == device.name
            return "muted", _("Gave its desk back") if is_own else _("Shut out")
        if not devices.is_open(device, self.at):
            return "muted", _("Its hour is over")
        if device.claimed_at is None:
            offered = self.is_offered
            return ("info", _("Code to scan")) if offered else ("muted", _("Not taken"))
        if devices.is_online(device, self.at):
            return "good", _("On")
        return "waiting", _("Silent")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every phone of the night, and a form for one more."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    form = PhoneForm(request.POST or None, event=access.event, at=at)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        device = devices.offer(
            access.event,
            said["role"],
            said["name"],
            until=said["until"],
            by=request.user,
            at=at,
        )
        return redirect("guests:device_code", slug, device.pk)
    rows = access.event.devices.order_by("-created_at", "-pk")[:MOST_SHOWN]
    context = {
        **access.context,
        "form": form,
        "phones": [PhoneRow(row, at) for row in rows],
        "as_of": at,
    }
    status = 422 if form.is_bound else 200
    return render(request, "guests/door_phones.html", context, status=status)


@never_cache
@require_safe
def device_code(request: HttpRequest, slug: str, device_id: int) -> HttpResponse:
    """The code that a phone scans; the page notices by itself when one did."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    device = get_object_or_404(access.event.devices, pk=device_id)
    row = PhoneRow(device, at)
    context = {
        **access.context,
        "phone": row,
        "device_row": device,
        "code_until": device.created_at + devices.CODE_LASTS,
        "link": devices.code_url(device) if row.is_offered else "",
    }
    return render(request, "guests/door_phone_code.html", context)


@require_POST
def device_revoke(request: HttpRequest, slug: str, device_id: int) -> HttpResponse:
    """Shut a phone out, from its next request on."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    device = get_object_or_404(
        access.event.devices.select_related("event"), pk=device_id
    )
    devices.revoke(device, by=request.user, at=at)
    messages.success(request, _("%(name)s is shut out.") % {"name": device.name})
    if device.queued_scans:
        text = ngettext(
            "%(n)d scan on that phone is not in yet. When the phone is on the network "
            "again, it comes in as an exception for you to look at.",
            "%(n)d scans on that phone are not in yet. When the phone is on the "
            "network again, they come in as exceptions for you to look at.",
            device.queued_scans,
        )
        messages.warning(request, text % {"n": device.queued_scans})
    return redirect("guests:devices", slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door_pin(request: HttpRequest, slug: str) -> HttpResponse:
    """A host's own PIN, for a yes on somebody else's phone."""
    access, at = open_event(request.user, slug, HOST), timezone.now()
    member = access.event.members.get(user=request.user, role=Member.Role.HOST)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pins.set_pin(member, form.cleaned_data["pin"], by=request.user, at=at)
        messages.success(request, _("Your PIN is set."))
        return redirect("guests:door_pin", slug)
    context = {
        **access.context,
        "form": form,
        "has_pin": bool(member.pin_hash),
        "others": [row for row in pins.hosts_with_pin(access.event) if row != member],
    }
    status = 422 if form.is_bound else 200
    return render(request, "guests/door_pin.html", context, status=status)
