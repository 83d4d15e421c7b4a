"""Every event of every service becomes one entry, once, in order, and stays as it is."""

import json
from typing import Any

import asyncpg
import pytest

from nanopore_tracking import registry
from nanopore_tracking.services.audit.entries import handlers
from tests.harness.product import Product, checked
from tests.services.audit.reading import done, logged
from tests.services.sample.desk import row

SOURCES = ("ai", "audit", "backup", "config", "sample")

#: Where a source's numbers are not one after the other from the first one that the log has.
GAPS = """SELECT source, epoch, source_sequence FROM (
    SELECT source, epoch, source_sequence,
        lag(source_sequence, 1, 0) OVER (PARTITION BY source, epoch ORDER BY sequence) AS before FROM entry) AS e
    WHERE source_sequence <> before + 1"""


async def _announced(product: Product) -> dict[str, tuple[int, int]]:
    """Return source → epoch and number of its newest event, as the services themselves count."""
    found = {}
    for source in SOURCES:
        async with product.db(source) as db:
            row = await db.fetchrow("SELECT epoch, next_sequence - 1 AS last FROM outbox_relay")
            waiting = await db.fetchval("SELECT count(*) FROM outbox")
        found[source] = (row["epoch"], row["last"]) if row and not waiting else (0, waiting)
    # Of one that has announced nothing, as the audit service mostly has, nothing can be read.
    return {source: place for source, place in found.items() if place[1]}


async def test_every_event_of_every_service_is_one_entry(product: Product) -> None:
    facts, manager = await done(product), await product.client("facility_manager")
    uploaded = await facts.desk.submitter.post(
        "/api/documents",
        params={"project_id": facts.desk.project_id, "filename": "plate.csv"},
        content=b"sample_name,volume_ul\nA,50\n",
    )
    extraction = checked(uploaded)["extraction_id"]
    admin = await product.admin()
    backup = checked(await admin.post("/api/backups", json={"note": "for the log"}))
    for kind, object_id, count in (("extraction", extraction, 2), ("backup", backup["id"], 2)):
        await logged(product, manager, count, object_kind=kind, object_id=object_id)

    async def complete() -> Any:
        told = checked(await manager.get("/api/audit/state"))
        states = {state["source"]: state for state in told["sources"]}
        read = {source: (state["epoch"], state["source_sequence"]) for source, state in states.items()}
        whole = all(state["entries"] == state["source_sequence"] for state in states.values())
        return told if read == await _announced(product) and whole else None

    told = await product.eventually(complete)
    async with product.db("audit") as db:
        assert await db.fetch(GAPS) == []
        assert await db.fetchval("SELECT count(*) = max(sequence) AND min(sequence) = 1 FROM entry")
        assert await db.fetchval("SELECT count(DISTINCT event_id) = count(*) FROM entry")
        assert await db.fetchval("SELECT count(*) FROM dead_letter") == 0
    assert told["size"] >= sum(state["entries"] for state in told["sources"])


async def test_an_entry_says_who_did_what_to_what_with_before_and_after(product: Product) -> None:
    facts, manager = await done(product), await product.client("facility_manager")

    (entry,) = await logged(product, manager, 1, request_id=facts.changed)

    assert (entry["type"], entry["source"]) == ("sample.changed", "sample")
    assert entry["actor"] == {"kind": "person", "id": str(facts.bob.id), "name": facts.bob.name}
    assert entry["subject"] == {"kind": "sample", "id": facts.sample["id"], "code": facts.sample["code"]}
    assert {"field": "priority", "before": "normal", "after": "urgent"} in entry["changes"]
    assert entry["lab_id"] == facts.desk.lab_id
    assert entry["occurred_at"] <= entry["recorded_at"]
    shown = await manager.get(f"/api/audit/entries/{entry['sequence']}")
    assert checked(shown) == entry


async def test_values_are_kept_as_they_were_announced(product: Product) -> None:
    facts, manager = await done(product), await product.client("facility_manager")
    odd = "Größe 5 µl – “quoted” \\ \u2028 🧬"
    draft = await facts.desk.draft(row("A", comment=odd))

    (entry,) = await logged(product, manager, 1, object_id=draft["id"], type="submission.rows_added")

    assert json.dumps(odd) in json.dumps(entry["data"])


@pytest.mark.parametrize("statement", ["UPDATE entry SET actor_name = 'nobody'", "DELETE FROM entry", "TRUNCATE entry"])
@pytest.mark.parametrize("role", ["AUDIT_DB_URL", "AUDIT_DB_OWNER_URL"])
async def test_the_log_takes_nothing_back(product: Product, statement: str, role: str) -> None:
    await logged(product, await product.client("facility_manager"), 1)
    connection = await asyncpg.connect(product.environ[role])
    try:
        count = await connection.fetchval("SELECT count(*) FROM entry")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        assert await connection.fetchval("SELECT count(*) FROM entry") >= count
    finally:
        await connection.close()


async def test_every_service_with_events_is_read() -> None:
    announcing = {name for name in registry.NAMES if registry.load(name).events}
    assert announcing <= set(handlers.SOURCES)
    # The audit service has no events of its own, but tells of whom it refused as every service does.
    assert set(SOURCES) == announcing | {"audit"} == set(handlers.SOURCES)
