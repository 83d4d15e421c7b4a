"""Records of libraries that were made before libraries were things of their own are carried over."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from nanopore_tracking.kernel import migrations
from tests.harness.engines import TestEngines
from tests.harness.laboratory import SERVICES

FOLDER = SERVICES / "sample" / "migrations"


@pytest.fixture
async def before(engines: TestEngines, tmp_path: Path) -> AsyncIterator[tuple[Any, str]]:
    """A database as it was before the chain, and the way to its owner."""
    older = tmp_path / "sample" / "migrations"
    older.mkdir(parents=True)
    for file in sorted(FOLDER.glob("*.sql")):
        if file.name < "0003":
            (older / file.name).write_text(file.read_text("utf-8"), "utf-8")
    async with engines.fresh_database() as database:
        await migrations.apply(database.owner_url, [migrations.KERNEL, older], app_role=f"{database.name}_app")
        owner = await asyncpg.connect(database.owner_url)
        yield owner, database.owner_url
        await owner.close()


async def _sample(owner: Any, number: int, stage: str) -> Any:
    sample = uuid4()
    await owner.execute(
        "INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type, "
        "submitted_buffer, submitted_comment, created_by, created_at, priority, assignee, stage_entered_at, words, "
        "updated_at, stage) SELECT $1, $2, 'HB27', 'HB27', 'test_sample', 'HMW gDNA', '', p.lab_id, p.id, '', '', '', "
        "'alice', now(), 'normal', '', now(), ''::tsvector, now(), $3 FROM project p",
        sample,
        f"S26-{number:06d}",
        stage,
    )
    return sample


async def _record(owner: Any, sample: Any, code: str, **details: Any) -> None:
    said = {
        "kit": "SQK-NBD114.24",
        "kit_lot": "L1",
        "lot_expires_on": "2099-12-31",
        "input_ng": 400.0,
        "protocol_version": "NBE",
        "operator": "",
        "note": "",
        "barcode": None,
        **details,
    }
    await owner.execute(
        "INSERT INTO stage_record (id, sample_id, kind, stage, code, details, pool, recorded_by, recorded_at) "
        "VALUES ($1, $2, 'library', 'library_prep', $3, $4, $5, 'alice', now())",
        uuid4(),
        sample,
        code,
        json.dumps(said),
        details.get("pool"),
    )


async def _measured(owner: Any, sample: Any, code: str, quantity: str, value: float) -> None:
    await owner.execute(
        "INSERT INTO measurement (id, sample_id, subject, subject_code, quantity, value, unit, method, counts, "
        "instrument, kit_lot, operator, measured_at, note, recorded_by, recorded_at) "
        "VALUES ($1, $2, 'library', $3, $4, $5, '', 'qubit_br', true, '', '', 'alice', now(), '', 'alice', now())",
        uuid4(),
        sample,
        code,
        quantity,
        value,
    )


async def test_landed_libraries_keep_code_barcode_pool_and_what_was_measured(before: tuple[Any, str]) -> None:
    owner, url = before
    await owner.execute(
        "INSERT INTO lab (id, name, pi_name, pi_email, organisation, created_at, updated_at) "
        "VALUES (gen_random_uuid(), 'Okafor Lab', 'Dr Okafor', '', '', now(), now());"
        "INSERT INTO project (id, code, title, lab_id, data_classification, created_at, updated_at) "
        "SELECT gen_random_uuid(), 'P', 'T', id, 'open', now(), now() FROM lab"
    )
    early, late, same = [await _sample(owner, n, stage) for n, stage in
                         ((1, "library_qc"), (2, "sequencing_run"), (3, "library_prep"))]  # fmt: skip
    await _record(owner, early, "S26-000001-L1", barcode="barcode01", pool="POOL_7")
    await _record(owner, late, "S26-000002-L1", barcode="barcode02", pool="POOL_7", note="Shaken.")
    await _record(owner, same, "S26-000003-L1", barcode="barcode02", pool="POOL_7")
    for quantity, value in (("concentration", 10.0), ("volume", 12.0), ("fragment_mean_bp", 1000.0)):
        await _measured(owner, late, "S26-000002-L1", quantity, value)

    await migrations.apply(url, [migrations.KERNEL, FOLDER])

    libraries = {row["code"]: row for row in await owner.fetch("SELECT * FROM library")}
    assert {code: row["state"] for code, row in libraries.items()} == {
        "S26-000001-L1": "prepared",
        "S26-000002-L1": "qc_passed",
        "S26-000003-L1": "prepared",
    }
    found = libraries["S26-000002-L1"]
    assert (found["volume_ul"], found["amount_length_bp"]) == (12.0, 1000.0)
    assert found["amount_fmol"] == pytest.approx(120e6 / 660_000)
    assert (found["operator"], found["deviations"]) == ("alice", "Shaken.\nPlanned pool: POOL_7")
    assert await owner.fetchval("SELECT count(*) FROM library_source WHERE superseded_at IS NULL") == 3
    pooled = await owner.fetch(
        "SELECT l.code, b.sequence_key FROM pool p JOIN pool_barcode b ON b.pool_id = p.id JOIN library l "
        "ON l.id = b.library_id WHERE p.code = 'POOL_7' AND p.state = 'draft' ORDER BY l.code"
    )
    assert [tuple(row) for row in pooled] == [
        ("S26-000001-L1", "SQK-NBD114-24:1"),
        ("S26-000002-L1", "SQK-NBD114-24:2"),
    ], "a barcode that is in the pool already stays out"
    assert await owner.fetchval("SELECT count(*) FROM stage_record WHERE superseded_at IS NULL") == 0
