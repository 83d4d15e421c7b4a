"""A small service whose sagas are errands: reserve here, ship elsewhere, hear that it is paid, book here."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from prometheus_client import REGISTRY

from nanopore_tracking.kernel import errors, migrations
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import At, Local, Pace, Remote, Saga, Sagas, Wait, start, tell
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Query

#: Nothing keeps an effect from being there twice: a test sees it. A parcel service knows each call by its key.
TABLES = """
CREATE TABLE effect (number bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, step text NOT NULL,
    phase text NOT NULL);
CREATE TABLE parcel (number bigint GENERATED ALWAYS AS IDENTITY, call text PRIMARY KEY, key text NOT NULL,
    step text NOT NULL, phase text NOT NULL, times integer NOT NULL DEFAULT 1);
"""
_EFFECT = Query("errands.effect", "INSERT INTO effect (key, step, phase) VALUES (:key, :step, :phase);")
_PARCEL = Query(
    "errands.parcel",
    "INSERT INTO parcel (call, key, step, phase) VALUES (:call, :key, :step, :phase) "
    "ON CONFLICT (call) DO UPDATE SET times = parcel.times + 1;",
)
QUICK = Pace(lease_s=1.0, poll_s=0.02, measure_s=0.05)
STEPS = ("reserve", "ship", "hear", "book", "note")


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong in an errand. refuse, stall: steps; fail: how often a step fails, by `step:phase`; die: where."""

    refuse: str = ""
    fail: dict[str, int] = {}
    stall: str = ""
    die: str = ""
    marker: str = ""


def _die_at(place: str, errand: Errand) -> None:
    """End the process as a power cut would, the first time that an errand comes to the place at which it shall."""
    if errand.die == place and not Path(errand.marker).exists():
        Path(errand.marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)


async def _trouble(step: str, phase: str, at: At) -> None:
    errand: Errand = at.data
    if at.attempt <= errand.fail.get(f"{step}:{phase}", 0):
        raise RuntimeError(f"{step} does not work now")
    if phase == "do" and errand.refuse == step:
        raise errors.Conflict(f"{step} is not allowed.")
    if phase == "do" and errand.stall == step:
        await asyncio.sleep(3600)


def _local(step: str, phase: str) -> Callable[[Transaction, At], Awaitable[Any]]:
    async def run(tx: Transaction, at: At) -> Any:
        _die_at(f"{step}:{phase}:enter", at.data)
        await tx.execute(_EFFECT, key=at.key, step=step, phase=phase)
        await _trouble(step, phase, at)
        _die_at(f"{step}:{phase}:leave", at.data)
        return {"attempt": at.attempt}

    return run


def _remote(step: str, phase: str) -> Callable[[Runtime, At], Awaitable[Any]]:
    async def run(runtime: Runtime, at: At) -> Any:
        _die_at(f"{step}:{phase}:enter", at.data)
        await runtime.db.execute(_PARCEL, call=at.idempotency_key, key=at.key, step=step, phase=phase)
        await _trouble(step, phase, at)
        _die_at(f"{step}:{phase}:leave", at.data)
        return {"attempt": at.attempt}

    return run


def errand(*, version: int = 1, deadline_s: float = 60.0, wait_s: float = 30.0, **timing: Any) -> Saga:
    """Return the saga; timing: of all steps."""
    usual: dict[str, Any] = {"timeout_s": 5.0, "attempts": 3, "undo_attempts": 4, "first_delay_s": 0.01} | timing
    return Saga(
        type="errand",
        version=version,
        data=Errand,
        deadline_s=deadline_s,
        steps=(
            Local(name="reserve", do=_local("reserve", "do"), undo=_local("reserve", "undo"), **usual),
            Remote(name="ship", do=_remote("ship", "do"), undo=_remote("ship", "undo"), **usual),
            Wait(name="hear", signal="paid", accept=_paid, **(usual | {"timeout_s": wait_s})),
            Local(name="book", do=_local("book", "do"), undo=_local("book", "undo"), **usual),
            Local(name="note", do=_local("note", "do"), **usual),
        ),
    )


