"""Looks every hour until when the certificate is valid that people are shown at the product's public address."""

import asyncio
import ssl
from urllib.parse import urlsplit

from cryptography import x509
from prometheus_client import Gauge

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job

_EXPIRES = Gauge(
    "web_certificate_expiry_timestamp_seconds",
    "Until when the certificate of the public address is valid.",
    ("service", "host"),
)
_PATIENCE_S = 10.0


async def look(runtime: Runtime) -> None:
    """Tell the end of the certificate; nothing where the public address has none. Unavailable when nobody answers."""
    address = urlsplit(runtime.settings.public_url)
    if address.scheme != "https" or not address.hostname:
        return
    shown = await _certificate(address.hostname, address.port or 443)
    _EXPIRES.labels(runtime.name, address.hostname).set(shown.not_valid_after_utc.timestamp())


async def _certificate(host: str, port: int) -> x509.Certificate:
    context = ssl.create_default_context()
    # It is read, not trusted: one that has expired, or that only browsers of the house know, is to be told as well.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError) as failure:
        raise errors.Unavailable(f"The public address {host}:{port} cannot be reached from here: {failure}.") from None
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return x509.load_der_x509_certificate(der)


JOBS = [Job(name="certificate", interval_s=3600.0, run=look)]
