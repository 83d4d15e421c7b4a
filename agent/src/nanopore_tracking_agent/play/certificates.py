"""Certificates for a played MinKNOW: its own, which says localhost, and one for the client that is let in."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: Files in the folder: what the agent trusts, and what it shows.
CA, CHAIN, KEY = "ca.crt", "client.crt", "client.key"
SERVER, SERVER_KEY = "server.crt", "server.key"
_DAYS = 30


def made(folder: Path) -> None:
    """Make all certificates in a folder, unless they are there."""
    if (folder / SERVER_KEY).exists():
        return
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed("played MinKNOW", authority_key, issuer=None)
    (folder / CA).write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for name, certificate, key in (("agent", CHAIN, KEY), ("localhost", SERVER, SERVER_KEY)):
        own = ec.generate_private_key(ec.SECP256R1())
        signed = _signed(name, own, issuer=(authority, authority_key))
        (folder / certificate).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        secret = folder / key
        secret.touch(mode=0o600)
        secret.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    building = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
    )
    return building.sign(issuer[1] if issuer else key, hashes.SHA256())
