"""The config service as seen by all others: its public keys and its exchange of API tokens, over HTTP."""

import asyncio
import time
from typing import Any

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from nanopore_tracking.kernel import asking, circuit, errors
from nanopore_tracking.kernel.telemetry import conventions, trace

FRESH_S = 600.0
REFETCH_S = 30.0
#: Seconds between two attempts to get the first keys.
FIRST_S = 1.0
#: Seconds for which the last good keys are used while the config service does not answer.
KEPT_S = 86_400.0
LONGEST_ANSWER_BYTES = 65_536
_TIMEOUT = httpx.Timeout(5.0, connect=2.0)


class _Exchanged(msgspec.Struct):
    access_token: str


class _Published(msgspec.Struct):
    keys: list[dict[str, Any]]


class ConfigLink:
    """Questions to the config service about tokens: bounded in time and size, behind a breaker, without redirects."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._client = asking.client(_TIMEOUT)
        self._breaker = circuit.Breaker("The config service", service="process")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(self, method: str, path: str, body: Any = None, *, probe: bool = False) -> tuple[int, bytes]:
        """Return status and body; Unavailable when there is no answer, a server error, or one that is too long.

        probe: whoever asks does so once a second at the most, and asks while others may not.
        """

        async def attempt() -> tuple[int, bytes]:
            content = None if body is None else msgspec.json.encode(body)
            headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if content else {})
            headers |= trace.headers()
            url = self._base_url + path
            async with self._client.stream(method, url, content=content, headers=headers) as response:
                conventions.answered(place, response.status_code)
                answer = bytearray()
                async for chunk in response.aiter_bytes():
                    answer += chunk
                    if len(answer) > LONGEST_ANSWER_BYTES:
                        raise errors.Unavailable("The config service answered with more than was asked for.")
                if response.status_code >= 500:
                    raise errors.Unavailable("The config service cannot check tokens now.")
                return response.status_code, bytes(answer)

        try:
            with conventions.calling("config", method, self._base_url) as place:
                return await (self._breaker.probe if probe else self._breaker.call)(attempt)
        except httpx.HTTPError as failure:
            message = "The config service does not answer, so that tokens cannot be checked now. Nothing was changed."
            raise errors.Unavailable(message) from failure


class RemoteKeys:
    """The public keys of the config service; the last good set is kept while it does not answer."""

    def __init__(self, link: ConfigLink) -> None:
        self._link = link
        self._keys: dict[str, OKPKey] = {}
        self._read_at = -KEPT_S
        self._asked_at = -KEPT_S
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> OKPKey | None:
        """Return the key of that id, None for an unknown one; Unavailable when no key is known at all."""
        now = time.monotonic()
        if kid in self._keys and now - self._read_at < FRESH_S:
            return self._keys[kid]
        async with self._lock:
            now = time.monotonic()
            stale = now - self._read_at >= FRESH_S
            if (stale or kid not in self._keys) and now - self._asked_at >= (REFETCH_S if self._keys else FIRST_S):
                await self._read(now)
            elif not self._keys:
                raise errors.Unavailable("The config service has not answered yet. Nothing was changed; try again.")
        return self._keys.get(kid)

    async def _read(self, now: float) -> None:
        self._asked_at = now
        try:
            status, body = await self._link.ask("GET", "/api/auth/keys", probe=True)
            keys = _keys(body) if status == 200 else {}
        except errors.Unavailable:
            if now - self._read_at >= KEPT_S:
                self._keys = {}
                raise
            return
        if keys:
            self._keys, self._read_at = keys, now
        elif not self._keys:
            raise errors.Unavailable("The config service has no keys to check tokens with. Nothing was changed.")


def _keys(body: bytes) -> dict[str, OKPKey]:
    """Return the usable Ed25519 keys of a JSON Web Key Set; others in it are passed over."""
    found: dict[str, OKPKey] = {}
    try:
        published = msgspec.json.decode(body, type=_Published).keys
    except (msgspec.MsgspecError, ValueError):
        return found
    for entry in published[:20]:
        kid = entry.get("kid")
        if entry.get("kty") == "OKP" and entry.get("crv") == "Ed25519" and isinstance(kid, str):
            try:
                found[kid] = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": entry.get("x", "")})
            except (JoseError, ValueError, TypeError):
                continue
    return found


class RemoteExchange:
    """Turns an API token into an access token by asking the config service."""

    def __init__(self, link: ConfigLink) -> None:
        self._link = link

    async def __call__(self, token: str) -> str | None:
        """Return an access token, None for an API token that is not accepted; Unavailable when nobody answers."""
        status, body = await self._link.ask("POST", "/api/auth/exchange", {"token": token})
        if status == 429:
            raise errors.TooMany("Too many tokens were tried from here. Try again in a minute.", retry_after_s=60)
        if status not in (200, 201):
            return None
        try:
            return msgspec.json.decode(body, type=_Exchanged).access_token
        except (msgspec.MsgspecError, ValueError) as failure:
            raise errors.Unavailable("The config service answered in a way that is not understood.") from failure
