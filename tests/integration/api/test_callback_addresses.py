"""A callback goes to the address that was checked, whatever its name says a moment later."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from orchestration.exceptions import PermanentError, TransientError
from orchestration.tools import http
from reviewhub.reviews.requested.callbacks import checked_addresses
from tests.support.receiver import receiver

NAME = "shop.example"  # which leads nowhere: a second look at it would fail


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "getproxies", dict)
    monkeypatch.setattr(http, "_client", lambda: httpx.Client(trust_env=False))


def post(url: str, *addresses: str) -> None:
    http.post_body(url, b"{}", timeout=5, headers={"content-type": "application/json"}, addresses=addresses)


def test_the_checked_address_is_called_under_its_name() -> None:
    with receiver() as system:
        url = system.url.replace("127.0.0.1", NAME)
        post(url, "127.0.0.1")
        headers, body = system.taken[0]
    assert headers["host"] == httpx.URL(url).netloc.decode()
    assert (headers["content-type"], body) == ("application/json", b"{}")


def test_the_next_address_is_called_where_the_first_cannot_be_reached() -> None:
    with receiver() as system:
        post(system.url.replace("127.0.0.1", NAME), "::1", "127.0.0.1")
        assert len(system.taken) == 1
    with pytest.raises(TransientError, match=NAME):
        post(system.url.replace("127.0.0.1", NAME), "::1", "127.0.0.1")


def test_the_certificate_has_to_be_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certificate_of(NAME, tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(http, "_client", lambda: httpx.Client(trust_env=False, verify=trusting))
    with speaks_tls(certificate) as port:
        post(f"https://{NAME}:{port}/", "127.0.0.1")
        with pytest.raises(TransientError):
            post(f"https://other.example:{port}/", "127.0.0.1")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1"])
def test_a_name_that_leads_inside_is_not_called(
    address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: leads_to("192.0.2.7", address))
    with pytest.raises(PermanentError, match="where we do not call"):
        checked_addresses(NAME)


def test_what_was_looked_up_is_kept_in_its_order(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: leads_to("192.0.2.7", "2001:db8::7", "192.0.2.7"))
    assert checked_addresses(NAME) == ["192.0.2.7", "2001:db8::7"]


def leads_to(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


def certificate_of(name: str, folder: Path) -> Path:
    """The certificate and its key in one file, good for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return file


@contextmanager
def speaks_tls(certificate: Path) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A handshake that the client gives up is what is tested."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
