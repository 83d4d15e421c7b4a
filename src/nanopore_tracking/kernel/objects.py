"""Keeps files under the SHA-256 sum of their content, in a local folder or in an S3 bucket; none is ever changed."""

import asyncio
import contextlib
import functools
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from nanopore_tracking.kernel import errors

_MEMORY_BYTES = 1 << 20
_BATCH_BYTES = 1 << 18
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A kept file: the SHA-256 sum of its content, under which it is found again, and its size."""

    sha256: str
    size_bytes: int


class Damaged(errors.Unavailable):
    """What is kept is not what was put; only a backup helps."""

    default_type = "damaged"


class Spool:
    """Content on its way in: hashed and counted, in memory while it is small, else in an unnamed temporary file."""

    def __init__(self, file: IO[bytes], sha256: str, size_bytes: int) -> None:
        self.file = file
        self.sha256 = sha256
        self.size_bytes = size_bytes


@contextlib.asynccontextmanager
async def spooled(chunks: AsyncIterator[bytes], limit_bytes: int) -> AsyncIterator[Spool]:
    """Take in a stream; TooLarge as soon as it is over the limit, and nothing of it stays."""
    digest = hashlib.sha256()
    size_bytes = 0
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as file:

        def keep(batch: bytes) -> None:
            digest.update(batch)
            file.write(batch)

        waiting = bytearray()
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise too_large(limit_bytes)
            waiting += chunk
            if len(waiting) >= _BATCH_BYTES:
                await asyncio.to_thread(keep, bytes(waiting))
                waiting.clear()
        keep(bytes(waiting))
        file.seek(0)
        yield Spool(file, digest.hexdigest(), size_bytes)


def too_large(limit_bytes: int) -> errors.TooLarge:
    """Return the refusal of content over the limit."""
    return errors.TooLarge(
        f"The file is larger than {limit_bytes / 1e6:,.0f} MB, the most that is taken here. Nothing of it was kept."
    )


class Objects:
    """The files of one place."""

    def __init__(self, store: ObjectStore, folder: Path | None) -> None:
        """folder: where the files lie, when it is a local one."""
        self._store = store
        self._folder = folder

    async def put(self, spool: Spool) -> Stored:
        """Keep the content; it is on disk when this returns. What is there, and whole, is not written again."""
        key = _key(spool.sha256)
        try:
            if not await self._is_kept(spool):
                spool.file.seek(0)
                await obstore.put_async(self._store, key, spool.file, mode="overwrite")
            if self._folder is not None:
                await asyncio.to_thread(_sync, self._folder / key)
        except (BaseError, OSError) as failure:
            reason = _reason(failure)
            raise errors.Unavailable(f"The file store does not take the file, nothing was kept. {reason}") from failure
        return Stored(sha256=spool.sha256, size_bytes=spool.size_bytes)

    async def put_bytes(self, content: bytes) -> Stored:
        """Keep content that is in hand already, in the same way."""

        async def whole() -> AsyncIterator[bytes]:
            yield content

        async with spooled(whole(), len(content)) as spool:
            return await self.put(spool)

    async def get(self, sha256: str) -> bytes:
        """Return the content; NotFound without it, Damaged when it is not what was put."""
        try:
            found = await obstore.get_async(self._store, _key(sha256))
            content = bytes(await found.bytes_async())
        except FileNotFoundError:
            raise errors.NotFound("The file store does not have the content of this document any more.") from None
        except (BaseError, OSError) as failure:
            raise errors.Unavailable(f"The file store does not answer. {_reason(failure)}") from failure
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(f"The content kept under {sha256} is damaged; restore it from a backup.")
        return content

    async def _is_kept(self, spool: Spool) -> bool:
        """Tell whether the content is there already, as it was put; damaged content is put again."""
        try:
            if (await obstore.head_async(self._store, _key(spool.sha256)))["size"] != spool.size_bytes:
                return False
            await self.get(spool.sha256)
        except (FileNotFoundError, errors.NotFound, Damaged):
            return False
        return True


@functools.cache
def open_objects(url: str) -> Objects:
    """Return the files at `file:///folder`, a plain path, or `s3://bucket/prefix` (credentials: AWS_… variables)."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return Objects(S3Store.from_url(url), None)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        raise errors.Invalid(f"{url} is no place for files: give file:///folder or s3://bucket/prefix.")
    folder = Path(unquote(parts.path) if parts.scheme else url)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Objects(LocalStore(folder), folder)


def _key(sha256: str) -> str:
    """Return the path of the content with that sum; ValueError for anything that is no sum."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256 sum")
    return f"{sha256[:2]}/{sha256}"


def _sync(file: Path) -> None:
    """Force a file and its name to disk, with the names of the folders above it."""
    for path in (file, file.parent, file.parent.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(failure: Any) -> str:
    return str(failure).partition("\n")[0][:200]
