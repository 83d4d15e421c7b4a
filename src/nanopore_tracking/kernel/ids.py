"""Identifiers that sort by the time they were made, and telling them from codes."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return a version 7 UUID (RFC 9562 section 5.7): 48 bits of milliseconds, 12 of their fraction, 62 random ones.

    The fraction (section 6.2, method 3) is a step of 244 ns, which is less than one call takes: of two that one process
    makes one after the other, the second sorts behind the first, as rows of one command have to.
    """
    milliseconds, rest_ns = divmod(time.time_ns(), 1_000_000)
    fraction = rest_ns * 4096 // 1_000_000
    noise = int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | noise)


def parsed(said: str) -> uuid.UUID | None:
    """Return the id that a text is, None where it is something else, such as a code or a barcode."""
    if len(said) == 36:
        try:
            return uuid.UUID(said)
        except ValueError:
            pass
    return None
