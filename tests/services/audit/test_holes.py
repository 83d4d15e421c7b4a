"""An entry that is missing is found, whichever it is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from prometheus_client import REGISTRY

from nanopore_tracking.kernel import migrations
from nanopore_tracking.kernel.events import Actor, Envelope, Subject
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.services.audit.entries import commands, jobs, model, store
from nanopore_tracking.services.audit.entries.model import Hole
from nanopore_tracking.services.audit.service import SERVICE
from nanopore_tracking.services.audit.settings import Settings
from tests.harness.engines import TestDatabase

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
async def log(database: TestDatabase) -> AsyncIterator[Runtime]:
    """An audit service with its own empty log."""
    assert SERVICE.migrations is not None
    folders = [migrations.KERNEL, SERVICE.migrations]
    await migrations.apply(database.owner_url, folders, app_role=f"{database.name}_app")
    kernel = KernelSettings(db_pool_min=1, db_pool_max=2)
    db = Database("audit", database.app_url, kernel)
    await db.open()
    yield Runtime(SERVICE.name, settings=Settings(db_url=Secret(database.app_url)), kernel=kernel, db=db)
    await db.close()


def _entry(source: str, number: int, *, epoch: int = 1) -> model.Entry:
    envelope = Envelope(
        id=uuid4(),
        type=f"{source}.changed",
        version=1,
        source=source,
        occurred_at=AT,
        actor=Actor("person", "account-alice", "alice"),
        request_id="request-of-alice",
        subject=Subject(source, "1"),
        data=msgspec.Raw(b"{}"),
    )
    return model.entry(envelope, epoch=epoch, source_sequence=number)


async def _add(log: Runtime, *entries: model.Entry) -> None:
    async with log.db.transaction(log.call()) as tx:
        await commands.record(tx, entries)


def _told(name: str) -> Any:
    return REGISTRY.get_sample_value(f"audit_{name}", {"service": "audit"})


async def test_a_log_without_gaps_is_whole_and_its_time_is_told(log: Runtime) -> None:
    assert await store.find_holes(log.db) == []
    await _add(log, *(_entry("sample", n) for n in (1, 2, 3)), _entry("ai", 1), _entry("sample", 1, epoch=2))

    before_s = datetime.now(UTC).timestamp()
    await jobs.verify(log)

    assert _told("missing_entries") == 0
    assert before_s <= _told("verified_timestamp_seconds") <= datetime.now(UTC).timestamp()


async def test_an_event_that_never_came_is_missed(log: Runtime) -> None:
    await jobs.verify(log)
    verified_s = _told("verified_timestamp_seconds")
    await _add(log, _entry("sample", 1), _entry("sample", 4), _entry("config", 2))

    assert await store.find_holes(log.db) == [
        Hole(source="config", epoch=1, missing=1),
        Hole(source="sample", epoch=1, missing=2),
    ]
    await jobs.verify(log)
    assert (_told("missing_entries"), _told("verified_timestamp_seconds")) == (3, verified_s)


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_an_entry_that_was_taken_out_by_force_is_missed(
    log: Runtime, database: TestDatabase, number: int
) -> None:
    await _add(log, *(_entry("sample", n) for n in (1, 2, 3)))
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("ALTER TABLE entry DISABLE TRIGGER entry_append_only")
    await owner.execute("DELETE FROM entry WHERE sequence = $1", number)
    await owner.close()

    assert Hole(source="log", epoch=0, missing=1) in await store.find_holes(log.db)
    assert await _tallied(log) == {"sample": (1, 3, 2)}


async def test_the_state_is_told_without_counting_the_log(log: Runtime) -> None:
    assert await _tallied(log) == {}
    await _add(log, *(_entry("sample", n) for n in (1, 2, 4)), _entry("ai", 1))
    await _add(log, _entry("sample", 5), _entry("ai", 1, epoch=2))

    assert await _tallied(log) == {"sample": (1, 5, 4), "ai": (2, 1, 1)}
    assert "FROM entry" not in store.Q.state.text


async def _tallied(log: Runtime) -> dict[str, tuple[int, int, int]]:
    """Return the epoch, the position and the number of entries of each service, as the state of the log tells them."""
    told = msgspec.json.decode(await store.show_state(log.db))
    return {each["source"]: (each["epoch"], each["source_sequence"], each["entries"]) for each in told["sources"]}
