"""A phone that opens its sealed list, as the browser does, with a key of the test."""

import base64
import hmac
import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests.door.sealing import CURVE, INFO, TAG_BYTES


class Opener:
    """One phone's key pair, and what it makes of a snapshot."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(CURVE)

    @property
    def key(self) -> str:
        shown = Encoding.X962, PublicFormat.UncompressedPoint
        point = self.private.public_key().public_bytes(*shown)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def open(self, told: dict[str, Any]) -> "Opened":
        point = ec.EllipticCurvePublicKey.from_encoded_point(
            CURVE, base64.b64decode(told["point"])
        )
        shared = self.private.exchange(ec.ECDH(), point)
        salt = base64.b64decode(told["salt"])
        hkdf = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=INFO)
        return Opened(told, hkdf.derive(shared))


class Opened:
    def __init__(self, told: dict[str, Any], derived: bytes) -> None:
        self.told, self.tags = told, derived[32:]
        self.cipher = AESGCM(derived[:32])

    def row(self, number: int) -> dict[str, Any]:
        return self.unseal(number, self.told["rows"][number])

    def rows(self) -> list[dict[str, Any]]:
        return [self.row(number) for number in range(len(self.told["rows"]))]

    def sheet(self) -> dict[str, Any]:
        return self.unseal(len(self.told["rows"]), self.told["sheet"])

    def unseal(self, number: int, sealed: str) -> dict[str, Any]:
        nonce, about = number.to_bytes(12, "big"), self.told["about"].encode()
        return json.loads(self.cipher.decrypt(nonce, base64.b64decode(sealed), about))

    def found(self, kind: str, text: str) -> list[str]:
        digest = hmac.digest(self.tags, f"{kind}\0{text}".encode(), sha256)
        tag = base64.b64encode(digest[:TAG_BYTES]).decode()
        numbers = self.told["index"].get(tag, [])
        return [self.row(number)["name"] for number in numbers]


def tell_key(phone: Client, event: Event, key: str) -> HttpResponse:
    return phone.post(reverse("guests:door_key", args=[event.slug]), {"key": key})


def fetch(phone: Client, event: Event) -> HttpResponse:
    return phone.get(reverse("guests:door_snapshot", args=[event.slug]))
