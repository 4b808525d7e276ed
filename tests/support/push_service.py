"""A device that can read its pushes, and a push service on the loopback that carries them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reviewhub.notifications.push.encryption import DeviceKeys


def text_of(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def octets_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """Decrypts as a browser does, from the standard and not from our code."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = DeviceKeys(public, b"sixteen octets !")

    @property
    def sent(self) -> dict[str, str]:
        """What a browser tells the server of itself."""
        return {"p256dh": text_of(self.keys.public), "auth": text_of(self.keys.secret)}

    def read(self, body: bytes) -> bytes:
        salt, theirs, sealed = body[:16], body[21 : 21 + body[20]], body[21 + body[20] :]
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self._key.exchange(ec.ECDH(), peer)
        info = b"WebPush: info\0" + self.keys.public + theirs
        material = HKDF(SHA256(), 32, self.keys.secret, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
        return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


@dataclass
class PushService:
    url: str
    answers: int = 201
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)  # (headers, body)
    refuses: list[int] = field(default_factory=list)  # answers to the next ones, which are not taken

    def told(self, device: Device) -> list[dict[str, Any]]:
        return [json.loads(device.read(body)) for _, body in self.taken]


def claims_in(authorization: str) -> dict[str, Any]:
    """The claims of a VAPID header, once its signature holds by the key it names."""
    parts = dict(part.strip().split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
    signed, _, signature = parts["t"].rpartition(".")
    numbers = octets_of(signature)
    der = encode_dss_signature(int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets_of(parts["k"]))
    public.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    claims: dict[str, Any] = json.loads(octets_of(signed.partition(".")[2]))
    return claims


@contextmanager
def push_service() -> Iterator[PushService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            refusal = service.refuses.pop(0) if service.refuses else None
            if refusal is None:
                service.taken.append((dict(self.headers), body))
            self.send_response(refusal or service.answers)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(f"http://127.0.0.1:{server.server_port}/push/a-device")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
