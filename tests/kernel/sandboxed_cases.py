"""What the sandbox is tried with: functions that misbehave, run inside of it."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path


def echo(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield the options, then the content."""
    yield options
    yield content


def too_much_memory(content: bytes, options: bytes) -> Iterator[bytes]:
    """Ask for more memory than there is."""
    yield b"begun"
    yield bytes(len(bytearray(4 << 30)))


def forever(content: bytes, options: bytes) -> Iterator[bytes]:
    """Never end."""
    yield b"begun"
    while True:
        pass


def flood(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield without end."""
    while True:
        yield bytes(1 << 20)


def surroundings(content: bytes, options: bytes) -> Iterator[bytes]:
    """Tell what can be seen of the outside: environment, open files, folder, network."""
    try:
        socket.create_connection(("127.0.0.1", int(options)), timeout=2).close()
        reached = "reached"
    except OSError:
        reached = "nothing"
    files = sorted(file.name for file in Path("/proc/self/fd").iterdir())
    yield f"{sorted(os.environ)} {files} {Path.cwd()} {reached} {len(sys.argv)}".encode()
