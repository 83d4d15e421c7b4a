"""Asks one address over and over for a bounded time; prints p50, p99, throughput and errors. Standard library only.

Every connection asks again as soon as it has its answer. Exit code 1 when a request failed, 2 when all of them did.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_ANSWER_S = 30.0
_PAUSE_S = 0.2


@dataclass
class Tally:
    """What was answered: seconds of each good answer, and how often each kind of failure happened."""

    until: float
    left: int
    took_s: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    def wanted(self) -> bool:
        """Take one of the requests that are left; False when time or requests are used up."""
        self.left -= 1
        return self.left >= 0 and time.monotonic() < self.until


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one answer; return its status and whether the connection may be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    if headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(headers.get("content-length", "0")))
    return int(head[0].split(" ", 2)[1]), headers.get("connection") != "close"


async def _ask(place: tuple[str, int], request: bytes, tally: Tally) -> None:
    """Ask over one connection, and over a new one when it was closed."""
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while tally.wanted():
        began_s = time.perf_counter()
        kept = False
        try:
            async with asyncio.timeout(_ANSWER_S):
                streams = streams or await asyncio.open_connection(*place)
                streams[1].write(request)
                status, kept = await _answer(streams[0])
        except (OSError, EOFError, ValueError, TimeoutError) as failure:
            tally.failed[type(failure).__name__] += 1
            await asyncio.sleep(_PAUSE_S)
        else:
            if status < 400:
                tally.took_s.append(time.perf_counter() - began_s)
            else:
                tally.failed[f"status {status}"] += 1
                # Who is refused at once would otherwise ask hundreds of times as often as who is answered.
                await asyncio.sleep(_PAUSE_S)
        if streams and not kept:
            streams[1].close()
            streams = None
    if streams:
        streams[1].close()


async def load(url: str, *, seconds: float, requests: int, connections: int, token: str) -> dict[str, object]:
    """Return what was measured."""
    parts = urlsplit(url)
    place = (parts.hostname or "", parts.port or 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n{bearer}\r\n".encode()
    tally = Tally(time.monotonic() + seconds, requests)
    began_s = time.monotonic()
    await asyncio.gather(*(_ask(place, request, tally) for _ in range(connections)))
    lasted_s = time.monotonic() - began_s
    took_s = sorted(tally.took_s)
    return {
        "url": url,
        "seconds": round(lasted_s, 1),
        "requests": len(took_s) + tally.failed.total(),
        "errors": tally.failed.total(),
        "requests_per_s": round(len(took_s) / lasted_s, 1),
        "p50_ms": round(took_s[len(took_s) // 2] * 1000, 1) if took_s else None,
        "p99_ms": round(took_s[len(took_s) * 99 // 100] * 1000, 1) if took_s else None,
        "failed": dict(tally.failed),
    }


def main() -> int:
    """Run the load that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url", help="an address without TLS, such as http://sample-service:8000/api/samples")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=20)
    wanted = parser.parse_args()
    if not wanted.url.startswith("http://"):
        parser.error("the address begins with http://, since load is made behind the router")
    found = asyncio.run(
        load(
            wanted.url,
            seconds=wanted.seconds,
            requests=wanted.requests,
            connections=wanted.connections,
            token=os.environ.get("NANOPORE_TOKEN", ""),
        )
    )
    print(json.dumps(found))
    print(
        f"{found['requests']} requests in {found['seconds']} s: {found['requests_per_s']} a second, "
        f"p50 {found['p50_ms']} ms, p99 {found['p99_ms']} ms, {found['errors']} errors"
    )
    if found["p50_ms"] is None:
        return 2
    return 1 if found["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
