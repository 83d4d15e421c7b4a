"""Reads a stream of changes as a browser does, line by line."""

import asyncio
import contextlib
from collections.abc import Callable

import httpx


class Listener:
    """Reads a stream of changes."""

    def __init__(self, http: httpx.AsyncClient, headers: dict[str, str], service: str = "config") -> None:
        self.lines: asyncio.Queue[str] = asyncio.Queue()
        self.heard: list[str] = []
        self._task = asyncio.create_task(self._read(http, headers, service))

    async def _read(self, http: httpx.AsyncClient, headers: dict[str, str], service: str) -> None:
        with contextlib.suppress(httpx.TransportError):
            async with http.stream("GET", f"/api/changes/{service}", headers=headers) as answer:
                async for line in answer.aiter_lines():
                    self.heard.append(line)
                    await self.lines.put(line)
        await self.lines.put("closed")

    async def until(self, wanted: Callable[[str], bool], within_s: float = 90) -> list[str]:
        """Return all lines up to the one that is wanted."""
        found: list[str] = []
        async with asyncio.timeout(within_s):
            while not found or not wanted(found[-1]):
                found.append(await self.lines.get())
        return found

    async def close(self) -> None:
        """Go away."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
