"""Seals what a service has to read again, such as a secret that it signs with, so that the database tells nothing."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nanopore_tracking.kernel.settings import Secret

_NONCE_BYTES = 12


class Broken(Exception):
    """What was sealed cannot be opened: it was sealed with another key, for another purpose, or was changed."""


class Sealer:
    """Seals and opens with a key that is derived from a secret of the settings, for one purpose."""

    def __init__(self, secret: Secret, purpose: str) -> None:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"sealing {purpose}".encode())
        self._cipher = AESGCM(derived.derive(secret.reveal().encode()))

    def seal(self, content: bytes, owner: str) -> bytes:
        """Return the sealed content; owner: what it belongs to, so that it cannot be moved to something else."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """Return what was sealed; Broken where that is not possible."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode())
        except (InvalidTag, ValueError) as failure:
            raise Broken("What was sealed cannot be opened with the present key.") from failure
