"""Webhooks as Stripe sends them, and as it does not."""

import json
import time
from datetime import timedelta
from typing import Any

import stripe
from django.test import Client
from django.utils import timezone

from donations.models import Donation

URL = "/stripe/webhook/"
SECRET = "whsec_tests"


def completed(donation: Donation, session_id: str = "cs_x", **fields: Any) -> bytes:
    body = {
        "id": f"evt_{donation.public_id}",
        "object": "event",
        "type": "checkout.session.completed",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "data": {
            "object": {
                "id": session_id,
                "object": "checkout.session",
                "client_reference_id": donation.public_id,
            }
        },
    }
    return json.dumps(body | fields).encode()


def sign(body: bytes, secret: str = SECRET, **late: float) -> str:
    at = int((timezone.now() + timedelta(**late)).timestamp())
    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, timestamp=at
    )


def post(body: bytes, signature: str | None = None) -> int:
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    response = Client(enforce_csrf_checks=True).post(
        URL, body, content_type="application/json", headers=headers
    )
    if response.status_code >= 400:
        assert response.content == b""
    return response.status_code
