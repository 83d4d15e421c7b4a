"""What the writers asked for and what was acknowledged, on a disk of their own, whatever happens to the product."""

import asyncio
import os
import threading
from pathlib import Path
from typing import Any, Literal

import msgspec

Kind = Literal["create", "change", "custody", "measure"]
Outcome = Literal["asked", "acknowledged", "refused"]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the ledger.

    key: the Idempotency-Key, which stands in what is written as well; sample_id: empty for the creation of one; said:
    what was sent; answer: what came back.
    """

    outcome: Outcome
    key: str
    kind: Kind
    sample_id: str = ""
    said: dict[str, Any] = {}
    answer: dict[str, Any] = {}


class Ledger:
    """A file to which lines are added; each is on the disk before the next request of its writer is sent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab")
        self._lock = threading.Lock()

    async def write(self, line: Line) -> None:
        """Add a line and return when it is on the disk."""
        await asyncio.to_thread(self._write, msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, content: bytes) -> None:
        with self._lock:
            self._file.write(content)
            self._file.flush()
            os.fsync(self._file.fileno())


def read(path: Path) -> list[Line]:
    """Return all lines of a ledger in their order."""
    return msgspec.json.Decoder(Line).decode_lines(path.read_bytes())
