"""The config service as seen by all others: its public keys, who was closed, its exchange of API tokens, over HTTP."""

import asyncio
import hashlib
import time
from typing import Any

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from nanopore_tracking.kernel import asking, circuit, errors
from nanopore_tracking.kernel.telemetry import conventions, trace

#: Seconds after which keys and closed accounts are asked for again, beside the requests that need them.
FRESH_S = 15.0
#: Seconds after which a request waits for that: nobody was here meanwhile, so that nothing was asked beside.
IDLE_S = 30.0
REFETCH_S = 30.0
#: Seconds between two attempts to get the first keys.
FIRST_S = 1.0
#: Seconds for which the last good keys are used while the config service does not answer.
KEPT_S = 86_400.0
#: Enough for the keys and the marks of ten thousand closed accounts.
LONGEST_ANSWER_BYTES = 524_288
_TIMEOUT = httpx.Timeout(5.0, connect=2.0)


class _Exchanged(msgspec.Struct):
    access_token: str


class _Published(msgspec.Struct):
    keys: list[dict[str, Any]]
    closed: list[str] | None = None


def mark(account_id: str) -> str:
    """Return what stands for an account among the closed ones: everybody may read them, and nobody learns an id."""
    return hashlib.blake2b(account_id.encode(), digest_size=12, person=b"closed").hexdigest()


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
    """What the config service publishes: its public keys and who was closed; kept while it does not answer."""

    def __init__(self, link: ConfigLink) -> None:
        self._link = link
        self._keys: dict[str, OKPKey] = {}
        self._closed: frozenset[str] = frozenset()
        self._read_at = -KEPT_S
        self._asked_at = -KEPT_S
        self._lock = asyncio.Lock()
        self._beside: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """End what is asked beside the requests."""
        if self._beside is not None:
            self._beside.cancel()
            await asyncio.gather(self._beside, return_exceptions=True)

    async def key(self, kid: str) -> OKPKey | None:
        """Return the key of that id, None for an unknown one; Unavailable when no key is known at all."""
        await self._renew()
        if kid in self._keys:
            return self._keys[kid]
        async with self._lock:
            now = time.monotonic()
            if kid not in self._keys and now - self._asked_at >= (REFETCH_S if self._keys else FIRST_S):
                await self._read(now)
            elif not self._keys:
                raise errors.Unavailable("The config service has not answered yet. Nothing was changed; try again.")
        return self._keys.get(kid)

    async def closed(self, account_id: str) -> bool:
        """Tell whether an account was closed half a minute ago or earlier, while a token of it may be good."""
        await self._renew()
        return bool(self._closed) and mark(account_id) in self._closed

    async def _renew(self) -> None:
        """Ask again where what is known is old; a request waits for it only where nobody has asked for long."""
        now = time.monotonic()
        if not self._keys or now - max(self._read_at, self._asked_at) < FRESH_S:
            return
        if now - max(self._read_at, self._asked_at) >= IDLE_S or now - self._read_at >= KEPT_S:
            async with self._lock:
                if now > self._asked_at:
                    await self._read(now)
        elif self._beside is None or self._beside.done():
            self._beside = asyncio.create_task(self._read(now))

    async def _read(self, now: float) -> None:
        self._asked_at = now
        try:
            status, body = await self._link.ask("GET", "/api/auth/keys", probe=True)
        except errors.Unavailable:
            if now - self._read_at >= KEPT_S:
                self._keys = {}
                raise
            return
        published = _published(body) if status == 200 else _Published([])
        keys = _keys(published)
        if keys:
            self._keys, self._read_at = keys, now
            if published.closed is not None:
                self._closed = frozenset(published.closed)
        elif not self._keys:
            raise errors.Unavailable("The config service has no keys to check tokens with. Nothing was changed.")


def _published(body: bytes) -> _Published:
    try:
        return msgspec.json.decode(body, type=_Published)
    except (msgspec.MsgspecError, ValueError):
        return _Published([])


def _keys(published: _Published) -> dict[str, OKPKey]:
    """Return the usable Ed25519 keys of a JSON Web Key Set; others in it are passed over."""
    found: dict[str, OKPKey] = {}
    for entry in published.keys[:20]:
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
