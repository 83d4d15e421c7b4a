"""Sends a request to an address that a person typed: resolved once, refused where it is inside, never redirected."""

import asyncio
import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from nanopore_tracking.kernel import asking, errors

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2000
_READ_BYTES = 2000
_LONGEST_S = 60.0
#: Networks that carry another address inside them, or that are somebody's own although they look public.
_INSIDE = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """Nothing was sent: the address is one that is not written to. The text says why."""


class NoAnswer(Exception):
    """No whole answer came in time; whether the request arrived is not known."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What came back. body: its beginning."""

    status: int
    body: str
    duration_ms: int


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A whole answer. headers: by their names in lower case; whole: False where its body had more than was wanted."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool


@dataclass(frozen=True)
class Local:
    """Hosts, with or without a port, that may be inside and need no TLS, as a setting lists them."""

    hosts: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Local":
        """Read a list separated by spaces, such as `lims.example.org:8080 127.0.0.1`."""
        return cls(frozenset(word.lower() for word in text.split()))

    def has(self, parts: SplitResult) -> bool:
        """Tell whether the host of an address is one of them."""
        host = parts.hostname or ""
        return bool({host, f"{host}:{_port(parts)}"} & self.hosts)


def check(url: str, local: Local) -> None:
    """Raise Invalid for an address that is never written to, as far as its text tells."""
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError as failure:
        raise _invalid("This is no address.") from failure
    if len(url) > _LONGEST_URL or any(ord(letter) <= 32 or ord(letter) > 126 for letter in url) or "\\" in url:
        raise _invalid("An address has visible ASCII characters only, at most 2,000.")
    if parts.scheme not in _PORTS or not parts.hostname or not port:
        raise _invalid("An address begins with https:// and a host.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _invalid("An address has no user, no password and no fragment.")
    if local.has(parts):
        return
    if parts.scheme != "https":
        raise _invalid("An address begins with https://, unless the settings list its host.")
    literal = _literal(parts.hostname)
    if parts.hostname == "localhost" or (literal is not None and not public(literal)):
        raise _invalid("This address is inside a network; the settings can list its host.")


def public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet, seen through what carries it."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return public(mapped)
    if any(address.version == network.version and address in network for network in _INSIDE):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


async def post(url: str, body: bytes, headers: Mapping[str, str], *, local: Local, within_s: float) -> Answered:
    """Send a body to the address and return the answer, whatever its status; Refused or NoAnswer without one."""
    started_s = time.monotonic()
    reply = await send("POST", url, body, headers=headers, local=local, within_s=within_s, most_bytes=_READ_BYTES)
    duration_ms = round((time.monotonic() - started_s) * 1000)
    return Answered(status=reply.status, body=_printable(reply.body), duration_ms=duration_ms)


async def send(
    method: str,
    url: str,
    body: bytes = b"",
    *,
    headers: Mapping[str, str],
    local: Local,
    within_s: float,
    most_bytes: int,
) -> Reply:
    """Send a request and return what comes within the time, at most so many bytes of it; Refused or NoAnswer."""
    try:
        check(url, local)
    except errors.Invalid as problem:
        raise Refused(problem.message) from problem
    try:
        async with asyncio.timeout(within_s):
            return await _exchange(method, urlsplit(url), body, headers=headers, local=local, most_bytes=most_bytes)
    except TimeoutError as failure:
        raise NoAnswer(f"No answer came within {within_s:g} seconds.") from failure
    except (httpx.HTTPError, OSError, ValueError) as failure:
        raise NoAnswer(f"{type(failure).__name__}: {str(failure)[:200]}") from failure


async def _exchange(
    method: str, parts: SplitResult, body: bytes, *, headers: Mapping[str, str], local: Local, most_bytes: int
) -> Reply:
    host, port = parts.hostname or "", _port(parts)
    address = await _resolve(host, port, anywhere=local.has(parts))
    at = f"[{address}]" if address.version == 6 else str(address)
    # The name is asked for once; what is connected to is the address that was looked at.
    target = httpx.URL(f"{parts.scheme}://{at}:{port}{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
    named = f"[{host}]" if ":" in host else host
    sent = {**headers, "Host": named if port == _PORTS[parts.scheme] else f"{named}:{port}"}
    async with asking.client(httpx.Timeout(_LONGEST_S)) as client:
        request = client.build_request(method, target, content=body, headers=sent, extensions={"sni_hostname": host})
        answer = await client.send(request, stream=True)
        try:
            read, whole = await _beginning(answer, most_bytes)
        finally:
            await answer.aclose()
    return Reply(status=answer.status_code, headers=answer.headers, body=read, whole=whole)


async def _resolve(host: str, port: int, *, anywhere: bool) -> Address:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses:
        raise NoAnswer("The host has no address.")
    if not anywhere and not all(public(address) for address in addresses):
        raise Refused("The host leads to an address inside a network; the settings can list it.")
    return addresses[0]


async def _beginning(answer: httpx.Response, most_bytes: int) -> tuple[bytes, bool]:
    """Return the beginning of a body and whether that is all of it; the rest is not read."""
    read = bytearray()
    async for chunk in answer.aiter_raw():
        read += chunk
        if len(read) > most_bytes:
            return bytes(read[:most_bytes]), False
    return bytes(read), True


def _printable(body: bytes) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in body.decode("utf-8", "replace"))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _port(parts: SplitResult) -> int:
    return parts.port if parts.port is not None else _PORTS.get(parts.scheme, 0)


def _invalid(message: str) -> errors.Invalid:
    return errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("url", message)])
