"""Ports for the engines: free ones below the range that systems lend out for outgoing connections."""

import socket

from nanopore_tracking.kernel.errors import Unavailable

_LOWEST = 20_000
#: Linux lends ports from 32768 on to outgoing connections; one of those may be taken between the look and the use.
_HIGHEST = 32_700
LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Say whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int, *, seed: int) -> list[int]:
    """Return so many free ports; the seed (such as a process id) spreads programs that look at the same time."""
    span = _HIGHEST - _LOWEST
    found: list[int] = []
    for step in range(span):
        port = _LOWEST + (seed * 37 + step) % span
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise Unavailable(f"No port between {_LOWEST} and {_HIGHEST} is free on this machine. Nothing was started.")


def ports_from(base: int, count: int) -> list[int]:
    """Return so many ports from a base that a person chose; Unavailable names the first that is taken."""
    wanted = list(range(base, base + count))
    for port in wanted:
        if not is_free(port):
            raise Unavailable(
                f"Port {port} is in use by another program. Nothing was started. "
                "Set NANOPORE_BIND_PORT_BASE to a number with free ports above it, or unset it."
            )
    return wanted