def _paid(said: Any) -> Any:
    if said != "yes":
        raise errors.Conflict("It is not paid.")
    return said


class Errands:
    """The service in this process, on a database with its tables."""

    def __init__(self, url: str) -> None:
        settings = KernelSettings(db_pool_min=0, db_pool_max=8)
        self.db = Database("errands", url, settings)
        self.runtime = Runtime("errands", settings=None, kernel=settings, db=self.db)

    def engine(self, *sagas: Saga, pace: Pace = QUICK) -> Sagas:
        """Return what drives errands: one replica."""
        return Sagas(self.runtime, sagas or (errand(),), pace)

    async def begin(self, key: str, saga: Saga | None = None, *, paid: str = "yes", **what: Any) -> UUID:
        """Start an errand, told at once whether it is paid; empty: it is not told."""
        async with self.db.transaction(Call.system("errands")) as tx:
            subject = Subject("thing", key, key.upper())
            found = await start(tx, saga or errand(), key=key, data=Errand(**what), subject=subject)
            if paid:
                assert await tell(tx, "errand", key=key, signal="paid", data=paid)
        return found

    async def row(self, key: str) -> dict[str, Any]:
        """Return where an errand stands."""
        found = await self.db.row(Query("errands.row", "SELECT * FROM saga WHERE key = :key;"), key=key)
        assert found is not None
        return dict(found)

    async def until(self, key: str, *states: str, within_s: float = 90.0) -> dict[str, Any]:
        """Wait until an errand is in one of the states; return where it stands."""
        async with asyncio.timeout(within_s):
            while (row := await self.row(key))["state"] not in states:  # noqa: ASYNC110 (what is waited for tells nobody)
                await asyncio.sleep(0.02)
        return row

    async def effects(self, key: str) -> list[str]:
        """Return the effects that an errand had here, in their order."""
        query = Query("errands.effects", "SELECT step, phase FROM effect WHERE key = :key ORDER BY number;")
        return [f"{row['step']}:{row['phase']}" for row in await self.db.rows(query, key=key)]

    async def parcels(self, key: str) -> dict[str, int]:
        """Return how often the parcel service was called, by what for."""
        query = Query("errands.parcels", "SELECT step, phase, times FROM parcel WHERE key = :key ORDER BY number;")
        return {f"{row['step']}:{row['phase']}": row["times"] for row in await self.db.rows(query, key=key)}

    async def steps(self, key: str) -> list[str]:
        """Return the checkpoints of an errand, in their order."""
        query = Query(
            "errands.steps",
            "SELECT saga_step.name, phase FROM saga_step JOIN saga ON saga.id = saga_id WHERE key = :key "
            "ORDER BY finished_at;",
        )
        return [f"{row['name']}:{row['phase']}" for row in await self.db.rows(query, key=key)]

    async def announced(self) -> list[dict[str, Any]]:
        """Return what was announced, in its order."""
        query = Query("errands.announced", "SELECT payload FROM outbox ORDER BY position;")
        return [json.loads(row["payload"]) for row in await self.db.rows(query)]


@contextlib.asynccontextmanager
async def errands(url: str) -> AsyncIterator[Errands]:
    """The service on an empty database."""
    await migrations.apply(url, [migrations.KERNEL])
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES)
    await connection.close()
    found = Errands(url)
    try:
        yield found
    finally:
        await found.db.close()


@contextlib.asynccontextmanager
async def driving(*engines: Sagas) -> AsyncIterator[None]:
    """Replicas at work."""
    for engine in engines:
        await engine.start()
    try:
        yield
    finally:
        await asyncio.gather(*(engine.stop() for engine in engines))


def figures() -> tuple[float | None, float | None]:
    """Return how many errands the metrics say are under way, and how many stuck."""
    active, stuck = (
        REGISTRY.get_sample_value(name, {"service": "errands"})
        for name in ("saga_active_transactions", "saga_failed_transactions")
    )
    return active, stuck


async def _run(url: str) -> None:
    """Drive errands until told to end: what a killed process did."""
    service = Errands(url)
    engine = service.engine()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with driving(engine):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await told.wait()
    await service.db.close()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
