"""The end of the certificate that people are shown is told, whoever signed it."""

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from prometheus_client import REGISTRY

from nanopore_tracking.embedded.ports import free_ports
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.web import certificate
from nanopore_tracking.web.service import SERVICE
from nanopore_tracking.web.settings import Settings


def _files(folder: Path, ends_at: datetime) -> tuple[Path, Path]:
    """Write a certificate that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "samples.example.org")])
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=ends_at - timedelta(days=90),
        not_valid_after=ends_at,
    ).sign(key, hashes.SHA256())
    shown, secret = folder / "tls.crt", folder / "tls.key"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return shown, secret


@contextlib.asynccontextmanager
async def _entrance(folder: Path, ends_at: datetime) -> AsyncIterator[int]:
    """Listen as a router with TLS does; the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*_files(folder, ends_at))
    port = free_ports(1, seed=os.getpid() + 6000)[0]
    served = asyncio.Event()

    async def serve(reader: Any, writer: Any) -> None:
        await reader.read()
        writer.close()
        served.set()

    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    async with server:
        yield port
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(served.wait(), 2)


def _runtime(public_url: str) -> Runtime:
    return Runtime(SERVICE.name, settings=Settings(public_url=public_url), kernel=KernelSettings())


def _told(host: str) -> float | None:
    name = "web_certificate_expiry_timestamp_seconds"
    return REGISTRY.get_sample_value(name, {"service": "web", "host": host})


@pytest.mark.parametrize("days", [30, -3])
async def test_the_end_is_told_even_after_it(tmp_path: Path, days: int) -> None:
    ends_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    async with _entrance(tmp_path, ends_at) as port:
        await certificate.look(_runtime(f"https://localhost:{port}/samples"))

    assert _told("localhost") == ends_at.timestamp()


@pytest.mark.parametrize("public_url", ["", "http://samples.example.org"])
async def test_an_address_without_a_certificate_has_none(public_url: str) -> None:
    await certificate.look(_runtime(public_url))

    assert _told("samples.example.org") is None


async def test_an_address_that_cannot_be_reached_is_told() -> None:
    with pytest.raises(errors.Unavailable, match="cannot be reached from here"):
        await certificate.look(_runtime(f"https://127.0.0.1:{free_ports(1, seed=os.getpid() + 6000)[0]}"))
