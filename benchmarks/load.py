"""A small HTTP load generator: keep-alive connections, closed loop or a fixed rate, one process."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Makes the n-th request as bytes, ready to be sent.
Make = Callable[[int], bytes]


@dataclass
class Outcome:
    """What a run saw. latencies_s: of each request, in the order of the answers; failed: answers that are not 2xx."""

    wall_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    failed: int = 0
    first_failure: str = ""

    def quantile_ms(self, part: float) -> float:
        """Return the latency in milliseconds below which so large a part of the requests was."""
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


class _Connection:
    """One keep-alive connection that sends one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        at = head.lower().find(b"content-length:")
        size = int(head[at + 15 : head.index(b"\r\n", at)]) if at >= 0 else 0
        return status, await self._reader.readexactly(size)

    def close(self) -> None:
        self._writer.close()


def request(method: str, path: str, *, token: str = "", body: bytes = b"", headers: str = "") -> bytes:
    """Return the bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n{headers}"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


async def closed_loop(port: int, make: Make, *, connections: int, seconds: float) -> Outcome:
    """Ask on so many connections, each as soon as it has its answer."""
    outcome, numbers = Outcome(), iter(range(1 << 60))
    began = time.perf_counter()

    async def one() -> None:
        connection = _Connection("127.0.0.1", port)
        await connection.open()
        while time.perf_counter() - began < seconds:
            await _timed(connection, make(next(numbers)), outcome)
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    outcome.wall_s = time.perf_counter() - began
    return outcome


async def at_rate(port: int, make: Make, *, per_second: float, seconds: float) -> Outcome:
    """Ask so often each second, whether the earlier answers are there or not; waiting for a connection counts."""
    outcome, pool = Outcome(), asyncio.Queue[_Connection]()
    for _ in range(64):
        connection = _Connection("127.0.0.1", port)
        await connection.open()
        pool.put_nowait(connection)
    began = time.perf_counter()

    async def one(number: int) -> None:
        due = began + number / per_second
        connection = await pool.get()
        await _timed(connection, make(number), outcome, since=due)
        pool.put_nowait(connection)

    tasks = []
    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)
    outcome.wall_s = time.perf_counter() - began
    while not pool.empty():
        pool.get_nowait().close()
    return outcome


async def _timed(connection: _Connection, sent: bytes, outcome: Outcome, *, since: float | None = None) -> None:
    start = time.perf_counter() if since is None else since
    status, body = await connection.ask(sent)
    outcome.latencies_s.append(time.perf_counter() - start)
    if not 200 <= status < 300:
        outcome.failed += 1
        outcome.first_failure = outcome.first_failure or f"{status} {body[:300].decode(errors='replace')}"
