"""A security key made of software, which can be asked to forget its owner's PIN."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

from events.models import User

SITE = "https://lounge.example"
FLAG = AuthenticatorData.FLAG


@dataclass
class Passkey:
    """The private half, in somebody's pocket."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def give_to(self, user: User) -> Authenticator:
        """The public half, as if it had been added long ago."""
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(_rp(), FLAG.UP | FLAG.UV | FLAG.AT, 0, attested)
        said = {
            "clientDataJSON": _client("webauthn.create", "AA"),
            "attestationObject": websafe_encode(
                AttestationObject.create("none", data, {})
            ),
        }
        kept = {"name": "Key", "credential": self._named(said)}
        return Authenticator.objects.create(user=user, type="webauthn", data=kept)

    def answer(self, user: User, challenge: str, *, pin: bool) -> str:
        """What a browser posts after a touch, with or without the PIN."""
        data = AuthenticatorData.create(_rp(), FLAG.UP | (FLAG.UV if pin else 0), 1)
        client = json.dumps(
            {"type": "webauthn.get", "challenge": challenge, "origin": SITE}
        ).encode()
        signed = self.key.sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256())
        )
        said = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signed),
            "userHandle": websafe_encode(user_pk_to_url_str(user).encode()),
        }
        return json.dumps(self._named(said))

    def _named(self, said: dict[str, str]) -> dict[str, object]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": said}


def _rp() -> bytes:
    return hashlib.sha256(SITE.removeprefix("https://").encode()).digest()


def _client(kind: str, challenge: str) -> str:
    said = {"type": kind, "challenge": challenge, "origin": SITE}
    return websafe_encode(json.dumps(said).encode())
