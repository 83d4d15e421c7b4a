"""Identifiers that sort by the time they were made, and telling them from codes."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return a version 7 UUID (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF000 << 64) | (0x7000 << 64)
    value = value & ~(0xC000 << 48) | (0x8000 << 48)
    return uuid.UUID(int=value)


def parsed(said: str) -> uuid.UUID | None:
    """Return the id that a text is, None where it is something else, such as a code or a barcode."""
    if len(said) == 36:
        try:
            return uuid.UUID(said)
        except ValueError:
            pass
    return None
