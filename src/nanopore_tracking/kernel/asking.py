"""The HTTP client with which one process of the product asks another, or something outside of it."""

import functools
import ssl

import httpx

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class _Transport(httpx.AsyncHTTPTransport):
    """As httpx has it, save that every way in which a connection can break is told as that.

    anyio looks at the socket of a connection for its peer; where the other side ended in the moment in which the
    connection was opened there is no socket any more, and httpx lets the AttributeError through.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; ConnectError also where the connection broke as it was opened."""
        try:
            return await super().handle_async_request(request)
        except AttributeError as broken:
            raise httpx.ConnectError("The connection broke as it was opened.", request=request) from broken


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return what is known of certificates, once for all clients: to load it takes some 30 ms and 1 MB for each."""
    return httpx.create_ssl_context(trust_env=False)


def client(timeout: httpx.Timeout | float, *, limits: httpx.Limits | None = None) -> httpx.AsyncClient:
    """Return a client that follows no redirect and uses no proxy. timeout: in seconds."""
    transport = _Transport(verify=_trusted(), trust_env=False, limits=limits or _LIMITS)
    return httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)
