"""A careful client of the public API: it asks the replicas in turn, and the same thing again until it is answered."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx

from nanopore_tracking.kernel import asking

_TIMEOUT = httpx.Timeout(10, connect=1)
_PAUSE_S = 0.2
_HURRIED = 0.05
_PATIENCE_S = 120.0
_PAGE = 200
_TOKEN = "/api/auth/token"
#: What a proxy or a service answers that cannot answer now.
_AWAY = (429, 502, 503, 504)


class Unanswered(Exception):
    """Nobody answered within all patience; whether the request had an effect is not known."""


class Api:
    """The public API of services of which each has one or more replicas.

    counts: how often a request was sent again (`retried`) and answered from a kept answer (`replayed`); away: the types
    of the refusals for the moment, and what went wrong on the way; faults: answers that no service should ever give;
    hurry: while there is one, the connection is given up now and then a moment after something was sent on it.
    """

    def __init__(self, addresses: Mapping[str, Sequence[str]]) -> None:
        """addresses: the base URLs of the replicas by service."""
        self._addresses = {name: itertools.cycle(found) for name, found in addresses.items()}
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=40)
        self._client = asking.client(_TIMEOUT, limits=limits)
        self.counts: Counter[str] = Counter()
        self.away: Counter[str] = Counter()
        self.faults: list[str] = []
        self.hurry: random.Random | None = None
        self._person: tuple[str, str] | None = None
        self._signing_in = asyncio.Lock()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in for all that is asked from now on, and again whenever that has run out."""
        self._person = (username, password)
        await self._renew(self._client.headers.get("Authorization"))

    async def _renew(self, refused: str | None) -> None:
        """Get a new token, unless somebody has got one since the refused one."""
        async with self._signing_in:
            if self._person is None or self._client.headers.get("Authorization") != refused:
                return
            asked = dict(zip(("username", "password"), self._person, strict=True))
            answer = await self.ask("config", "POST", _TOKEN, json=asked)
            self._client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    async def ask(self, service: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer to a request, which is sent until there is one; Unanswered after two minutes.

        more: as for httpx. A request that changes something comes with its Idempotency-Key.
        """
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            bearer = self._client.headers.get("Authorization")
            answer = await self._once(next(self._addresses[service]) + path, method, more)
            if answer is not None and answer.status_code == 401 and self._person is not None and path != _TOKEN:
                await self._renew(bearer)
            elif answer is not None:
                self.counts["replayed"] += "idempotent-replayed" in answer.headers
                return answer
            else:
                self.counts["retried"] += 1
                await asyncio.sleep(_PAUSE_S)
        raise Unanswered(f"{method} {path}")

    async def pages(self, service: str, path: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """Go through all items of a list."""
        after: dict[str, str] = {}
        while True:
            answer = await self.ask(service, "GET", path, params={**params, **after, "limit": _PAGE})
            found = answer.raise_for_status().json()
            for item in found["items"]:
                yield item
            if found["next"] is None:
                return
            after = {"after": found["next"]}

    async def _once(self, url: str, method: str, more: Mapping[str, Any]) -> httpx.Response | None:
        timeout = _TIMEOUT
        if self.hurry is not None and self.hurry.random() < _HURRIED:
            timeout = httpx.Timeout(10, connect=1, read=self.hurry.uniform(0.002, 0.05))
        try:
            answer = await self._client.request(method, url, timeout=timeout, **more)
        except httpx.TransportError as failure:
            self.away[type(failure).__name__] += 1
            return None
        if answer.status_code in _AWAY:
            self.away[answer.json()["type"]] += 1
            return None
        if answer.status_code >= 500:
            self.faults.append(f"{method} {url} was answered {answer.status_code}: {answer.text}")
            return None
        return answer
