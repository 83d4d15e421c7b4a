"""What is there after a run: everything that the API shows of samples and of the audit log, and how far events came."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from nanopore_tracking import registry
from tests.faults.api import Api
from tests.faults.site import REPLICAS, Site

_TOGETHER = 8
_PAUSE_S = 0.1
_PATIENCE_S = 120.0

Things = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """How many events a source has announced since its epoch began."""

    epoch: int
    announced: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is there. shown: each sample by itself, as `samples` lists them all; entries: of the audit log, in order."""

    samples: Things
    shown: Mapping[str, dict[str, Any]]
    custody: Mapping[str, Things]
    measurements: Mapping[str, Things]
    entries: Things
    numbering: Mapping[str, Numbering]
    log_size: int
    dead_letters: int


def _owner_url(site: Site, service: str) -> str:
    return site.environ[str(registry.load(service).database_env).replace("_URL", "_OWNER_URL")]


async def _ask(site: Site, service: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(_owner_url(site, service))
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


async def numbering(site: Site) -> dict[str, Numbering]:
    """Return where the numbering of each service stands; services that announced nothing yet are left out."""
    found = {}
    for service in REPLICAS:
        for row in await _ask(site, service, "SELECT epoch, next_sequence - 1 AS announced FROM outbox_relay"):
            found[service] = Numbering(epoch=row["epoch"], announced=row["announced"])
    return found


async def drained(site: Site) -> tuple[float, list[str]]:
    """Wait until no event waits anywhere and the log has read all; return the seconds, and what is left after 120 s."""
    began = time.monotonic()
    while (left := await _left(site)) is not None:
        if time.monotonic() > began + _PATIENCE_S:
            return _PATIENCE_S, [f"events still wait after {_PATIENCE_S:.0f} s: {left}"]
        await asyncio.sleep(_PAUSE_S)
    return time.monotonic() - began, []


async def _left(site: Site) -> dict[str, Any] | None:
    """Return what waits, and what the log has not read; None when there is neither."""
    waiting = {}
    for service in REPLICAS:
        waiting[service] = (await _ask(site, service, "SELECT count(*) AS waiting FROM outbox"))[0]["waiting"]
    rows = await _ask(site, "audit", "SELECT source, epoch, sequence FROM watermark")
    read = {row["source"]: Numbering(epoch=row["epoch"], announced=row["sequence"]) for row in rows}
    announced = {source: found for source, found in (await numbering(site)).items() if found.announced}
    behind = {source: (found, read.get(source)) for source, found in announced.items() if read.get(source) != found}
    return {"waiting": waiting, "behind": behind} if any(waiting.values()) or behind else None


async def look(site: Site, api: Api, project_id: str) -> Found:
    """Read all of it, through the API where the API tells."""
    samples = [item async for item in api.pages("sample", "/api/samples", project_id=project_id, sort="code")]
    limit = asyncio.Semaphore(_TOGETHER)

    async def one(sample_id: str) -> tuple[dict[str, Any], Things, Things]:
        async with limit:
            path = f"/api/samples/{sample_id}"
            shown: dict[str, Any] = (await api.ask("sample", "GET", path)).raise_for_status().json()
            custody = [item async for item in api.pages("sample", f"{path}/custody", sort="sequence")]
            measured = [item async for item in api.pages("sample", f"{path}/measurements", sort="recorded")]
            return shown, custody, measured

    ids = list(dict.fromkeys(str(sample["id"]) for sample in samples))
    found = dict(zip(ids, await asyncio.gather(*(one(sample_id) for sample_id in ids)), strict=True))
    dead = [await _ask(site, service, "SELECT count(*) FROM dead_letter") for service in REPLICAS]
    return Found(
        samples=samples,
        shown={sample_id: parts[0] for sample_id, parts in found.items()},
        custody={sample_id: parts[1] for sample_id, parts in found.items()},
        measurements={sample_id: parts[2] for sample_id, parts in found.items()},
        entries=[item async for item in api.pages("audit", "/api/audit/entries", sort="sequence")],
        numbering=await numbering(site),
        log_size=(await api.ask("audit", "GET", "/api/audit/state")).raise_for_status().json()["size"],
        dead_letters=sum(rows[0]["count"] for rows in dead),
    )
