"""The stream of a service's changes (Server-Sent Events): what changed, never how; who may not see it is not told."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping

import msgspec
from litestar.response import Stream

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import Principal, Verifier
from nanopore_tracking.kernel.feed import Item, Resync
from nanopore_tracking.kernel.http.ask import Ask, context_of, principal_of, runtime_of, stream_from

#: Seconds between signs of life, and between looks whether the caller's token is still accepted.
SIGN_OF_LIFE_S = 15.0
#: Streams that one account may have open in one process.
MOST_STREAMS = 100
#: Who may know of changes that belong to no tenant, unless the service says otherwise of their kind.
_WIDE = "operations.read"
_BEGIN = b"retry: 1000\n: open\n\n"
_ALIVE = b": still here\n\n"
_ENDED = b"event: ended\ndata: {}\n\n"
_BEGIN_S = 3.0
_LONGEST_ID = 19

_open: Counter[str] = Counter()


class _Told(msgspec.Struct, frozen=True):
    kind: str
    id: str
    code: str | None


async def follow_changes(request: Ask) -> Stream:
    """Tell what changes from now on, or since the change that Last-Event-ID names; ids only.

    What is read has every change up to the one that `X-Changes-Position` of its answer names; without that header it is
    not known. The name of an event is its type, its data `kind`, `id` and `code` of what it is about. `resync`: changes
    may have been missed, so read everything again. `ended`: the access token is no longer accepted.
    """
    context, principal = context_of(request.scope), principal_of(request)
    if _open[principal.id] >= MOST_STREAMS:
        raise errors.TooMany(f"Your account follows changes {MOST_STREAMS} times already. Close some of them.")
    token = context.headers.get(b"authorization", b"")[7:].decode("latin-1").strip()
    verifier: Verifier = request.app.state.verifier
    last = context.headers.get(b"last-event-id", b"")
    since = int(last) if last.isdigit() and len(last) < _LONGEST_ID else None
    if last and since is None:
        since = -1  # Nobody knows what that was: everything has to be read again.
    feed = runtime_of(request).feed
    await feed.begin(_BEGIN_S)
    needs = runtime_of(request).seen_with
    items = feed.follow(since, lambda item: sees(principal, item, needs))
    stream = _counted(principal.id, _messages(items, lambda: _accepted(verifier, token)))
    stream_from(request)
    return Stream(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def sees(principal: Principal, item: Item, needs: Mapping[str, str] | None = None) -> bool:
    """Tell whether somebody may know that this changed. needs: the permission for a kind that belongs to no tenant."""
    if item.tenant_id is None:
        return (needs or {}).get(item.kind, _WIDE) in principal.permissions
    return principal.tenants is None or item.tenant_id in principal.tenants


async def _accepted(verifier: Verifier, token: str) -> bool:
    try:
        await verifier.principal(token)
    except errors.Unauthenticated:
        return False
    except errors.Unavailable:
        return True  # The config service does not answer: what is open stays open until it says otherwise.
    return True


async def _counted(owner: str, messages: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    _open[owner] += 1
    try:
        async with contextlib.aclosing(messages):
            async for message in messages:
                yield message
    finally:
        _open[owner] -= 1
        if not _open[owner]:
            del _open[owner]


async def _messages(
    items: AsyncIterator[Item | Resync], accepted: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[bytes, None]:
    """Yield the messages of a stream; it ends with the feed, or when the token is no longer accepted."""
    # Before the sign that the stream is open: what happens after it is told.
    coming: asyncio.Task[Item | Resync | None] | None = asyncio.create_task(_next(items))
    await asyncio.sleep(0)
    looked_at_s = time.monotonic()
    try:
        yield _BEGIN
        while True:
            if coming is None:
                coming = asyncio.create_task(_next(items))
            await asyncio.wait({coming}, timeout=SIGN_OF_LIFE_S)
            if time.monotonic() - looked_at_s >= SIGN_OF_LIFE_S:
                looked_at_s = time.monotonic()
                if not await accepted():
                    yield _ENDED
                    return
            if not coming.done():
                yield _ALIVE
                continue
            item, coming = coming.result(), None
            if item is None:
                return
            yield _message(item)
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _next(items: AsyncIterator[Item | Resync]) -> Item | Resync | None:
    """Return the next one, None at the end."""
    return await anext(items, None)


def _message(item: Item | Resync) -> bytes:
    if isinstance(item, Resync):
        return b"id: %d\nevent: resync\ndata: {}\n\n" % item.sequence
    data = msgspec.json.encode(_Told(item.kind, item.id, item.code))
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (item.sequence, item.type.encode(), data)
