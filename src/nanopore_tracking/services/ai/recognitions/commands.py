"""Has a page drawn in one child process and recognised in another, which sees nothing of the file but grey pixels.

What was recognised is kept beside the file: who reads it again, or tries a template on it, need not wait once more.
"""

import contextlib

import msgspec
import structlog

from nanopore_tracking.kernel import errors, sandbox
from nanopore_tracking.kernel.objects import Damaged, Objects
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.kernel.sandbox import Limits
from nanopore_tracking.services.ai.rasters.model import Options
from nanopore_tracking.services.ai.recognitions import store
from nanopore_tracking.services.ai.recognitions.model import VERSION
from nanopore_tracking.services.ai.scans.model import Scan

_DRAWER = "nanopore_tracking.services.ai.rasters.model:draw"
_RECOGNISER = "nanopore_tracking.services.ai.recognitions.model:recognise"

_log = structlog.get_logger(__name__)


async def page(content: bytes, asked: Options, *, drawing: Limits, recognising: Limits) -> Scan | None:
    """Return what is recognised on one page, None where that takes more than it may or the page cannot be drawn."""
    try:
        raster, pixels = await _told(_DRAWER, content, msgspec.json.encode(asked), limits=drawing)
        (found,) = await _told(_RECOGNISER, pixels, raster, limits=recognising)
        return msgspec.json.decode(found, type=Scan)
    except (sandbox.Stopped, msgspec.MsgspecError, ValueError) as failure:
        said = failure.said if isinstance(failure, sandbox.Stopped) else ""
        _log.warning("scan.stopped", page=asked.page, reason=str(failure), said=said)
        return None


async def find(db: Reads, objects: Objects, sha256: str, *, page: int, recogniser: int = VERSION) -> Scan | None:
    """Return what was recognised on a page of the file with this sum, None where it is to be recognised (again)."""
    kept = await store.find(db, sha256, page, recogniser=recogniser)
    if kept is None:
        return None
    try:
        return msgspec.json.decode(await objects.get(kept), type=Scan)
    except (errors.NotFound, Damaged, msgspec.MsgspecError) as failure:
        _log.warning("scan.lost", page=page, sha256=kept, reason=str(failure))
        return None


async def keep(db: Reads, objects: Objects, scan: Scan, *, sha256: str) -> None:
    """Keep what was recognised on a page of the file with this sum."""
    kept = await objects.put_bytes(msgspec.json.encode(scan))
    await store.keep(db, sha256, scan.number, recogniser=VERSION, sha256=kept.sha256)


async def _told(target: str, content: bytes, options: bytes, *, limits: Limits) -> list[bytes]:
    async with contextlib.aclosing(sandbox.run(target, content, options=options, limits=limits)) as messages:
        return [message async for message in messages]
