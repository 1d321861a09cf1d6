"""A list that one phone alone can read, one row at a time.

Each snapshot has an ephemeral P-256 key of its own; ECDH with the phone's key, then
HKDF-SHA256, gives one key that seals rows (AES-256-GCM) and one that names what a row
can be found by (HMAC-SHA256). The phone's private key never leaves it, and cannot.
"""

import base64
import hmac
import json
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
INFO = b"losers_lounge.door.snapshot/1"
TAG_BYTES = 12
# Rows of about one length: how long a name is stays inside.
BLOCK = 256


class BadKey(Exception):
    """That is no public key of a phone."""


def public_key(text: str) -> ec.EllipticCurvePublicKey:
    """A phone's raw public point, as it told it in base64url. Raises BadKey."""
    # What decodes although a NUL stands in it could not be kept.
    if not text.isprintable():
        raise BadKey
    try:
        point = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError as error:
        raise BadKey from error


@dataclass(frozen=True)
class Seal:
    """The keys of one snapshot, and what the phone needs to come to the same ones."""

    point: str
    salt: str
    rows: AESGCM
    tags: bytes
    about: bytes

    @classmethod
    def made_for(cls, key: str, about: str) -> "Seal":
        """New keys for one snapshot to a phone. Raises BadKey."""
        mine, salt = ec.generate_private_key(CURVE), os.urandom(16)
        shared = mine.exchange(ec.ECDH(), public_key(key))
        hkdf = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=INFO)
        derived = hkdf.derive(shared)
        shown = Encoding.X962, PublicFormat.UncompressedPoint
        point = mine.public_key().public_bytes(*shown)
        return cls(
            encoded(point),
            encoded(salt),
            AESGCM(derived[:32]),
            derived[32:],
            about.encode(),
        )

    def sealed(self, number: int, row: dict[str, Any]) -> str:
        """A row in its place: it opens nowhere else, and in no other snapshot."""
        plain = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        padded = plain.ljust(-(-len(plain) // BLOCK) * BLOCK)
        nonce = number.to_bytes(12, "big")  # one key, one list: never the same twice
        return encoded(self.rows.encrypt(nonce, padded, self.about))

    def tag(self, kind: str, text: str) -> str:
        """What a row is found by, without saying it."""
        digest = hmac.digest(self.tags, f"{kind}\0{text}".encode(), sha256)
        return encoded(digest[:TAG_BYTES])


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
