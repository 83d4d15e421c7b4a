"""The HTTP client of the product: every way in which a connection can break is told as that."""

import os

import httpx
import pytest

from nanopore_tracking.embedded.ports import free_ports
from nanopore_tracking.kernel import asking


async def test_nobody_there_is_a_failure_to_connect() -> None:
    (port,) = free_ports(1, seed=os.getpid() + 733)
    async with asking.client(5) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_a_connection_that_broke_as_it_was_opened_is_a_failure_to_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What anyio raises when a peer is killed between the handshake and the first look at the socket."""

    async def broken(_transport: object, _request: httpx.Request) -> httpx.Response:
        none = None
        return none.getpeername()  # type: ignore[attr-defined, no-any-return]

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", broken)
    async with asking.client(5) as client:
        with pytest.raises(httpx.ConnectError, match="broke as it was opened"):
            await client.get("http://127.0.0.1:9/")
