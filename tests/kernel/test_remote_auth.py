"""Keys and exchanges of the config service over HTTP: asked for sparingly, bounded, and kept while it is away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from nanopore_tracking.kernel import errors, remote_auth
from nanopore_tracking.kernel.auth import Signer
from nanopore_tracking.kernel.remote_auth import ConfigLink, RemoteExchange, RemoteKeys, mark

SIGNER = Signer(Signer.new_key())
KEYS = {
    "keys": [SIGNER.public_key(), {"kty": "RSA", "kid": "other"}, {"kty": "OKP", "crv": "Ed25519", "kid": "broken"}]
}


@dataclass
class Config:
    """A config service that answers what it is told to, and notes what it was asked."""

    url: str = ""
    status: int = 200
    answer: Any = field(default_factory=lambda: KEYS)
    headers: str = ""
    asked: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        self.asked.append((await reader.readline()).decode().rsplit(" ", 1)[0])
        await reader.readuntil(b"\r\n\r\n")
        body = self.answer if isinstance(self.answer, bytes) else msgspec.json.encode(self.answer)
        head = f"HTTP/1.1 {self.status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{self.headers}\r\n"
        writer.write(head.encode() + body)
        try:
            await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()


@pytest.fixture
async def config() -> AsyncIterator[Config]:
    found = Config()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield found
    server.close()


@pytest.fixture
async def link(config: Config) -> AsyncIterator[ConfigLink]:
    found = ConfigLink(config.url)
    yield found
    await found.close()


async def test_keys_are_asked_for_once_however_many_tokens_come(config: Config, link: ConfigLink) -> None:
    keys = RemoteKeys(link)
    found = await asyncio.gather(*(keys.key(SIGNER.key_id) for _ in range(50)))
    assert {key.thumbprint() for key in found if key} == {SIGNER.key_id}
    assert await asyncio.gather(*(keys.key(f"unknown-{number}") for number in range(1000))) == [None] * 1000
    assert await keys.key("broken") is None
    assert config.asked == ["GET /api/auth/keys"]


async def test_an_unknown_key_is_asked_for_again_after_a_while(
    config: Config, link: ConfigLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = RemoteKeys(link)
    await keys.key(SIGNER.key_id)
    new = Signer(Signer.new_key())
    config.answer = {"keys": [SIGNER.public_key(), new.public_key()]}
    monkeypatch.setattr(remote_auth, "REFETCH_S", 0.0)
    assert await keys.key(new.key_id) is not None


async def test_the_last_keys_are_kept_while_the_config_service_is_away(
    config: Config, link: ConfigLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = RemoteKeys(link)
    await keys.key(SIGNER.key_id)
    for name in ("FRESH_S", "IDLE_S", "REFETCH_S"):
        monkeypatch.setattr(remote_auth, name, 0.0)
    for status, answer, headers in (
        (500, KEYS, ""),
        (404, {}, ""),
        (200, {"keys": []}, ""),
        (200, b"<html>", ""),
        (200, b" " * 600_000, ""),
        (302, b"", "location: http://127.0.0.1:9/\r\n"),
    ):
        config.status, config.answer, config.headers = status, answer, headers
        assert await keys.key(SIGNER.key_id) is not None, (status, headers)
    monkeypatch.setattr(remote_auth, "KEPT_S", 0.0)
    config.status = 500
    with pytest.raises(errors.Unavailable):
        await keys.key(SIGNER.key_id)


async def test_who_was_closed_is_learned_beside_the_requests_and_kept_until_something_else_is_known(
    config: Config, link: ConfigLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = RemoteKeys(link)
    await keys.key(SIGNER.key_id)
    assert not await keys.closed("a1")
    monkeypatch.setattr(remote_auth, "FRESH_S", 0.0)

    async def answered(answer: Any, status: int = 200) -> bool:
        config.answer, config.status = answer, status
        before = len(config.asked)
        await keys.closed("a1")
        assert len(config.asked) == before, "a request waited for the config service"
        async with asyncio.timeout(90):
            while len(config.asked) == before or (keys._beside and not keys._beside.done()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return await keys.closed("a1")

    assert await answered(KEYS | {"closed": [mark("a1")]})
    assert not await keys.closed("a2")
    assert await answered(KEYS | {"closed": None})
    assert await answered(KEYS, status=500)
    assert not await answered(KEYS | {"closed": []})
    await keys.close()


async def test_after_a_long_silence_a_request_waits_for_who_was_closed(
    config: Config, link: ConfigLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = RemoteKeys(link)
    await keys.key(SIGNER.key_id)
    config.answer = KEYS | {"closed": [mark("a1")]}
    for name in ("FRESH_S", "IDLE_S"):
        monkeypatch.setattr(remote_auth, name, 0.0)
    assert await keys.closed("a1")


async def test_ten_thousand_who_were_closed_are_learned_at_once(config: Config, link: ConfigLink) -> None:
    many = [f"account-{number}" for number in range(10_000)]
    config.answer = KEYS | {"closed": [mark(account) for account in many]}
    keys = RemoteKeys(link)
    assert await keys.key(SIGNER.key_id) is not None
    assert all([await keys.closed(account) for account in many])
    assert not await keys.closed("somebody else")


@pytest.mark.parametrize(("status", "answer"), [(500, KEYS), (200, {"keys": []}), (200, b"x" * 600_000), (302, b"")])
async def test_without_any_key_nobody_is_let_in_and_nobody_is_called_a_stranger(
    config: Config, link: ConfigLink, status: int, answer: Any
) -> None:
    config.status, config.answer = status, answer
    with pytest.raises(errors.Unavailable):
        await RemoteKeys(link).key(SIGNER.key_id)


async def test_a_config_service_that_starts_late_is_found_soon(
    config: Config, link: ConfigLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = RemoteKeys(link)
    config.status = 503
    for _ in range(3):
        with pytest.raises(errors.Unavailable):
            await keys.key(SIGNER.key_id)
    assert len(config.asked) == 1
    monkeypatch.setattr(remote_auth, "FIRST_S", 0.0)
    for _ in range(6):
        with pytest.raises(errors.Unavailable):
            await keys.key(SIGNER.key_id)

    config.status = 200

    assert await keys.key(SIGNER.key_id) is not None


async def test_an_api_token_is_exchanged(config: Config, link: ConfigLink) -> None:
    exchange = RemoteExchange(link)
    config.answer = {"access_token": "abc", "token_type": "Bearer", "expires_in": 60}
    assert await exchange("npt_good") == "abc"
    config.status = 401
    assert await exchange("npt_bad") is None
    config.status = 429
    with pytest.raises(errors.TooMany):
        await exchange("npt_more")
    config.status = 503
    with pytest.raises(errors.Unavailable):
        await exchange("npt_more")
    assert set(config.asked) == {"POST /api/auth/exchange"}
