"""What a push service carries and cannot read: RFC 8291 (keys) over RFC 8188 (aes128gcm)."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
RECORD = 4096  # octets; one record holds all that we say
LONGEST = 3000  # octets of text that surely fit
SALT = 16
LAST_RECORD = b"\x02"


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """As the browser gave them: its public key (65 octets) and a secret (16)."""

    public: bytes
    secret: bytes

    @classmethod
    def parse(cls, p256dh: str, auth: str) -> DeviceKeys:
        """Raises ValueError for anything that is not a key on the curve with its secret."""
        keys = cls(from_text(p256dh), from_text(auth))
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, keys.public)
        if len(keys.secret) != SALT:
            raise ValueError("The secret of a device has 16 octets.")
        return keys


def encrypted(
    text: bytes, to: DeviceKeys, *, salt: bytes | None = None, once: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """The body of a push. `salt` and `once` are new for every message; tests give those of the RFC's example."""
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} octets; a push has room for {LONGEST}.")
    salt = salt or os.urandom(SALT)
    once = once or ec.generate_private_key(CURVE)
    ours = public_of(once)
    shared = once.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to.public))
    material = _derived(shared, to.secret, b"WebPush: info\0" + to.public + ours, 32)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, text + LAST_RECORD, None)


def public_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)


def to_text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
